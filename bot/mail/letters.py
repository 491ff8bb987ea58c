"""A test message as it is sent: plain about what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import format_datetime

from bot.mail.headers import header
from bot.mail.mailbox import Mailbox
from bot.mail.probes import Probe, Seal

HEADER = "X-Mailstatus-Probe"
TAG = "[mailstatus]"
SUBJECT = f"{TAG} Test message"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeMessage:
    """Short headers and a text of ours, written as they stand: the e-mail package takes a hundred times as long."""

    headers: Mapping[str, str]
    text: str

    def __post_init__(self) -> None:
        """Refuse a header that would go on as another one; raises ValueError."""
        for name, value in self.headers.items():
            if "\r" in value or "\n" in value:
                raise ValueError(f"The header {name} of a test message has a line break")

    def __getitem__(self, name: str, /) -> str:
        """Give a header."""
        return self.headers[name]

    def get_content(self) -> str:
        """Give the text."""
        return self.text

    def as_bytes(self) -> bytes:
        """Give it as it is sent."""
        lines = [*(f"{name}: {value}" for name, value in self.headers.items()), "", *self.text.split("\n")]
        return "\r\n".join(lines).encode()


def compose(probe: Probe, seal: Seal, *, sender: Mailbox, receiver: Mailbox) -> ProbeMessage:
    """Write the message of a probe, its token in a header of its own, in the subject and in the Message-ID."""
    token, text = seal.token(probe), BODY.format(domain=sender.domain, route=probe.route, sent=probe.sent)
    return ProbeMessage(
        headers={
            "From": sender.address,
            "To": receiver.address,
            "Subject": f"{SUBJECT}, no need to read it ({token})",
            "Date": format_datetime(probe.sent),
            "Message-ID": f"<{token}@{sender.domain}>",
            HEADER: token,
            # RFC 3834: no out-of-office reply, please.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "MIME-Version": "1.0",
            "Content-Type": 'text/plain; charset="utf-8"',
            "Content-Transfer-Encoding": "7bit" if text.isascii() else "8bit",
        },
        text=text,
    )
