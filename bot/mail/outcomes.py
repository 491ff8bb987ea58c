"""What came of handing one message over."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The server took the message."""

    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The server said no; ``stage`` is where: connect, tls, auth, mail, rcpt or data."""

    stage: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """No server answered: name, connection or time limit; the message was not handed over."""

    stage: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FateUnknown:
    """The line broke while the message was handed over: it may be on its way, so it is never sent again."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTrouble:
    """The canary's own set-up is at fault, not the mail: what the server said, and what to do."""

    stage: str
    reply: str
    advice: str


Outcome: TypeAlias = Accepted | Refusal | NoAnswer | FateUnknown | OwnTrouble


class Outgoing(Protocol):
    """A message that can be handed over: a test message, or one of the e-mail package."""

    def __getitem__(self, name: str, /) -> object:
        """Give a header."""

    def get_content(self) -> str:
        """Give the text."""

    def as_bytes(self) -> bytes:
        """Give it as it is sent."""


class Sender(Protocol):
    """One way to hand a message over."""

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over once, within a limit; never raises for what a server does."""
