"""Small things that the tests of mail share."""

import random
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from bot.mail import Mailbox, Probe, Seal, Security, Server

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = "secret"
SEAL = Seal(SecretStr("a secret of the tests"))
PROBE = Probe(id="0011223344556677", route="outbound-eu", sent=NOON)


def chance() -> random.Random:
    """Give chance that is the same each time."""
    return random.Random(1)  # noqa: S311  # a test wants the same each time


class StillClock:
    """A clock that moves only when somebody sleeps on it."""

    def __init__(self, start: datetime = NOON) -> None:
        """Begin at a moment."""
        self.time = start
        self.slept: list[timedelta] = []

    def now(self) -> datetime:
        """Tell the moment."""
        return self.time

    async def sleep(self, length: timedelta) -> None:
        """Move on at once."""
        self.slept.append(length)
        self.time += length


def mailbox(name: str = "alice", *, smtp: int = 0, imap: int = 0, password: str | None = SECRET) -> Mailbox:
    """Make a mailbox on loopback."""
    plain = Security.PLAIN
    return Mailbox(
        name=name,
        address=f"{name}@test.example",
        smtp=Server(host="127.0.0.1", port=smtp, security=plain) if smtp else None,
        imap=Server(host="127.0.0.1", port=imap, security=plain) if imap else None,
        secret=SecretStr(password) if password else None,
    )
