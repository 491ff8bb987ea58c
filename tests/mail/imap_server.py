"""A scripted IMAP server on loopback, with faults to switch: enough of RFC 3501 for one client."""

import asyncio
import re
import ssl
from dataclasses import dataclass, field
from typing import Self

RANGE = re.compile(r"(\d+):(\d+|\*)")


@dataclass
class Stored:
    """A message in a folder."""

    uid: int
    content: bytes
    date: str = "23-Nov-2026 12:00:00 +0000"


@dataclass
class Folder:
    """A folder with its messages; a new validity makes all old numbers void."""

    flags: str = ""
    validity: int = 7
    next_uid: int = 1
    stored: list[Stored] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)

    def put(self, content: bytes, date: str = "23-Nov-2026 12:00:00 +0000") -> None:
        """Store a message."""
        self.stored.append(Stored(uid=self.next_uid, content=content, date=date))
        self.next_uid += 1


class ImapServer:
    """Serves folders; ``refuse`` maps a command to its answer, ``mute`` are commands that get none."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Begin with an inbox and a junk folder."""
        self.folders = {"INBOX": Folder(), "Junk E-Mail": Folder(flags=r"\Junk")}
        self.password = "secret"
        self.refuse: dict[str, str] = {}
        self.mute: set[str] = set()
        self.hang_up: set[str] = set()
        self.late_push = ""
        """What is told after the client has ended its wait."""
        self.greeting = "OK ready"
        self.capabilities = "IMAP4rev1 IDLE UIDPLUS"
        self.commands: list[str] = []
        self.port = 0
        self._tls = tls
        self._writers: set[asyncio.StreamWriter] = set()
        self._idle: asyncio.StreamWriter | None = None
        self.idling = asyncio.Event()
        self.muted = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and cut all lines."""
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    @property
    def inbox(self) -> Folder:
        """The inbox."""
        return self.folders["INBOX"]

    @property
    def junk(self) -> Folder:
        """The junk folder."""
        return self.folders["Junk E-Mail"]

    def cut(self) -> None:
        """Cut all lines."""
        for writer in self._writers:
            writer.close()

    def push(self, text: str) -> None:
        """Say something to the client that idles."""
        if self._idle is not None:
            self._idle.write(f"* {text}\r\n".encode())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        writer.write(f"* {self.greeting}\r\n".encode())
        session = _Session(self, writer)
        try:
            while not self.greeting.startswith("BYE") and (line := await reader.readline()):
                if not await session.answer(line.decode().strip()):
                    break
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


class _Session:
    def __init__(self, server: ImapServer, writer: asyncio.StreamWriter) -> None:
        self.server, self.writer = server, writer
        self.folder = Folder()
        self.idle_tag = ""
        self.told = 0

    def say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())

    async def answer(self, line: str) -> bool:
        if self.idle_tag:
            if self.server.late_push:
                self.say(self.server.late_push)
            self.say(f"{self.idle_tag} OK idle done")
            self.idle_tag, self.server._idle = "", None
            return True
        tag, _, rest = line.partition(" ")
        name, _, args = rest.removeprefix("UID ").partition(" ")
        self.server.commands.append(rest)
        if name in self.server.hang_up:
            return False
        if name in self.server.mute:
            self.server.muted.set()
            return True
        if name in self.server.refuse:
            self.say(f"{tag} {self.server.refuse[name]}")
            return True
        closing = getattr(self, f"do_{name.lower()}")(tag, args)
        self.say(f"{tag} {closing}") if closing else None
        await self.writer.drain()
        return name != "LOGOUT"

    def do_capability(self, _tag: str, _args: str) -> str:
        self.say(f"* CAPABILITY {self.server.capabilities}")
        return "OK done"

    def do_login(self, _tag: str, args: str) -> str:
        return "OK in" if args.endswith(f'"{self.server.password}"') else "NO [AUTHENTICATIONFAILED] LOGIN failed."

    def do_authenticate(self, _tag: str, _args: str) -> str:
        return "OK in"

    def do_list(self, _tag: str, _args: str) -> str:
        for name, folder in self.server.folders.items():
            self.say(f'* LIST (\\HasNoChildren {folder.flags}) "/" "{name}"')
        return "OK done"

    def do_select(self, _tag: str, args: str) -> str:
        self.folder = self.server.folders[args.strip('"')]
        self.told = len(self.folder.stored)
        self.say(f"* {self.told} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.folder.validity}] ok")
        self.say(f"* OK [UIDNEXT {self.folder.next_uid}] ok")
        return "OK [READ-WRITE] done"

    def do_search(self, _tag: str, args: str) -> str:
        stored, (low, high) = self.folder.stored, RANGE.findall(args)[0]
        if args.startswith("UID"):
            found = [one for one in stored if int(low) <= one.uid <= int(high.replace("*", "9999999999"))]
            found = found or stored[-1:] if high == "*" else found
        else:
            found = stored[int(low) - 1 :]
        wanted = args.partition("SUBJECT ")[2].strip('"').encode()
        uids = [one.uid for one in found if wanted in one.content.partition(b"\r\n\r\n")[0]]
        self.say(f"* SEARCH {' '.join(map(str, uids))}")
        return "OK done (0.001 secs)"

    def do_fetch(self, _tag: str, args: str) -> str:
        wanted = {int(uid) for uid in args.split(" ", maxsplit=1)[0].split(",")}
        for number, one in enumerate(self.folder.stored, 1):
            if one.uid in wanted:
                content = one.content if "HEADER" not in args else one.content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                self.say(f'* {number} FETCH (UID {one.uid} INTERNALDATE "{one.date}" BODY[] {{{len(content)}}}')
                self.writer.write(content + b")\r\n")
        return "OK done"

    def do_store(self, _tag: str, args: str) -> str:
        self.folder.deleted.add(int(args.split(" ", maxsplit=1)[0]))
        return "OK done"

    def do_expunge(self, _tag: str, _args: str) -> str:
        self.folder.stored = [one for one in self.folder.stored if one.uid not in self.folder.deleted]
        return "OK done"

    def do_idle(self, tag: str, _args: str) -> str:
        self.idle_tag = tag
        self.server._idle = self.writer
        self.say("+ idling")
        if len(self.folder.stored) != self.told:
            self.say(f"* {len(self.folder.stored)} EXISTS")
        self.server.idling.set()
        return ""

    def do_logout(self, _tag: str, _args: str) -> str:
        self.say("* BYE bye")
        return "OK done"
