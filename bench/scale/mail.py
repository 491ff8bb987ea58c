"""A mail system for any number of mailboxes: SMTP on one port, IMAP on another, each message held for a few seconds."""

import asyncio
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.scale.wire import Line

GREETING = b"220 ready\r\n"
REPLIES = {"EHLO": b"250-hello\r\n250 AUTH PLAIN\r\n", "DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}
SIGNED_IN = b"235 2.7.0 welcome\r\n"
TAKEN = b"250 2.0.0 ok\r\n"
DATE = '"%d-%b-%Y %H:%M:%S +0000"'
"""How IMAP says when a message was stored."""
TO = re.compile(rb"^To: .*?([\w.+-]+@[\w.-]+)", re.MULTILINE)


@dataclass(slots=True)
class Box:
    """One inbox."""

    stored: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    """Each message, and when it came."""
    next_uid: int = 1
    idling: "Imap | None" = None


class Post:
    """All inboxes, made as they are asked for."""

    def __init__(self, chance: random.Random) -> None:
        """Take chance, for the time that each message takes."""
        self._chance = chance
        self._boxes: dict[str, Box] = {}
        self.takes = (1.0, 5.0)
        """Seconds that a message takes, at least and at most."""
        self.refusing = ""
        """Messages from addresses that begin so are refused."""
        self.taken = 0

    def box(self, address: str) -> Box:
        """Give the inbox of an address."""
        return self._boxes.setdefault(address, Box())

    def send(self, message: bytes) -> None:
        """Take a message, and deliver it in a while."""
        self.taken += 1
        found = TO.search(message)
        if found:
            box = self.box(found[1].decode())
            asyncio.get_running_loop().call_later(self._chance.uniform(*self.takes), self._deliver, box, message)

    def _deliver(self, box: Box, message: bytes) -> None:
        box.stored[box.next_uid] = message, time.strftime(DATE, time.gmtime())
        box.next_uid += 1
        if box.idling is not None:
            box.idling.say(f"* {len(box.stored)} EXISTS")


class _Lines(Line):
    """Gives each whole line to ``line``."""

    def __init__(self, known: set[Line], post: Post) -> None:
        super().__init__(known)
        self.post = post

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.begin()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n")) >= 0:
            line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
            self.line(line)

    def begin(self) -> None:
        """Greet."""

    def line(self, line: bytes) -> None:
        """Take one line."""
        raise NotImplementedError


class Smtp(_Lines):
    """One submission connection."""

    def begin(self) -> None:
        """Greet."""
        self._message: list[bytes] | None = None
        self.transport.write(GREETING)

    def line(self, line: bytes) -> None:
        """Answer a command, or take a line of a message."""
        if self._message is not None:
            self._content(line)
            return
        verb = line.partition(b" ")[0].decode().upper()
        if verb == "MAIL" and self.post.refusing and f"<{self.post.refusing}".encode() in line:
            self.transport.write(b"503 5.5.1 Bad sequence of commands\r\n")
            return
        if verb == "DATA":
            self._message = []
        self.transport.write(SIGNED_IN if verb == "AUTH" else REPLIES.get(verb, TAKEN))
        if verb == "QUIT":
            self.transport.close()

    def _content(self, line: bytes) -> None:
        if self._message is None:
            return
        if line != b".":
            self._message.append(line)
            return
        message, self._message = b"\r\n".join(self._message) + b"\r\n", None
        self.transport.write(TAKEN)
        self.post.send(message)


class Imap(_Lines):
    """One connection to an inbox: what ``bot.mail.imap`` says, answered; there is no junk folder."""

    def begin(self) -> None:
        """Greet."""
        self._box = Box()
        self._idle = ""
        self._deleted: set[int] = set()
        self.say("* OK ready")

    def say(self, text: str) -> None:
        """Say a line."""
        self.transport.write(f"{text}\r\n".encode())

    def connection_lost(self, error: Exception | None) -> None:
        """Tell a connection that is gone of nothing."""
        super().connection_lost(error)
        if self._box.idling is self:
            self._box.idling = None

    def line(self, line: bytes) -> None:
        """Answer a command."""
        if self._idle:
            self.say(f"{self._idle} OK idle done")
            self._idle, self._box.idling = "", None
            return
        tag, _, rest = line.decode().partition(" ")
        verb, _, args = rest.removeprefix("UID ").partition(" ")
        if verb == "IDLE":
            self._wait(tag)
            return
        known: Callable[[str], None] | None = getattr(self, f"_{verb.lower()}", None)
        if known:
            known(args)
        self.say(f"{tag} OK done")
        if verb == "LOGOUT":
            self.transport.close()

    def _wait(self, tag: str) -> None:
        self._idle, self._box.idling = tag, self
        self.say("+ idling")

    def _capability(self, _: str) -> None:
        self.say("* CAPABILITY IMAP4rev1 IDLE UIDPLUS")

    def _login(self, args: str) -> None:
        self._box = self.post.box(args.split('"')[1] if '"' in args else args.split(" ", maxsplit=1)[0])

    def _list(self, _: str) -> None:
        self.say('* LIST (\\HasNoChildren) "/" "INBOX"')

    def _select(self, _: str) -> None:
        self.say(f"* {len(self._box.stored)} EXISTS")
        self.say("* OK [UIDVALIDITY 7] ok")
        self.say(f"* OK [UIDNEXT {self._box.next_uid}] ok")

    def _search(self, args: str) -> None:
        low = int(args.removeprefix("UID ").partition(":")[0])
        uids = list(self._box.stored)
        found = [uid for uid in uids if uid >= low] if args.startswith("UID") else uids[low - 1 :]
        self.say(" ".join(["* SEARCH", *map(str, found)]))

    def _fetch(self, args: str) -> None:
        for number, uid in enumerate(self._box.stored, 1):
            if str(uid) in args.partition(" ")[0].split(","):
                message, came = self._box.stored[uid]
                head = message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                self.say(f"* {number} FETCH (UID {uid} INTERNALDATE {came} BODY[HEADER] {{{len(head)}}}")
                self.transport.write(head + b")\r\n")

    def _store(self, args: str) -> None:
        self._deleted.add(int(args.partition(" ")[0]))

    def _expunge(self, _: str) -> None:
        for uid in self._deleted:
            self._box.stored.pop(uid, None)
        self._deleted.clear()
