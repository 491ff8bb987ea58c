"""Sends a spool's lines to the bot, in order, until it says that it has them."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx
import structlog
from pydantic import SecretStr

from bot.jobs.pace import Pace, backoff
from bot.types import Clock
from bot.vantage.offset import Offset, Sample, measured
from bot.vantage.spool import Spool
from bot.vantage.wire import (
    MICROSECOND,
    PATH,
    SIGNATURE,
    SPOOL,
    TIME,
    VANTAGE,
    Answer,
    WireError,
    micros,
    read_answer,
    read_refusal,
    sign,
    write_batch,
)

log = structlog.get_logger(__name__)

MOST_ANSWER = 256 * 1024
LONGEST_WISH = timedelta(hours=1)
SKEW = timedelta(seconds=30)
"""A clock that is wrong by more is said; up to the bot's limit it is corrected nevertheless."""
STEP = timedelta(minutes=2)
"""So long at most a push that waits gives no sign of life."""
LONGEST_WORDS = 300
OK, UNSIGNED, AGAIN = 200, 401, 409


Beat: TypeAlias = Callable[[], None]
"""Is called after each push that was taken, and while we wait."""


def _unheard() -> None:
    """Hear nothing: nobody waits for a sign of life from a look."""


class PushError(Exception):
    """The bot did not take a push; ``retry_after`` is how long it asks us to wait."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        """Say what is wrong and what mends it."""
        super().__init__(message)
        self.retry_after = retry_after


def fault(url: str) -> str:
    """Say what is wrong with the bot's address; empty if nothing is."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in {"https", "http"} or not host:
        return "is no address"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "is more than an address: leave out user, ? and #"
    if parts.scheme == "http" and not _is_loopback(host):
        return "does not begin with https://"
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(slots=True, kw_only=True)
class Pusher:
    """One vantage's way to its bot; the offset between both clocks is measured with every push."""

    url: str
    vantage: str
    secret: SecretStr
    spool: Spool
    http: httpx.AsyncClient
    clock: Clock
    chance: random.Random
    confirm: Callable[[Sequence[str]], None] = lambda _: None
    """Is told which routes want a confirming test message now."""
    offset: Offset = field(default_factory=Offset)
    _last: datetime | None = None

    async def run(self, beat: Beat) -> None:
        """Send what there is and what comes, for ever; a failure is said, and tried again after a while."""
        failures = 0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(STEP.total_seconds()):
                    await self.spool.news.wait()
            beat()
            try:
                await self.flush(beat)
                failures = 0
            except PushError as error:
                failures += 1
                wait = max(backoff(Pace(), failures, self.chance), error.retry_after or timedelta())
                log.warning("push_failed", why=str(error), waiting=len(self.spool), again_s=round(wait.total_seconds()))
                await self._rest(wait, beat)

    async def _rest(self, wait: timedelta, beat: Beat) -> None:
        """Wait for as long as we have to, which the bot may wish to be an hour."""
        while wait > timedelta():
            await self.clock.sleep(min(wait, STEP))
            wait -= STEP
            beat()

    async def flush(self, beat: Beat = _unheard) -> None:
        """Send until nothing waits; raises PushError, and what was not taken is kept."""
        if self.offset.best is None:
            await self.greet()
        while batch := self.spool.batch():
            dropped = self.spool.dropped
            answer = await self._post([line for _, line in batch], dropped)
            if answer.taken < batch[-1][0]:
                raise PushError(f"the bot took only a part ({answer.taken} of {batch[-1][0]}): update the older side")
            self.spool.acknowledge(batch[-1][0], dropped=dropped)
            for number, why in answer.refused:
                log.warning("observation_refused", number=number, why=why[:LONGEST_WORDS])
            if answer.confirm:
                self.confirm(answer.confirm)
            beat()

    async def greet(self) -> Sample:
        """Send nothing, to prove address and secret and to measure the offset; raises PushError."""
        await self._post((), 0)
        return self.offset.samples[-1]

    async def _post(self, lines: Sequence[str], dropped: int) -> Answer:
        best = self.offset.best
        body = write_batch(lines, offset=best.offset if best else timedelta(), dropped=dropped)
        sent = self.clock.now()
        status, said, wish = await self._exchange(self._headers(sent, body), body)
        back = self.clock.now()
        if status != OK:
            raise self._refusal(status, said, wish)
        try:
            answer = read_answer(said)
        except WireError as error:
            raise PushError(f"{self._host} answers, but {error}: is it the bot's address?") from None
        self._learn(measured(sent, answer.received, answer.answered, back))
        return answer

    def _headers(self, now: datetime, body: bytes) -> dict[str, str]:
        """Sign with a time that grows with each push, also where our clock is set back."""
        self._last = max(now, self._last + MICROSECOND) if self._last else now
        headers = {VANTAGE: self.vantage, SPOOL: self.spool.name, TIME: str(micros(self._last))}
        return headers | {SIGNATURE: sign(self.secret, headers, body), "content-type": "application/x-ndjson"}

    async def _exchange(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes, str]:
        try:
            url = self.url.rstrip("/") + PATH
            async with self.http.stream("POST", url, headers=headers, content=body, follow_redirects=False) as answer:
                return answer.status_code, await _bounded(answer), answer.headers.get("retry-after", "")
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise PushError(f"{self._host} cannot be reached: {reason[:LONGEST_WORDS]}") from error

    def _refusal(self, status: int, said: bytes, wish: str) -> PushError:
        words, after = read_refusal(said)
        if status == AGAIN and after is not None:
            self._last = max(after, self._last or after)
        if status == UNSIGNED:
            words = f"it does not know {self.vantage}, or has another secret for it: compare both sides' [vantages]"
        elif httpx.codes.is_redirect(status):
            words = "it sends us elsewhere, and we do not follow: give the address that it leads to"
        return PushError(f"{self._host} refused (HTTP {status}): {words or 'without a word'}", retry_after=_wish(wish))

    def _learn(self, sample: Sample) -> None:
        before = self.offset.best
        self.offset.add(sample)
        best = self.offset.best or sample
        if abs(best.offset) > SKEW and (before is None or not best.agrees(before)):
            log.warning("clock_differs", seconds=round(best.offset.total_seconds(), 3), mend="timedatectl set-ntp true")

    @property
    def _host(self) -> str:
        return urlsplit(self.url).netloc


async def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > MOST_ANSWER:
            break
    return bytes(body[:MOST_ANSWER])


def _wish(text: str) -> timedelta | None:
    """Read Retry-After in seconds; None where there is none that can be read or believed."""
    if not (text.isascii() and text.isdigit() and len(text) < 7):  # noqa: PLR2004 - days at most
        return None
    return min(timedelta(seconds=int(text)), LONGEST_WISH)
