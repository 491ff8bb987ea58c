"""A real mail system on loopback: Debian's exim hands messages to Debian's dovecot, both as an ordinary user.

What happens to a message is chosen by its recipient: ``late`` waits in the queue, ``bounce`` comes back with a report,
``lost`` vanishes, ``twice`` arrives two times, ``full``, ``grey`` and ``reject`` are refused, ``corrupt`` is refused after
its end, ``brimful`` has no room left in dovecot, ``NAME+Junk`` lands in junk. The sender ``barred`` is refused, and the port
``busy`` takes nobody. STARTTLS is offered with a certificate that nobody vouches for, and sign-in by password.
"""

import asyncio
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.certificates import write_certificate

PACKAGES = ("exim4-daemon-light", "dovecot-imapd", "dovecot-lmtpd")
DOMAIN = "test.example"
READY_SECONDS = 20.0

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
  warn local_parts = late
       control = queue_only
  accept
begin routers
bounce:
  driver = redirect
  local_parts = bounce
  allow_fail
  data = :fail: 550 5.7.705 tenant has exceeded threshold
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
begin retry
* * F,2m,1s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if eq{{$auth3}}{{secret}}}}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """Where the servers listen, and where they write."""

    smtp: int
    busy: int
    imap: int
    folder: Path


@contextmanager
def running() -> Iterator[Rig]:
    """Run both servers in a folder of their own, and end them."""
    _install()
    smtp, busy, imap, lmtp = _free_ports(4)
    account = _account()
    with tempfile.TemporaryDirectory(prefix="mailrig-") as name:
        rig = Rig(smtp=smtp, busy=busy, imap=imap, folder=Path(name))
        words = {"user": account.pw_name, "group": _group(account), "folder": name, "domain": DOMAIN}
        for path, text in (("exim.conf", EXIM), ("dovecot.conf", DOVECOT)):
            (rig.folder / path).write_text(
                text.format(smtp=smtp, busy=busy, imap=imap, lmtp=lmtp, **words), encoding="ascii"
            )
        write_certificate(rig.folder)
        (rig.folder / "users").write_text(BRIMFUL.format(**words), encoding="ascii")
        for path in ("exim", "dovecot/run", "dovecot/state", "dovecot/mail"):
            (rig.folder / path).mkdir(parents=True)
        _hand_over(rig.folder, account)
        servers = [_start(command, account) for command in _commands(rig)]
        try:
            for port in (smtp, imap, lmtp):
                asyncio.run(_ready(port))
            yield rig
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(timeout=10)


def _commands(rig: Rig) -> list[list[str]]:
    return [
        ["/usr/sbin/dovecot", "-F", "-c", str(rig.folder / "dovecot.conf")],
        ["/usr/sbin/exim4", "-C", str(rig.folder / "exim.conf"), "-bdf", "-q2s"],
    ]


def _start(command: list[str], account: pwd.struct_passwd) -> subprocess.Popen[bytes]:
    root = os.geteuid() == 0
    return subprocess.Popen(  # noqa: S603  # one of the two commands above
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        user=account.pw_uid if root else None,
        group=account.pw_gid if root else None,
        extra_groups=[] if root else None,
    )


def _install() -> None:
    if all(shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("exim4", "dovecot")):
        return
    if os.geteuid():
        raise RuntimeError(f"The tests with real mail servers need: sudo apt-get install {' '.join(PACKAGES)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in ("update -qq", f"install -y -qq --no-install-recommends {' '.join(PACKAGES)}"):
        subprocess.run(["/usr/bin/apt-get", *words.split()], check=True, env=quiet)  # noqa: S603  # fixed words


def _account() -> pwd.struct_passwd:
    return pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")


def _group(account: pwd.struct_passwd) -> str:
    return grp.getgrgid(account.pw_gid).gr_name


def _hand_over(folder: Path, account: pwd.struct_passwd) -> None:
    if os.geteuid():
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)


def _free_ports(number: int) -> list[int]:
    open_ = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in open_]
    for one in open_:
        one.close()
    return ports


async def _ready(port: int) -> None:
    async with asyncio.timeout(READY_SECONDS):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            await reader.readline()
            writer.close()
            await writer.wait_closed()
            return
