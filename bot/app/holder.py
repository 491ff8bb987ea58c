"""Which shards this worker holds: its fair share, by leases in the database, for as long as it can renew them."""

import asyncio
import random
from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

import structlog

from bot.app.loops import Beat
from bot.app.shards import SHARDS
from bot.store import Lease, Leases, StoreError

log = structlog.get_logger(__name__)

ALL = frozenset(range(SHARDS))
WORKER, SHARD = "worker:", "shard:"
LENGTH = timedelta(seconds=12)
"""After so long without a renewal a lease is anybody's; less what a stop takes, its holder lets go by itself."""
STOPS_IN = timedelta(seconds=2)
EVERY = timedelta(seconds=3)
SOON = timedelta(seconds=1)
"""Until the next try after one that failed."""
ANSWER = 2.5
"""Seconds that one statement may take."""
CLOSES_IN = 2.0
"""Seconds until a shard is given to others though something of it has not ended."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What to change so that each worker has its fair part."""

    surplus: frozenset[int]
    free: frozenset[int]
    room: int
    """How many of the free ones are ours to take."""


def share(leases: Collection[Lease], owner: str) -> Share:
    """Compare what an owner holds with a fair part of all shards among the workers that live.

    The parts differ by one at most and add up to all shards: equal ones would leave some workers idle. Who has one more
    goes by the names alone, so that all find the same.
    """
    workers = sorted({one.owner for one in leases if one.name.startswith(WORKER)} | {owner})
    least, one_more = divmod(SHARDS, len(workers))
    part = least + (workers.index(owner) < one_more)
    ours = sorted(number(one.name) for one in leases if one.name.startswith(SHARD) and one.owner == owner)
    taken = frozenset(number(one.name) for one in leases if one.name.startswith(SHARD))
    return Share(surplus=frozenset(ours[part:]), free=ALL - taken, room=max(part - len(ours), 0))


def number(name: str) -> int:
    """Read a shard's number in the name of its lease."""
    return int(name.removeprefix(SHARD))


def names(shards: Collection[int]) -> list[str]:
    """Name the leases of shards."""
    return [f"{SHARD}{shard}" for shard in shards]


class Watching(Protocol):
    """What watches the shards that are held."""

    held: frozenset[int]

    def hold(self, shards: frozenset[int]) -> None:
        """Watch these shards from now on, and no other."""

    async def closed(self, patience: float) -> None:
        """Wait for so many seconds at most until what was let go of has ended."""

    async def aclose(self) -> None:
        """Watch nothing any more."""


@dataclass(slots=True, kw_only=True)
class Holder:
    """Keeps one worker's leases; what it does not hold for sure, it does not watch."""

    leases: Leases
    shards: Watching
    owner: str
    chance: random.Random
    length: timedelta = LENGTH
    _alarm: asyncio.TimerHandle | None = None

    async def run(self, beat: Beat) -> None:
        """Renew, take and give for ever."""
        while True:
            beat()
            try:
                await self.turn()
                pause = EVERY
            except (StoreError, TimeoutError) as error:
                log.warning("leases_not_renewed", why=str(error) or "no answer in time")
                pause = SOON
            await asyncio.sleep(pause.total_seconds())

    async def aclose(self) -> None:
        """Hand everything over at once."""
        held = self.shards.held
        self._silence()
        await self.shards.aclose()
        try:
            await self._answered(self.leases.give(self.owner, [f"{WORKER}{self.owner}", *names(held)]))
        except (StoreError, TimeoutError) as error:
            log.warning("leases_not_given", why=str(error) or "no answer in time")

    async def turn(self) -> None:
        """Renew what we have, and take or give until we have our share; raises StoreError and TimeoutError."""
        began = _now()
        held = await self._answered(self.leases.renew(self.owner, self.length))
        if f"{WORKER}{self.owner}" not in held:
            await self._answered(self.leases.take(self.owner, f"{WORKER}{self.owner}", self.length))
        self._hold(frozenset(number(name) for name in held if name.startswith(SHARD)), began)
        fair = share(await self._answered(self.leases.held()), self.owner)
        await self._give(fair.surplus)
        await self._take(fair, began)

    async def _give(self, surplus: frozenset[int]) -> None:
        if surplus:
            self.shards.hold(self.shards.held - surplus)
            await self.shards.closed(CLOSES_IN)
            await self._answered(self.leases.give(self.owner, names(surplus)))

    async def _take(self, fair: Share, began: float) -> None:
        """Take free shards, in no order, so that workers that start together seldom want the same one."""
        gained = set()
        for shard in self.chance.sample(sorted(fair.free), min(fair.room, len(fair.free))):
            if _now() - began > EVERY.total_seconds():
                break  # a slow database: the renewal of what we have comes first
            (name,) = names([shard])
            if await self._answered(self.leases.take(self.owner, name, self.length)):
                gained.add(shard)
        self.shards.hold(self.shards.held | gained)

    def _hold(self, shards: frozenset[int], began: float) -> None:
        """Hold what a renewal that began at a moment gave, and let go of it by ourselves before it ends."""
        self._silence()
        lasts = (self.length - STOPS_IN).total_seconds()
        self._alarm = asyncio.get_running_loop().call_at(began + lasts, self._lapse)
        self.shards.hold(shards)

    def _lapse(self) -> None:
        log.error("leases_lapsed", shards=len(self.shards.held))
        self.shards.hold(frozenset())

    def _silence(self) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm = None

    @staticmethod
    async def _answered(statement: Awaitable[Answer]) -> Answer:
        async with asyncio.timeout(ANSWER):
            return await statement


def _now() -> float:
    return asyncio.get_running_loop().time()
