"""A story's time: faster than the real one, and able to leap."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

_BEAT_S = 0.01
_LONGEST_GAP_S = 0.025


class StoryClock:
    """Tells story time, which runs ``speed`` times as fast as the real one; sleepers follow every change of it."""

    def __init__(self, start: datetime, *, speed: float = 1.0, ticks: Callable[[], float] = time.monotonic) -> None:
        """Begin at ``start`` (aware); ``ticks`` counts real seconds, by the clock that the event loop sleeps on."""
        self._ticks = ticks
        self._beat: float | None = None
        self._counted = 0.0
        self._base = start
        self._base_ticks = self._real()
        self._speed = _checked(speed)
        self._changed = asyncio.Event()

    @property
    def speed(self) -> float:
        """Story seconds in a real second; 0 is a stopped clock."""
        return self._speed

    def now(self) -> datetime:
        """Tell the story's present moment."""
        return self._base + timedelta(seconds=(self._real() - self._base_ticks) * self._speed)

    def run_at(self, speed: float) -> None:
        """Run ``speed`` times as fast as the real time from now on; ``ValueError`` below 0."""
        self._rebase(self.now(), _checked(speed))

    def jump_to(self, moment: datetime) -> None:
        """Leap forward to ``moment``; ``ValueError`` if that is past already, since time never runs backwards."""
        if moment < self.now():
            raise ValueError(f"cannot jump back to {moment.isoformat()}: the story is at {self.now().isoformat()}")
        self._rebase(moment, self._speed)

    async def sleep(self, length: timedelta) -> None:
        """Wait until ``length`` of story time has passed, however it passes."""
        await self.sleep_until(self.now() + length)

    async def sleep_until(self, moment: datetime) -> None:
        """Wait until the story reaches ``moment``; yields to the loop at least once."""
        await asyncio.sleep(0)
        while (left := (moment - self.now()).total_seconds()) > 0:
            await self._change_within(left)

    @asynccontextmanager
    async def steady(self) -> AsyncIterator[None]:
        """Let a stall of the event loop count as 25 ms at most, until the end of the block.

        On a busy machine half a second without the processor would be half a minute of the story, in which nobody
        worked: every message would look late.
        """
        before = self.now()
        self._counted = self._beat = self._ticks()
        self._rebase(before, self._speed)
        beating = asyncio.create_task(self._keep_beating(self._beat))
        try:
            yield
        finally:
            beating.cancel()
            after = self.now()
            self._beat = None
            self._rebase(after, self._speed)

    async def _keep_beating(self, beat: float) -> None:
        while True:
            await asyncio.sleep(_BEAT_S)
            now = self._ticks()
            self._counted += min(now - beat, _LONGEST_GAP_S)
            self._beat = beat = now

    def _real(self) -> float:
        """Count real seconds, stalls cut short while that is wanted."""
        if self._beat is None:
            return self._ticks()
        return self._counted + min(self._ticks() - self._beat, _LONGEST_GAP_S)

    async def _change_within(self, story_seconds: float) -> None:
        """Wait until the clock is changed, at most ``story_seconds`` at its present speed."""
        real = story_seconds / self._speed if self._speed else None
        try:
            async with asyncio.timeout(real):
                await self._changed.wait()
        except TimeoutError:
            return

    def _rebase(self, moment: datetime, speed: float) -> None:
        self._base, self._base_ticks, self._speed = moment, self._real(), speed
        self._changed.set()
        self._changed = asyncio.Event()


def _checked(speed: float) -> float:
    if speed < 0:
        raise ValueError(f"a story cannot run backwards: speed {speed}")
    return speed
