"""One connection to an IMAP server: every call has a limit, and ends at once when the line is cut."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Self, TypeAlias, TypeVar

import aioimaplib
from pydantic import SecretStr

from bot.mail.imap_answers import selected
from bot.mail.inbox import MailError
from bot.mail.mailbox import Mailbox, Security, Server
from bot.mail.trouble import hushed
from bot.microsoft.http import mail_trust

# At level DEBUG aioimaplib writes XOAUTH2 tokens, which its own scrubbing misses as they are in base64.
logging.getLogger("aioimaplib.aioimaplib").setLevel(logging.WARNING)

CALL_SECONDS = 15.0
IDLE_SECONDS = 30.0
LEAVE_SECONDS = 2.0

Answer = TypeVar("Answer")
Lines: TypeAlias = list[bytes | bytearray]


class _Client(aioimaplib.IMAP4):  # type: ignore[misc]  # aioimaplib has no types
    """aioimaplib as it is, but for a connection that somebody else made, which it cannot be given."""

    def __init__(self, *, over: socket.socket | None, **rest: object) -> None:
        self._over = over
        super().__init__(**rest)

    def create_client(
        self,
        host: str,
        port: int,
        loop: asyncio.AbstractEventLoop | None,
        conn_lost_cb: Callable[[Exception | None], None] | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Speak over that connection, with the certificate checked for the host."""
        if self._over is None:
            super().create_client(host, port, loop, conn_lost_cb, ssl_context)
            return
        running = asyncio.get_running_loop()
        self.protocol = aioimaplib.IMAP4ClientProtocol(running, conn_lost_cb)
        name = host if ssl_context else None
        self._client_task = running.create_task(
            running.create_connection(lambda: self.protocol, sock=self._over, ssl=ssl_context, server_hostname=name)
        )


class ImapLine:
    """A connection that is signed in; when any call fails, it is to be dropped and made again."""

    def __init__(self, client: aioimaplib.IMAP4, lost: asyncio.Event) -> None:
        """Take a client and the event that says that its line was cut; use ``open``."""
        self._client = client
        self._lost = lost

    @classmethod
    async def open(cls, server: Server, mailbox: Mailbox) -> Self:
        """Connect and sign in; raises MailError, GraphError, OSError, TimeoutError or AioImapException."""
        lost = asyncio.Event()
        client = _Client(
            host=server.host,
            port=server.port,
            timeout=CALL_SECONDS,
            conn_lost_cb=lambda _: lost.set(),
            ssl_context=mail_trust(mailbox.ca_bundle) if server.security is Security.TLS else None,
            over=await server.reach(server.host, server.port) if server.reach else None,
        )
        line = cls(client, lost)
        try:
            await line._guard(client.wait_hello_from_server())
            await line._sign_in(mailbox)
            # What a server can do may grow with the sign-in, and aioimaplib asks before it only.
            await line._guard(client.protocol.capability())
        except BaseException:  # a cancelled sign-in too leaves no connection behind
            line.drop()
            raise
        return line

    def can(self, capability: str) -> bool:
        """Tell whether the server has a capability."""
        return bool(self._client.has_capability(capability))

    async def select(self, folder: str) -> Lines:
        """Open a folder, its name as the server lists it."""
        return await self._ok("SELECT", self._client.select(folder))

    async def list(self) -> Lines:
        """List all folders."""
        return await self._ok("LIST", self._client.list('""', '"*"'))

    async def search(self, criteria: str) -> Lines:
        """Search the open folder."""
        return await self._ok("SEARCH", self._client.uid_search(criteria, charset=None))

    async def fetch(self, uids: str, what: str) -> Lines:
        """Fetch from the open folder."""
        return await self._ok("FETCH", self._client.uid("FETCH", uids, what))

    async def delete(self, uid: str) -> None:
        """Delete one message of the open folder."""
        await self._ok("STORE", self._client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        if self.can("UIDPLUS"):
            await self._ok("EXPUNGE", self._client.uid("EXPUNGE", uid))
        else:
            await self._ok("EXPUNGE", self._client.expunge())

    async def idle(self, told: Callable[[int], None]) -> None:
        """Wait until the server tells how many messages there are, and pass it on at once; half a minute at most."""
        queue = self._client.protocol.idle_queue
        while not queue.empty():  # what the server told after the last wait had ended counts other messages
            queue.get_nowait()
        # aioimaplib's own limits do not work here: idle_start hangs for ever after a BYE.
        idle = await self._guard(self._client.idle_start(timeout=2 * IDLE_SECONDS))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                told(await self._until_lost(self._pushed()))
        self._client.idle_done()
        await self._guard(idle)

    async def _pushed(self) -> int:
        while not (exists := selected(await self._client.protocol.idle_queue.get()).exists):
            pass
        return exists

    async def log_out(self) -> None:
        """Leave politely; never raises."""
        with contextlib.suppress(aioimaplib.AioImapException, MailError, OSError, TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._guard(self._client.logout())
        self.drop()

    def drop(self) -> None:
        """Cut the line."""
        for task in (*self._client.tasks, *self._client.protocol.tasks, self._client._client_task):  # noqa: SLF001  # nothing else cancels what it leaves behind
            task.cancel()
        if self._client.protocol.transport is not None:
            self._client.protocol.transport.abort()

    async def _sign_in(self, mailbox: Mailbox) -> None:
        secret = mailbox.secret
        if secret is None:
            return
        word = (secret if isinstance(secret, SecretStr) else await secret()).get_secret_value()
        if isinstance(secret, SecretStr):
            call = self._client.login(aioimaplib.quoted(mailbox.login), word)
        else:
            call = self._client.xoauth2(mailbox.login, word)
        result, lines = await self._guard(call)
        if result != "OK":
            said = hushed(_words(lines) or result, mailbox.login, word)
            raise MailError(f"the server refuses the sign-in: {said} (check user, password or app permissions)")

    async def _ok(self, name: str, call: Coroutine[Any, Any, Any]) -> Lines:
        result, lines = await self._guard(call)
        if result != "OK":
            raise MailError(f"the server refuses {name}: {result} {_words(lines)}".strip())
        return list(lines)

    async def _guard(self, call: Awaitable[Answer]) -> Answer:
        async with asyncio.timeout(CALL_SECONDS):
            return await self._until_lost(call)

    async def _until_lost(self, call: Awaitable[Answer]) -> Answer:
        working, cut = asyncio.ensure_future(call), asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({working, cut}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise MailError("the server cut the connection")
            return working.result()
        finally:
            working.cancel()
            cut.cancel()


def _words(lines: Lines) -> str:
    return bytes(lines[-1]).decode("utf-8", "replace") if lines else ""
