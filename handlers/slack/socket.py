"""Socket Mode: Slack's requests over a connection that we open, for those without a public address."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

import structlog
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

from bot.outbox import SendError
from bot.outbox.backoff import pause
from bot.types import Clock
from handlers.door import RefusedError, json_of
from handlers.slack.api import SlackApi
from handlers.slack.bolt import Bolt

HEARTBEAT = timedelta(seconds=15)
"""A socket that answers no ping for half of this is dead, whatever the network says."""
QUIET_MOST = timedelta(minutes=2)
"""Slack sends pings of its own; one that sends nothing for so long is given up too."""
OPEN_LIMIT = timedelta(seconds=10)
LARGEST = 1024 * 1024

log = structlog.get_logger()


class SocketMode:
    """Keeps one connection open; ``api`` bears the app-level token."""

    def __init__(self, api: SlackApi, bolt: Bolt, *, clock: Clock, chance: Random) -> None:
        """Take the listeners, the same as over HTTP."""
        self._api = api
        self._bolt = bolt
        self._clock = clock
        self._chance = chance
        self.connected_since: datetime | None = None
        """None while there is no connection, for health and doctor."""
        self.error = ""

    async def run(self) -> None:
        """Stay connected until cancelled: at once again where Slack asks for it, with a growing wait after failures."""
        failures = 0
        async with ClientSession() as session:
            while True:
                try:
                    await self._connection(session)
                    failures = 0
                except (SendError, ClientError, OSError, TimeoutError, RefusedError) as error:
                    failures = 1 if self.connected_since else failures + 1
                    await self._wait(error, failures)

    async def _wait(self, error: Exception, failures: int) -> None:
        self.connected_since = None
        self.error = str(error) if isinstance(error, SendError) else type(error).__name__
        log.warning("slack_socket_lost", why=self.error, failures=failures)
        asked = error.retry_after if isinstance(error, SendError) else None
        await self._clock.sleep(pause(failures, chance=self._chance, asked=asked))

    async def _connection(self, session: ClientSession) -> None:
        """Open one connection and serve it until Slack wants another; raises what it is lost by."""
        opened = await self._api.call("apps.connections.open")
        async with asyncio.timeout(OPEN_LIMIT.total_seconds()):
            socket = await session.ws_connect(
                str(opened.get("url")), heartbeat=HEARTBEAT.total_seconds(), max_msg_size=LARGEST
            )
        async with socket:
            self.connected_since, self.error = self._clock.now(), ""
            log.info("slack_socket_open")
            while await self._serve(socket):
                pass

    async def _serve(self, socket: ClientWebSocketResponse) -> bool:
        """Serve one message; False where Slack asks for a new connection."""
        message = await socket.receive(timeout=QUIET_MOST.total_seconds())
        if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
            raise ConnectionResetError("closed")
        if message.type is not WSMsgType.TEXT:
            return True
        envelope = json_of(message.data)
        if not isinstance(envelope, dict):
            return True
        if "envelope_id" in envelope:
            self._bolt.hold(self._answer(socket, envelope))
        return envelope.get("type") != "disconnect"

    async def _answer(self, socket: ClientWebSocketResponse, envelope: Mapping[str, object]) -> None:
        payload = envelope.get("payload")
        if not isinstance(payload, dict):
            return
        status, kind, text = await self._bolt.dispatch_socket(payload)
        if status != 200 or socket.closed:  # noqa: PLR2004 - Slack shows the person that it did not work
            return
        said = json.loads(text) if text and kind.startswith("application/json") else {}
        await socket.send_json({"envelope_id": envelope["envelope_id"], **({"payload": said} if said else {})})
