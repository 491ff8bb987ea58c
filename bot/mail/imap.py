"""Looking into a mailbox by IMAP, over one connection that is made again when it breaks."""

import asyncio
from collections.abc import Awaitable, Sequence
from email.message import Message
from typing import TypeVar

import aioimaplib

from bot.mail.headers import parse
from bot.mail.imap_answers import Fetched, fetched, junk_folder, selected, uids
from bot.mail.imap_line import ImapLine
from bot.mail.imap_mark import Mark
from bot.mail.inbox import INBOX, JUNK, Letter, MailError
from bot.mail.letters import TAG
from bot.mail.mailbox import Mailbox, Security
from bot.mail.names import DEAD, Names
from bot.microsoft import GraphError
from bot.types import Clock

LOOK_SECONDS = 60.0
FIRST_LOOK = 200
MOST_LETTERS = 100
HEADERS = "(UID INTERNALDATE BODY.PEEK[HEADER])"
WHOLE = "(UID INTERNALDATE BODY.PEEK[]<0.262144>)"

Answer = TypeVar("Answer")


class ImapInbox:
    """Looks into one mailbox; keeps in mind how far it got, so that each look reads only what is new."""

    def __init__(self, mailbox: Mailbox, clock: Clock, names: Names | None = None) -> None:
        """Take a mailbox with an IMAP server, and names to share; raises ValueError without one, or with STARTTLS."""
        if mailbox.imap is None:
            raise ValueError(f"The mailbox {mailbox.name} has no IMAP server")
        if mailbox.imap.security is Security.STARTTLS:
            raise ValueError(f"The mailbox {mailbox.name} wants IMAP with STARTTLS: use 'tls', port 993")
        self._mailbox = mailbox
        self._clock = clock
        self._server = mailbox.imap
        self._names = names or Names()
        self._line: ImapLine | None = None
        self._folders: dict[str, str] = {}
        self._selected = ""
        self._marks: dict[str, Mark] = {}
        self._lock = asyncio.Lock()

    async def letters(self) -> Sequence[Letter]:
        """List what came since the last look, in the inbox and the junk folder; raises MailError."""
        async with self._lock:
            return await self._careful(self._look())

    async def whole(self, letter: Letter) -> Message:
        """Read a whole message, its first 256 KiB; raises MailError."""
        async with self._lock:
            return await self._careful(self._read(letter))

    async def delete(self, letter: Letter) -> None:
        """Remove a message for good; raises MailError."""
        async with self._lock:
            await self._careful(self._remove(letter))

    async def wait(self) -> bool:
        """Return when the inbox may hold something new, after half a minute at most; False where no server tells."""
        async with self._lock:
            return await self._careful(self._idle())

    async def close(self) -> None:
        """Log out and let go of the connection; never raises."""
        async with self._lock:
            if self._line is not None:
                await self._line.log_out()
            self._line = None

    async def _careful(self, work: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await work
        except (MailError, GraphError, aioimaplib.AioImapException, OSError, ValueError, IndexError) as error:
            self._drop()
            said = await self._said(error)
            raise MailError(f"The mailbox {self._mailbox.name} cannot be read: {said}") from error
        except asyncio.CancelledError:
            # Half an answer may still come in: the next call needs a line of its own.
            self._drop()
            raise

    async def _said(self, error: Exception) -> str:
        if isinstance(error, OSError) and not await self._names.live(self._server.host):
            return DEAD
        return " ".join(str(error).split()) or type(error).__name__

    def _drop(self) -> None:
        if self._line is not None:
            self._line.drop()
        self._line = None

    async def _look(self) -> Sequence[Letter]:
        line = await self._connected()
        found: list[Letter] = []
        for folder in self._folders:
            found += [self._letter(folder, one) for one in await self._news(line, folder)]
        return found

    def _letter(self, folder: str, one: Fetched) -> Letter:
        mark = self._marks[folder]
        return Letter(
            key=f"{mark.validity}:{one.uid}",
            folder=folder,
            headers=parse(one.content),
            stored=one.stored,
            told=mark.told_at(one.uid) or self._clock.now(),
            untold=mark.untold_at(one.uid),
        )

    async def _news(self, line: ImapLine, folder: str) -> list[Fetched]:
        if not await self._select(line, folder):
            return []
        mark = self._marks[folder]
        new = await self._new(line, mark)
        return [*new, *await self._old(line, mark, MOST_LETTERS - len(new))]

    async def _new(self, line: ImapLine, mark: Mark) -> list[Fetched]:
        first = f"UID {mark.unread}:*" if mark.unread else f"{max(1, mark.exists - FIRST_LOOK + 1)}:*"
        # "n:*" gives the newest message even when its number is below n.
        new = [uid for uid in uids(await line.search(first)) if uid >= mark.unread]
        step = new[:MOST_LETTERS]
        found = await _headers(line, step)
        if step:
            mark.old = mark.old if mark.unread else step[0]
            mark.unread = step[-1] + 1
        mark.left = len(new) > len(step)
        return found

    async def _old(self, line: ImapLine, mark: Mark, room: int) -> list[Fetched]:
        """Read what a bot that stood still left behind, newest first, as far as there is room."""
        if mark.old <= 1 or not room:
            return []
        old = uids(await line.search(f'UID 1:{mark.old - 1} SUBJECT "{TAG}"'))
        step = old[-room:]
        found = await _headers(line, step)
        mark.old = step[0] if len(old) > len(step) else 0
        return found

    async def _select(self, line: ImapLine, folder: str) -> int:
        state = selected(await line.select(self._folders[folder]))
        self._selected = folder
        mark = self._marks.setdefault(folder, Mark())
        if mark.validity != state.validity:
            mark = self._marks[folder] = Mark(validity=state.validity)
        mark.exists = state.exists
        mark.tell(state.next_uid, self._clock.now())
        return state.exists

    async def _read(self, letter: Letter) -> Message:
        line, uid = await self._at(letter)
        lines = await line.fetch(uid, WHOLE)
        return parse(next((one.content for one in fetched(lines) if str(one.uid) == uid), b""))

    async def _remove(self, letter: Letter) -> None:
        line, uid = await self._at(letter)
        await line.delete(uid)

    async def _idle(self) -> bool:
        line = await self._connected()
        if not line.can("IDLE"):
            return False
        known = self._marks[INBOX].next_uid if INBOX in self._marks else 0
        await self._select(line, INBOX)
        mark = self._marks[INBOX]
        if mark.next_uid == known and not any(one.more for one in self._marks.values()):
            await line.idle(lambda exists: mark.push(exists, self._clock.now()))
        if mark.next_uid == known:
            mark.tell(known, self._clock.now())
        return True

    async def _at(self, letter: Letter) -> tuple[ImapLine, str]:
        line = await self._connected()
        validity, _, uid = letter.key.partition(":")
        if self._selected != letter.folder:
            await self._select(line, letter.folder)
        if str(self._marks[letter.folder].validity) != validity:
            raise MailError("its server gave all messages new numbers")
        return line, uid

    async def _connected(self) -> ImapLine:
        if self._line is None:
            self._selected = ""
            await self._names.find(self._server.host)
            self._line = await ImapLine.open(self._server, self._mailbox)
            junk = junk_folder(await self._line.list())
            self._folders = {INBOX: "INBOX", **({JUNK: junk} if junk else {})}
        return self._line


async def _headers(line: ImapLine, wanted: Sequence[int]) -> list[Fetched]:
    return list(fetched(await line.fetch(",".join(map(str, wanted)), HEADERS))) if wanted else []
