"""Socket Mode: Slack's requests over a connection that we open, for those without a public address."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from random import Random

import structlog
from aiohttp import ClientError

from bot.outbox import SendError
from bot.outbox.backoff import pause
from bot.types import Clock
from handlers.door import RefusedError
from handlers.slack.api import SlackApi
from handlers.slack.bolt import Bolt
from handlers.slack.connection import Connection, Limits, connected, opened

REFRESH = frozenset({"warning", "refresh_requested"})
"""Reasons for which Slack wants another connection before it closes this one."""
MENDED_BY: Mapping[str, str] = {
    "link_disabled": "Socket Mode was switched off: switch it on in the app's settings",
    "too_many_websockets": "the app has ten connections already: end other bots that use its token",
}
DEAF_AFTER = timedelta(minutes=2)
"""Slack's own changes of connection take seconds."""
QUICK = timedelta(seconds=10)
QUICK_MOST = 3
"""Connections that were asked to be replaced at once, after which we wait: Slack is not to be hammered."""
AGAIN = "Slack wants another connection again and again"
REMEMBERED = 500
"""Answers that are kept for envelopes that come again."""
SUCCESS = 200

log = structlog.get_logger()


class SocketMode:
    """Keeps one connection open; ``api`` bears the app-level token."""

    def __init__(
        self, api: SlackApi, bolt: Bolt, *, clock: Clock, chance: Random, limits: Limits | None = None
    ) -> None:
        """Take the listeners, the same as over HTTP."""
        self._api = api
        self._bolt = bolt
        self._clock = clock
        self._chance = chance
        self._limits = limits or Limits()
        self._answers: dict[str, asyncio.Future[Mapping[str, object] | None]] = {}
        self._deaf_since: datetime | None = clock.now()
        self.error = ""
        """By what the last connection was lost."""
        self._beat: Callable[[], None] = lambda: None

    @property
    def connected(self) -> bool:
        """Whether Slack can reach us now."""
        return self._deaf_since is None

    def hears(self) -> bool:
        """Tell whether Slack reached us within the last minutes."""
        return self._deaf_since is None or self._clock.now() - self._deaf_since <= DEAF_AFTER

    async def run(self, beat: Callable[[], None] = lambda: None) -> None:
        """Stay connected until cancelled: at once again where Slack asks for it, with a growing wait after failures.

        ``beat`` is called with every attempt and every sign of life over a connection.
        """
        failures, self._beat = 0, beat
        async with asyncio.TaskGroup() as retired:
            while True:
                beat()
                begun, error = self._clock.now(), await self._tried(retired)
                failures = 0 if self._clock.now() - begun >= QUICK else failures + 1
                if error or failures > QUICK_MOST:
                    await self._wait(error, max(failures, 1))

    async def _tried(self, retired: asyncio.TaskGroup) -> Exception | None:
        """Be connected once; tells what the connection was lost by, None where Slack wants another one."""
        try:
            await self._one(retired)
        except (SendError, ClientError, OSError, TimeoutError, RefusedError, ValueError) as error:
            return error
        return None

    async def _wait(self, error: Exception | None, failures: int) -> None:
        self._deaf_since = self._deaf_since or self._clock.now()
        self.error = str(error) if isinstance(error, SendError) else type(error).__name__ if error else AGAIN
        log.warning("slack_socket_lost", why=self.error, failures=failures)
        asked = error.retry_after if isinstance(error, SendError) else None
        await self._clock.sleep(pause(failures, chance=self._chance, asked=asked))

    async def _one(self, retired: asyncio.TaskGroup) -> None:
        """Open one connection and serve it until Slack wants another; raises what it is lost by."""
        url = await opened(self._api)
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(connected(url, self._limits, self._beat))
            self._deaf_since, self.error = None, ""
            log.info("slack_socket_open")
            reason = await self._serve(connection)
            if reason not in REFRESH:
                raise SendError(MENDED_BY.get(reason, f"Slack ended the connection: {reason}"))
            # What Slack sent over this one is still answered here, while the next one opens.
            retired.create_task(self._retire(connection, stack.pop_all()))

    async def _serve(self, connection: Connection) -> str:
        """Serve until Slack asks for another connection; tells its reason."""
        while True:
            envelope = await connection.envelope()
            if envelope.get("type") == "disconnect":
                return str(envelope.get("reason") or "no reason given")
            if "envelope_id" in envelope:
                self._bolt.hold(self._answer(connection, envelope))

    async def _retire(self, connection: Connection, stack: AsyncExitStack) -> None:
        """Serve a connection that has a successor until Slack closes it, for a while at most."""
        with suppress(ClientError, OSError, TimeoutError, RefusedError):
            async with stack, asyncio.timeout(self._limits.retired.total_seconds()):
                while True:
                    await self._serve(connection)

    async def _answer(self, connection: Connection, envelope: Mapping[str, object]) -> None:
        """Answer an envelope; what Slack sends again, because no answer reached it, is not done again."""
        payload, id_ = envelope.get("payload"), str(envelope["envelope_id"])
        if not isinstance(payload, dict):
            return
        said = await self._said(id_, payload)
        if said is None:
            return
        try:
            await connection.answer({"envelope_id": id_, **said})
        except (ClientError, OSError) as error:
            log.warning("slack_socket_answer_lost", why=type(error).__name__)

    async def _said(self, id_: str, payload: dict[str, object]) -> Mapping[str, object] | None:
        """Give the answer to an envelope, the same for one that came before; None where it could not be done.

        One that came over another process' connection is answered anew, and what it changes is in the store already.
        """
        if id_ not in self._answers:
            self._answers[id_] = asyncio.ensure_future(self._dispatch(id_, payload))
            if len(self._answers) > REMEMBERED:
                del self._answers[next(iter(self._answers))]
        answer = self._answers[id_]
        try:
            return await asyncio.shield(answer)
        finally:
            if answer.done() and (answer.cancelled() or answer.exception() or answer.result() is None):
                self._answers.pop(id_, None)

    async def _dispatch(self, id_: str, payload: dict[str, object]) -> Mapping[str, object] | None:
        status, kind, text = await self._bolt.dispatch_socket(payload, id_)
        if status != SUCCESS:
            return None  # Slack shows the person that it did not work
        said = json.loads(text) if text and kind.startswith("application/json") else {}
        return {"payload": said} if said else {}
