"""Tells somebody outside, again and again, that the bot does its work; silence rings there, and so does a failure."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import httpx
import structlog
from pydantic import SecretStr

from bot.app.loops import Beat
from bot.outbox.backoff import pause, retry_after
from bot.web.health import Health, failing

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=1)
SPREAD = 0.1
LIMIT = 10.0
"""Seconds that one call may take."""
TRIES = 3
DEADLINE = timedelta(minutes=5)
SURE = 2
"""Rounds in a row that must be bad before a failure is said; in the first nothing is, so that no blink rings."""
TOO_MANY = 429
LONGEST_WAIT = timedelta(minutes=1)


class HeartbeatError(Exception):
    """The call was not taken; never holds the address, which is a secret."""

    def __init__(self, message: str, *, again: bool = True, retry_after: timedelta | None = None) -> None:
        """Say whether another try may help, and how long we are asked to wait before it."""
        super().__init__(message)
        self.again = again
        self.retry_after = retry_after


class Shape(Protocol):
    """How one kind of receiver is called."""

    def started(self, url: httpx.URL) -> httpx.Request | None:
        """Say that the bot starts; None where the receiver knows no start."""

    def well(self, url: httpx.URL) -> httpx.Request:
        """Say that the bot does its work."""

    def failing(self, url: httpx.URL, reasons: Sequence[str]) -> httpx.Request:
        """Say that it does not, and why."""


class Healthchecks:
    """The shape of healthchecks.io and those that copy it: the address, and ``/start`` and ``/fail`` below it."""

    def started(self, url: httpx.URL) -> httpx.Request | None:
        """Post to ``/start``."""
        return httpx.Request("POST", _below(url, "start"))

    def well(self, url: httpx.URL) -> httpx.Request:
        """Post to the address itself."""
        return httpx.Request("POST", url)

    def failing(self, url: httpx.URL, reasons: Sequence[str]) -> httpx.Request:
        """Post to ``/fail``, the reasons as the body."""
        return httpx.Request("POST", _below(url, "fail"), content="\n".join(reasons))


class UptimeKuma:
    """The shape of Uptime Kuma's push monitors: one address, the state in its query."""

    def started(self, _: httpx.URL) -> httpx.Request | None:
        """Say nothing: it knows no start."""
        return None

    def well(self, url: httpx.URL) -> httpx.Request:
        """Push ``up``."""
        return httpx.Request("GET", url.copy_merge_params({"status": "up", "msg": "OK"}))

    def failing(self, url: httpx.URL, reasons: Sequence[str]) -> httpx.Request:
        """Push ``down``, the reasons as the message."""
        return httpx.Request("GET", url.copy_merge_params({"status": "down", "msg": ", ".join(reasons)}))


def shape(url: httpx.URL) -> Shape:
    """Tell by an address how it wants to be called."""
    return UptimeKuma() if "/api/push/" in url.path else Healthchecks()


def _below(url: httpx.URL, name: str) -> httpx.URL:
    return url.copy_with(path=f"{url.path.rstrip('/')}/{name}")


@dataclass(slots=True, kw_only=True)
class Heartbeat:
    """Calls the address once a minute."""

    url: SecretStr
    http: httpx.AsyncClient
    health: Callable[[], Health]
    chance: random.Random
    taken: datetime | None = None
    """When the last call was taken."""
    error: str = ""
    """Why the last one was not; empty where it was."""
    bad: int = 0
    """Rounds in a row in which the bot did not do its work."""

    async def run(self, beat: Beat) -> None:
        """Call for ever; a receiver that does not answer is no reason for anything else to wait."""
        url = httpx.URL(self.url.get_secret_value())
        how = shape(url)
        await self._call(how.started(url))
        while True:
            await self.round(how, url)
            beat()
            await asyncio.sleep(EVERY.total_seconds() * self.chance.uniform(1 - SPREAD, 1 + SPREAD))

    async def round(self, how: Shape, url: httpx.URL) -> None:
        """Say once how the bot is: nothing in the first bad round, then that it fails."""
        reasons = failing(self.health())
        self.bad = self.bad + 1 if reasons else 0
        if not reasons:
            await self._call(how.well(url))
        elif self.bad >= SURE:
            log.warning("heartbeat_says_fail", reasons=reasons)
            await self._call(how.failing(url, reasons))

    async def _call(self, request: httpx.Request | None) -> None:
        if request is None:
            return
        for tried in range(1, TRIES + 1):
            try:
                await self._once(request)
            except HeartbeatError as error:
                self.error = str(error)
                log.warning("heartbeat_not_taken", why=self.error, tries=tried)
                if not error.again or tried == TRIES:
                    return
                asked = min(error.retry_after or timedelta(), LONGEST_WAIT)
                await asyncio.sleep(pause(tried, chance=self.chance, asked=asked).total_seconds())
            else:
                self.taken, self.error = self.health().at, ""
                return

    async def _once(self, request: httpx.Request) -> None:
        try:
            async with asyncio.timeout(LIMIT):
                answer = await self.http.send(request, follow_redirects=False)
        except (httpx.HTTPError, TimeoutError) as error:  # whose text may hold the address, which is a secret
            raise HeartbeatError(f"could not be reached ({type(error).__name__})") from None
        if not answer.is_success:
            raise HeartbeatError(
                f"answered HTTP {answer.status_code}",
                again=answer.is_server_error or answer.status_code == TOO_MANY,
                retry_after=retry_after(answer.headers.get("Retry-After")),
            )
