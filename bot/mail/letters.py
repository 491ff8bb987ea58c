"""A test message as it is sent: plain about what it is."""

from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime

from bot.mail.headers import header
from bot.mail.mailbox import Mailbox
from bot.mail.probes import Probe, Seal

HEADER = "X-Mailstatus-Probe"
TAG = "[mailstatus]"
SUBJECT = f"{TAG} Test message"
# A line of a header may be 998 long; a shorter limit would break the token with encoded words.
POLICY = SMTP.clone(max_line_length=900)

BODY = """\
This is a test message. Nobody needs to read it, and nobody needs to answer.

mailstatus sends one from time to time to measure whether mail arrives, and how
fast. It is deleted by itself once it was measured. If it reached you by
mistake, please tell the people who run mailstatus at {domain}.

Route: {route}
Sent:  {sent:%Y-%m-%d %H:%M:%S} UTC
"""


def probe_of(headers: Message, seal: Seal) -> Probe | None:
    """Know a test message by its headers; a reply or a report quotes the subject, so the subject must begin as ours."""
    probe = seal.find(header(headers, HEADER))
    subject = header(headers, "Subject")
    return probe or (seal.find(subject) if subject.startswith(SUBJECT) else None)


def compose(probe: Probe, seal: Seal, *, sender: Mailbox, receiver: Mailbox) -> EmailMessage:
    """Write the message of a probe, its token in a header of its own, in the subject and in the Message-ID."""
    token = seal.token(probe)
    message = EmailMessage(policy=POLICY)
    message["From"] = sender.address
    message["To"] = receiver.address
    message["Subject"] = f"{SUBJECT}, no need to read it ({token})"
    message["Date"] = format_datetime(probe.sent)
    message["Message-ID"] = f"<{token}@{sender.domain}>"
    message[HEADER] = token
    # RFC 3834: no out-of-office reply, please.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(BODY.format(domain=sender.domain, route=probe.route, sent=probe.sent))
    return message
