"""One client's IMAP session."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from bot.demo.imap.actions import RefusedError, act, opened
from bot.demo.imap.login import authenticated
from bot.demo.imap.view import View
from bot.demo.imap.wire import Command, WireError, read_command, text
from bot.demo.mail.keys import Keys
from bot.demo.mail.mailbox import Account

CAPABILITIES = "IMAP4rev1 IDLE UIDPLUS SPECIAL-USE AUTH=PLAIN AUTH=XOAUTH2 SASL-IR LITERAL+"
_CLIENT_LIMIT_S = 30 * 60
# Sequence numbers must not change under the answers to these.
_QUIET = ("FETCH", "STORE", "SEARCH")


class Session:
    """Reads commands and answers them until the client or the server goes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keys: Keys) -> None:
        """Serve the accounts that ``keys`` open."""
        self._reader = reader
        self._writer = writer
        self._keys = keys
        self._account: Account | None = None
        self._view: View | None = None
        self._open = True
        self._at_any_time: Mapping[str, Callable[[Command], Awaitable[None]]] = {
            "CAPABILITY": self._capability,
            "NOOP": self._noop,
            "LOGOUT": self._logout,
            "LOGIN": self._login,
            "AUTHENTICATE": self._authenticate,
        }
        self._with_account: Mapping[str, Callable[[Command, Account], Awaitable[None]]] = {
            "LIST": self._list,
            "SELECT": self._select,
            "EXAMINE": self._select,
        }

    async def run(self) -> None:
        """Greet, then answer commands until the end; a broken connection ends it quietly."""
        try:
            await self._send(f"* OK [CAPABILITY {CAPABILITIES}] ready")
            while self._open:
                async with asyncio.timeout(_CLIENT_LIMIT_S):
                    await self._next()
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            return

    async def _next(self) -> None:
        try:
            command = await read_command(self._reader, self._more)
        except ValueError as error:
            await self._send(f"* BAD {error}")
            return
        if command is None:
            self._open = False
            return
        await self._answer(command)

    async def _answer(self, command: Command) -> None:
        try:
            await self._perform(command)
        except RefusedError as error:
            await self._send(f"{command.tag} NO {error}")
        except (WireError, IndexError) as error:
            await self._send(f"{command.tag} BAD {error}")
        else:
            if command.name not in _QUIET:
                await self._tell_news()
            await self._send(f"{command.tag} OK {command.name} completed")

    async def _perform(self, command: Command) -> None:
        if command.name in self._at_any_time:
            await self._at_any_time[command.name](command)
        elif self._account is None:
            raise WireError("log in first")
        elif command.name in self._with_account:
            await self._with_account[command.name](command, self._account)
        elif self._view is None:
            raise WireError(f"unknown command {command.name}, or no folder is selected")
        elif command.name == "IDLE":
            await self._idle(self._view)
        else:
            await self._act(command, self._view)

    async def _act(self, command: Command, view: View) -> None:
        outcome = act(command, view)
        self._writer.write(b"".join(outcome.untagged))
        await self._writer.drain()
        if outcome.closes:
            self._view = None

    async def _capability(self, _: Command) -> None:
        await self._send(f"* CAPABILITY {CAPABILITIES}")

    async def _noop(self, _: Command) -> None:
        """Do nothing; news are told after every command that allows it."""

    async def _logout(self, _: Command) -> None:
        self._open = False
        self._view = None
        await self._send("* BYE see you")

    async def _login(self, command: Command) -> None:
        self._enter(self._keys.by_password(text(command.args[0]), text(command.args[1])))

    async def _authenticate(self, command: Command) -> None:
        self._enter(authenticated(command, await self._sasl_response(command), self._keys))

    async def _sasl_response(self, command: Command) -> str:
        if len(command.args) > 1:
            return text(command.args[1])
        await self._send("+ ")
        return (await self._reader.readline()).decode(errors="replace").strip()

    def _enter(self, account: Account | None) -> None:
        if account is None:
            raise RefusedError("[AUTHENTICATIONFAILED] name or password is wrong")
        self._account = account

    async def _list(self, _: Command, account: Account) -> None:
        for folder in account.folders:
            await self._send(f'* LIST ({folder.use}) "/" "{folder.name}"')

    async def _select(self, command: Command, account: Account) -> None:
        self._view = opened(account, text(command.args[0]), read_only=command.name == "EXAMINE")
        await self._send(*(f"* {line}" for line in self._view.greeting()))

    async def _idle(self, view: View) -> None:
        """Tell what comes and goes until the client says DONE."""
        await self._send("+ idling")
        done = asyncio.create_task(self._reader.readline())
        try:
            while not done.done():
                await self._tell_news()
                await _first_of(done, view)
        finally:
            done.cancel()

    async def _tell_news(self) -> None:
        if self._view:
            await self._send(*(f"* {line}" for line in self._view.news()))

    async def _more(self) -> None:
        await self._send("+ go on")

    async def _send(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


async def _first_of(done: asyncio.Task[bytes], view: View) -> None:
    change = asyncio.create_task(view.folder.change())
    try:
        await asyncio.wait({done, change}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        change.cancel()
