"""Looking into a mailbox by IMAP, over one connection that is made again when it breaks."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, TypeVar

import aioimaplib
from pydantic import SecretStr

from bot.mail.imap_answers import Fetched, fetched, junk_folder, parse, selected, uids
from bot.mail.inbox import INBOX, JUNK, Letter, MailError
from bot.mail.mailbox import Mailbox, Security, Server
from bot.microsoft import GraphError
from bot.microsoft.http import trust

# At level DEBUG aioimaplib writes XOAUTH2 tokens, which its own scrubbing misses as they are in base64.
logging.getLogger("aioimaplib.aioimaplib").setLevel(logging.WARNING)

CALL_SECONDS = 15.0
LOOK_SECONDS = 60.0
LEAVE_SECONDS = 2.0
FIRST_LOOK = 200
MOST_LETTERS = 100
HEADERS = "(UID INTERNALDATE BODY.PEEK[HEADER])"
WHOLE = "(UID INTERNALDATE BODY.PEEK[]<0.262144>)"

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Mark:
    """How far a folder was looked through."""

    validity: int = 0
    next_uid: int = 0


class ImapInbox:
    """Looks into one mailbox; keeps in mind how far it got, so that each look reads only what is new."""

    def __init__(self, mailbox: Mailbox) -> None:
        """Take a mailbox that has an IMAP server; raises ValueError if it has none, or one with STARTTLS."""
        if mailbox.imap is None:
            raise ValueError(f"The mailbox {mailbox.name} has no IMAP server")
        if mailbox.imap.security is Security.STARTTLS:
            raise ValueError(f"The mailbox {mailbox.name} wants IMAP with STARTTLS: use 'tls', port 993")
        self._mailbox = mailbox
        self._server = mailbox.imap
        self._client: aioimaplib.IMAP4 | None = None
        self._folders: dict[str, str] = {}
        self._selected = ""
        self._marks: dict[str, _Mark] = {}
        self._lock = asyncio.Lock()

    async def letters(self) -> Sequence[Letter]:
        """List what came since the last look, in the inbox and the junk folder; raises MailError."""
        async with self._lock:
            return await self._careful(self._look())

    async def whole(self, letter: Letter) -> EmailMessage:
        """Read a whole message, its first 256 KiB; raises MailError."""
        async with self._lock:
            return await self._careful(self._read(letter))

    async def delete(self, letter: Letter) -> None:
        """Remove a message for good; raises MailError."""
        async with self._lock:
            await self._careful(self._remove(letter))

    async def close(self) -> None:
        """Log out and let go of the connection; never raises."""
        async with self._lock:
            if self._client is not None:
                with contextlib.suppress(aioimaplib.AioImapException, OSError, TimeoutError):
                    async with asyncio.timeout(LEAVE_SECONDS):
                        await self._client.logout()
            self._forget()

    async def _careful(self, work: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await work
        except MailError:
            self._forget()
            raise
        except GraphError as error:
            self._forget()
            raise MailError(f"The mailbox {self._mailbox.name} cannot sign in: {error}") from error
        except (aioimaplib.AioImapException, OSError, TimeoutError, ValueError, IndexError) as error:
            self._forget()
            said = " ".join(str(error).split()) or type(error).__name__
            raise MailError(f"The mailbox {self._mailbox.name} cannot be read: {said}") from error

    async def _look(self) -> Sequence[Letter]:
        client = await self._connected()
        found: list[Letter] = []
        for folder in self._folders:
            found += [self._letter(folder, one) for one in await self._news(client, folder)]
        return found

    def _letter(self, folder: str, one: Fetched) -> Letter:
        key = f"{self._marks[folder].validity}:{one.uid}"
        return Letter(key=key, folder=folder, headers=parse(one.content), stored=one.stored)

    async def _news(self, client: aioimaplib.IMAP4, folder: str) -> list[Fetched]:
        exists = await self._select(client, folder)
        if not exists:
            return []
        mark = self._marks[folder]
        lowest = f"UID {mark.next_uid}:*" if mark.next_uid else f"{max(1, exists - FIRST_LOOK + 1)}:*"
        lines = await _ok(client.uid_search(lowest, charset=None), "SEARCH")
        # "n:*" gives the newest message even when its number is below n.
        new = [uid for uid in uids(lines) if uid >= mark.next_uid][:MOST_LETTERS]
        if not new:
            return []
        lines = await _ok(client.uid("FETCH", ",".join(map(str, new)), HEADERS), "FETCH")
        mark.next_uid = new[-1] + 1
        return list(fetched(lines))

    async def _select(self, client: aioimaplib.IMAP4, folder: str) -> int:
        lines = await _ok(client.select(self._folders[folder]), "SELECT")
        self._selected = folder
        exists, validity = selected(lines)
        mark = self._marks.setdefault(folder, _Mark())
        if mark.validity != validity:
            self._marks[folder] = _Mark(validity=validity)
        return exists

    async def _read(self, letter: Letter) -> EmailMessage:
        client, uid = await self._at(letter)
        lines = await _ok(client.uid("FETCH", uid, WHOLE), "FETCH")
        return parse(next((one.content for one in fetched(lines) if str(one.uid) == uid), b""))

    async def _remove(self, letter: Letter) -> None:
        client, uid = await self._at(letter)
        await _ok(client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"), "STORE")
        if client.has_capability("UIDPLUS"):
            await _ok(client.uid("EXPUNGE", uid), "EXPUNGE")
        else:
            await _ok(client.expunge(), "EXPUNGE")

    async def _at(self, letter: Letter) -> tuple[aioimaplib.IMAP4, str]:
        client = await self._connected()
        validity, _, uid = letter.key.partition(":")
        if self._selected != letter.folder:
            await self._select(client, letter.folder)
        if str(self._marks[letter.folder].validity) != validity:
            raise MailError(
                f"The mailbox {self._mailbox.name} was rebuilt by its server: its messages have new numbers"
            )
        return client, uid

    async def _connected(self) -> aioimaplib.IMAP4:
        if self._client is None:
            self._client = _client(self._server, self._mailbox)
            await self._client.wait_hello_from_server()
            await self._sign_in(self._client)
            await asyncio.wait_for(self._client.protocol.capability(), CALL_SECONDS)
            junk = junk_folder(await _ok(self._client.list('""', '"*"'), "LIST"))
            self._folders = {INBOX: "INBOX", **({JUNK: junk} if junk else {})}
        return self._client

    async def _sign_in(self, client: aioimaplib.IMAP4) -> None:
        secret = self._mailbox.secret
        if secret is None:
            return
        if isinstance(secret, SecretStr):
            answer = client.login(aioimaplib.quoted(self._mailbox.login), secret.get_secret_value())
        else:
            answer = client.xoauth2(self._mailbox.login, (await secret()).get_secret_value())
        result, lines = await answer
        if result != "OK":
            said = bytes(lines[-1]).decode("utf-8", "replace") if lines else result
            raise MailError(
                f"The mailbox {self._mailbox.name} cannot sign in to IMAP: {said}. "
                "Check its user, password or app permissions."
            )

    def _forget(self) -> None:
        if self._client is not None and self._client.protocol.transport is not None:
            self._client.protocol.transport.abort()
        self._client, self._selected = None, ""


def _client(server: Server, mailbox: Mailbox) -> aioimaplib.IMAP4:
    context = trust(mailbox.ca_bundle) if server.security is Security.TLS else None
    return aioimaplib.IMAP4(host=server.host, port=server.port, timeout=CALL_SECONDS, ssl_context=context)


async def _ok(call: Awaitable[Any], name: str) -> list[bytes | bytearray]:
    async with asyncio.timeout(CALL_SECONDS):
        result, lines = await call
    if result != "OK":
        said = bytes(lines[-1]).decode("utf-8", "replace") if lines else ""
        raise MailError(f"The server refuses {name}: {result} {said}".strip())
    return list(lines)
