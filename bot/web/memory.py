"""Reads of the past, remembered for a few seconds, so that many who look ask the store once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.store import StoreError
from bot.web.history import DelayPoint, History

FRESH, FRESH_COARSE = 5.0, 60.0
"""Seconds: points of an hour or more change slowly, and are many to read."""
COARSE = timedelta(hours=1)
LIMIT = 3.0
"""Seconds: a page without a chart is better than a page that waits for the store."""
KEPT = 64


@dataclass(slots=True)
class Remembered:
    """A history in front of another one; where the store does not answer, the last answer stands, or none."""

    history: History
    _answers: dict[object, tuple[float, Sequence[DelayPoint]]] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def delays(self, tenant: str, *, since: datetime, until: datetime, step: timedelta) -> Sequence[DelayPoint]:
        """Read as the other one does, and never raise for the store's sake."""
        key = (tenant, since, until, step)
        async with self._lock:
            now = asyncio.get_running_loop().time()
            fresh_until, known = self._answers.get(key, (0.0, ()))
            if now < fresh_until:
                return known
            try:
                async with asyncio.timeout(LIMIT):
                    known = await self.history.delays(tenant, since=since, until=until, step=step)
            except (TimeoutError, StoreError):
                pass
            self._keep(key, (now + (FRESH_COARSE if step >= COARSE else FRESH), known))
            return known

    def _keep(self, key: object, answer: tuple[float, Sequence[DelayPoint]]) -> None:
        self._answers.pop(key, None)
        self._answers[key] = answer
        if len(self._answers) > KEPT:
            self._answers.pop(next(iter(self._answers)))
