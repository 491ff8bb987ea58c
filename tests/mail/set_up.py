"""How Debian's exim and dovecot are set up for the tests: what happens to a message is chosen by its recipient.

``late`` waits in the queue, ``held`` until ``Rig.released`` is there, and its sender gets a notice of the delay;
``bounce`` comes back with a report, ``plainbounce`` with one as qmail writes it; ``lost`` vanishes, ``twice`` arrives two
times, ``full``, ``grey``, ``throttled`` and ``reject`` are refused, ``corrupt`` is refused after its end, ``brimful`` has no
room left in dovecot, ``NAME+Junk`` lands in junk. The sender ``barred`` is refused, and the port ``busy`` takes nobody.
STARTTLS is offered with a certificate that nobody vouches for, and sign-in by password; the password ``later`` finds a server
that cannot tell for now.
"""

EXIM = """
exim_user = {user}
exim_group = {group}
spool_directory = {folder}/exim
log_file_path = {folder}/exim/%slog
pid_file_path = {folder}/exim/pid
primary_hostname = mx.{domain}
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {busy}
tls_advertise_hosts = *
tls_certificate = {folder}/loopback.pem
acl_smtp_connect = greet
acl_smtp_mail = sender
acl_smtp_rcpt = choose
acl_smtp_data = content
keep_environment =
queue_run_max = 5
delay_warning = 1s:99d
delay_warning_condition = yes
begin acl
greet:
  defer condition = ${{if eq{{$received_port}}{{{busy}}}}}
       message = 421 4.3.2 service not available
  accept
sender:
  deny senders = barred@{domain}
       message = 550 5.7.1 you may not send here
  accept
content:
  deny condition = ${{if eq{{$recipients}}{{corrupt@{domain}}}}}
       message = 554 5.6.0 corrupt message content
  accept
choose:
  deny local_parts = reject
       message = 550 5.1.1 no such user here
  deny local_parts = full
       message = 552 5.2.2 mailbox full
  defer local_parts = grey
       message = 451 4.7.1 greylisted, try later
  defer local_parts = throttled
       message = 432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded
  warn local_parts = late
       control = queue_only
  accept
begin routers
bounce:
  driver = redirect
  local_parts = bounce
  allow_fail
  data = :fail: 550 5.7.705 tenant has exceeded threshold
plainbounce:
  driver = accept
  local_parts = plainbounce
  transport = qmail
held:
  driver = redirect
  local_parts = held
  condition = ${{if exists{{{folder}/released}}{{no}}{{yes}}}}
  allow_defer
  data = :defer: the next hop does not answer
lost:
  driver = redirect
  local_parts = lost
  data = :blackhole:
twice:
  driver = redirect
  local_parts = twice
  data = twice+copy@{domain}
  unseen
box:
  driver = manualroute
  route_list = * "127.0.0.1"
  self = send
  transport = box
begin transports
box:
  driver = smtp
  protocol = lmtp
  port = {lmtp}
  hosts_try_fastopen =
  allow_localhost
  rcpt_include_affixes
qmail:
  driver = autoreply
  user = {user}
  group = {group}
  from = MAILER-DAEMON@{domain}
  to = $sender_address
  subject = failure notice
  text = "Hi. This is the qmail-send program at mx.{domain}.\\n\\
    I'm afraid I wasn't able to deliver your message to the following addresses.\\n\\
    This is a permanent error; I've given up. Sorry it didn't work out.\\n\\n\\
    <$local_part@$domain>:\\n\\
    192.0.2.25 does not like recipient.\\n\\
    Remote host said: 550 5.1.1 no such user at this place\\n\\
    Giving up on 192.0.2.25.\\n\\n\\
    --- Below this line is a copy of the message.\\n"
  return_message
begin retry
* * F,4h,1s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if eq{{$auth3}}{{later}}{{${{readfile{{{folder}/nowhere}}}}}}{{${{if eq{{$auth3}}{{secret}}}}}}}}
  server_set_id = $auth2
"""

DOVECOT = """
base_dir = {folder}/dovecot/run
state_dir = {folder}/dovecot/state
log_path = {folder}/dovecot/log
listen = 127.0.0.1
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/dovecot/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 100
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
maildir_very_dirty_syncs = no
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/dovecot/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service stats {{
  chroot =
}}
service old-stats {{
  chroot =
}}
service ipc {{
  chroot =
}}
protocol lmtp {{
  mail_plugins = quota
}}
plugin {{
  quota = maildir:User quota
}}
"""

BRIMFUL = "brimful@{domain}:::::{folder}/dovecot/mail/brimful::userdb_quota_rule=*:bytes=1\n"
