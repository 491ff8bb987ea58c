"""How often Graph is asked about service health, so that it never has to answer 429."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

HEALTH = "/admin/serviceAnnouncement/"
# Graph takes 240 requests a minute and 800 an hour of these from an app in a tenant (Microsoft's throttling limits).
# Forty at once and one each five seconds are 52 and 760 at most, and nobody ever waits for long.
AT_ONCE = 40
EACH = timedelta(seconds=5)
BLOCK = 4
"""So many requests are taken from a shared budget at a time: what a process has taken and not used is lost with it,
and a process that dies every few seconds must not use up the budget of those that it watches for."""

Take: TypeAlias = Callable[[timedelta], Awaitable[timedelta]]
"""Adds a length to the time that a shared budget is used up for, and tells how long that is from now on."""


class Budget:
    """The requests of one client; each is taken before it is made, a page and a further try as well."""

    def __init__(self, shared: Take | None = None) -> None:
        """Begin with all of it, or with what others have left of a shared one."""
        self._shared = shared
        self._paid: datetime | None = None
        """Until when the requests that were made have used the budget up."""
        self._left = 0
        """Requests that were taken from the shared budget and not made yet."""

    async def take(self, now: datetime) -> timedelta:
        """Take one request and tell how long to wait before it is made."""
        paid = await self._begin(now)
        self._paid = paid + EACH
        return max(timedelta(), paid - now - (AT_ONCE - 1) * EACH)

    async def _begin(self, now: datetime) -> datetime:
        """Tell from when on this request uses the budget up."""
        if self._shared is None:
            return max(self._paid or now, now)
        if not self._left or self._paid is None:
            self._left = BLOCK
            self._paid = now + await self._shared(BLOCK * EACH) - BLOCK * EACH
        self._left -= 1
        return self._paid
