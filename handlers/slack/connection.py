"""One connection of Socket Mode: what comes over it, for as long as Slack is really at its other end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import ClientSession, ClientWebSocketResponse, WSMessage, WSMsgType

from handlers.door import json_of
from handlers.slack.address import SOCKETS, steadfast
from handlers.slack.api import SlackApi
from handlers.slack.trouble import SlackError

LARGEST = 1024 * 1024
ENDS = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a connection may keep us waiting."""

    open: timedelta = timedelta(seconds=10)
    """Until it stands and Slack has said hello."""
    heartbeat: timedelta = timedelta(seconds=15)
    """Between our pings; one that is not answered for half of this is dead, whatever the network says."""
    quiet: timedelta = timedelta(seconds=60)
    """Slack pings by itself every few seconds. A proxy that answers our pings for a Slack that is gone sends none."""
    retired: timedelta = timedelta(seconds=30)
    """For how long the old connection is served beside the new one."""


class Connection:
    """Reads envelopes and sends answers; dead is what is closed, broken, or quiet for too long."""

    def __init__(self, socket: ClientWebSocketResponse, limits: Limits, beat: Callable[[], None]) -> None:
        """Keep a socket that stands; ``beat`` is called with each sign of life of Slack."""
        self._socket = socket
        self._limits = limits
        self._beat = beat

    async def hello(self) -> None:
        """Wait until Slack has taken the connection: before that nothing will come over it."""
        async with asyncio.timeout(self._limits.open.total_seconds()):
            while (await self.envelope()).get("type") != "hello":
                pass

    async def envelope(self) -> Mapping[str, object]:
        """Give the next envelope; raises OSError or TimeoutError once dead, RefusedError for what is no JSON."""
        async with asyncio.timeout(self._limits.quiet.total_seconds()) as watch:
            while True:
                message = await self._socket.receive()
                if message.type is not WSMsgType.PONG:
                    self._beat()
                    watch.reschedule(asyncio.get_running_loop().time() + self._limits.quiet.total_seconds())
                if (envelope := await self._read(message)) is not None:
                    return envelope

    async def answer(self, said: Mapping[str, object]) -> None:
        """Send the answer to an envelope; raises OSError where the connection is gone."""
        if self._socket.closed:
            raise ConnectionResetError("closed before the answer")
        await self._socket.send_json(said)

    async def _read(self, message: WSMessage) -> Mapping[str, object] | None:
        if message.type in ENDS:
            raise ConnectionResetError("closed")
        if message.type is WSMsgType.PING:
            await self._socket.pong(message.data)
        if message.type is not WSMsgType.TEXT:
            return None
        envelope = json_of(message.data)
        return envelope if isinstance(envelope, dict) else None


async def opened(api: SlackApi) -> str:
    """Ask Slack where to connect to; raises SlackError, also where that is no place of Slack's."""
    url = str((await api.call("apps.connections.open")).get("url"))
    if why := SOCKETS.fault(url, own=api.base_url):
        raise SlackError(f"the address that Slack gave for Socket Mode {why}")
    return url


@asynccontextmanager
async def connected(url: str, limits: Limits, beat: Callable[[], None] = lambda: None) -> AsyncIterator[Connection]:
    """Open a connection in a session of its own, so that no closed session is ever used again."""
    async with ClientSession(middlewares=[steadfast]) as session:
        async with asyncio.timeout(limits.open.total_seconds()):
            socket = await session.ws_connect(
                url, heartbeat=limits.heartbeat.total_seconds(), autoping=False, max_msg_size=LARGEST
            )
        async with socket:
            connection = Connection(socket, limits, beat)
            await connection.hello()
            yield connection
