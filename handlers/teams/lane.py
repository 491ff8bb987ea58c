"""The pace of one flow: all that is posted to an address goes through its lane, whoever posts it."""

from collections.abc import Callable
from datetime import timedelta

from bot.outbox import SendError
from bot.types import Clock

SPACING = timedelta(seconds=1)
"""Between two posts: a flow is throttled at a few requests a second, and switched off after two weeks of that."""
LONGEST_TURN = timedelta(seconds=10)
"""Whoever would wait longer comes back later: a delivery has a limit of its own."""


class Lane:
    """Gives turns, a second apart."""

    def __init__(self, clock: Clock) -> None:
        """Be free at once."""
        self._clock = clock
        self._free = clock.now()

    async def turn(self) -> None:
        """Wait for our turn; raises SendError with the time to wait where that is long."""
        now = self._clock.now()
        wait = self._free - now
        if wait > LONGEST_TURN:
            raise SendError("the flow wants a rest: others posted there just now", retry_after=wait)
        self._free = max(self._free, now) + SPACING
        if wait > timedelta():
            await self._clock.sleep(wait)

    def rest(self, length: timedelta) -> None:
        """Let nobody through for as long as the flow asks."""
        self._free = max(self._free, self._clock.now() + length)


def lanes(clock: Clock) -> Callable[[str], Lane]:
    """Give what finds the lane of an address: the same one for all destinations and tenants that share it."""
    known: dict[str, Lane] = {}

    def lane(url: str) -> Lane:
        return known.setdefault(url.strip(), Lane(clock))

    return lane
