"""Mailboxes in memory, with the folders and numbers that IMAP needs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message

INBOX = "INBOX"
JUNK = "Junk Email"
MOST_MESSAGES = 10_000


@dataclass(slots=True, kw_only=True)
class Stored:
    """A message in a folder; ``uid`` never changes and ``flags`` may."""

    uid: int
    raw: bytes
    received: datetime
    headers: Message = field(repr=False)
    flags: set[str] = field(default_factory=set)


class Folder:
    """Messages in the order of their arrival; the oldest give way above ten thousand."""

    def __init__(self, name: str, *, use: str = "") -> None:
        """Begin empty; ``use`` is its special use by RFC 6154."""
        self.name = name
        self.use = use
        self.messages: list[Stored] = []
        self.uid_next = 1
        self._changed = asyncio.Event()

    def add(self, raw: bytes, received: datetime) -> Stored:
        """Keep a message and wake whoever waits for one."""
        headers = message_from_bytes(raw.partition(b"\r\n\r\n")[0])
        stored = Stored(uid=self.uid_next, raw=raw, received=received, headers=headers)
        self.uid_next += 1
        self.messages.append(stored)
        del self.messages[:-MOST_MESSAGES]
        self.wake()
        return stored

    def remove(self, doomed: Sequence[Stored]) -> None:
        """Drop messages for good."""
        gone = {stored.uid for stored in doomed}
        self.messages = [stored for stored in self.messages if stored.uid not in gone]
        self.wake()

    def wake(self) -> None:
        """Tell sessions in IDLE that something is different."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self) -> None:
        """Wait for the next message or removal."""
        await self._changed.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's (or a canary's) mailbox at a provider; any known OAuth token opens it as the password does."""

    address: str
    password: str = field(repr=False)
    inbox: Folder = field(default_factory=lambda: Folder(INBOX))
    junk: Folder = field(default_factory=lambda: Folder(JUNK, use="\\Junk"))

    def folder(self, name: str) -> Folder | None:
        """Find a folder by its name in any case."""
        return {INBOX.lower(): self.inbox, JUNK.lower(): self.junk}.get(name.lower())

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All of them."""
        return self.inbox, self.junk
