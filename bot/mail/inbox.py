"""What looking into a mailbox gives, whatever the protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from typing import Protocol

JUNK = "junk"
INBOX = "inbox"


class MailError(Exception):
    """A mailbox that cannot be read, as one sentence that is safe to show and says what to do where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message in a mailbox, by its headers; ``folder`` is ``inbox`` or ``junk``."""

    key: str
    """The mailbox's own handle for it."""
    folder: str
    headers: Message
    told: datetime
    """By when it was there, by our own clock: when the server told of it, or when a list had it."""
    untold: datetime | None = None
    """When it was not there yet, by our own clock; None where nobody looked before it came."""
    stored: datetime | None = None
    """When the mailbox's server says that it got it, to the second."""


class Inbox(Protocol):
    """One way to look into a mailbox."""

    async def letters(self) -> Sequence[Letter]:
        """List what came since the last look, inbox and junk folder, within a limit; raises MailError."""

    async def whole(self, letter: Letter) -> Message:
        """Read a whole message, its first 256 KiB; raises MailError."""

    async def delete(self, letter: Letter) -> None:
        """Remove a message for good; raises MailError."""

    async def wait(self) -> bool:
        """Return when something new may have come, after half a minute at most; False where no server tells."""

    async def close(self) -> None:
        """Let go of the connection; never raises."""
