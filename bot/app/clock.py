"""The machine's own clock: with the demo's, the only ones there are."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        """Tell the present moment."""
        return datetime.now(UTC)  # noqa: TID251 - the entry point's clock, handed to everybody else

    async def sleep(self, length: timedelta) -> None:
        """Wait in real time."""
        await asyncio.sleep(length.total_seconds())


NOTICED = timedelta(minutes=1)
"""Less is what a clock is put right by day after day."""


@dataclass(slots=True, kw_only=True)
class ClockWatch:
    """Compares a clock that can be set with seconds that nobody can set."""

    now: Callable[[], datetime]
    ticks: Callable[[], float]
    _ahead: timedelta | None = None

    def look(self) -> timedelta:
        """Tell by how much the clock jumped since the last look; nothing where it went as time does."""
        ahead = self.now() - datetime.fromtimestamp(self.ticks(), UTC)
        jump = ahead - self._ahead if self._ahead is not None else timedelta()
        self._ahead = ahead
        return jump if abs(jump) > NOTICED else timedelta()
