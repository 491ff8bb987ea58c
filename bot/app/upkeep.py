"""The store's housekeeping: jobs that one machine at a time does for all."""

from dataclasses import dataclass
from datetime import timedelta

from bot.jobs import Args, Jobs
from bot.store import Store
from bot.types import Clock

ROLL_UP = timedelta(minutes=1)
RETIRE = timedelta(minutes=10)
RETIRED_AT_ONCE = 20
"""Batches of one run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """Sums up and deletes."""

    jobs: Jobs
    store: Store
    clock: Clock

    def register(self) -> None:
        """Say what each job does and how often it runs."""
        self.jobs.register("roll_up", self.roll_up)
        self.jobs.register("retire", self.retire)
        self.jobs.every("roll_up", {}, interval=ROLL_UP)
        self.jobs.every("retire", {}, interval=RETIRE)

    async def roll_up(self, _: Args) -> None:
        """Sum up what is a minute old."""
        more = True
        while more:
            async with self.store.begin() as tx:
                more = await tx.rollups.roll_up(self.clock.now())

    async def retire(self, _: Args) -> None:
        """Delete what is too old, batch by batch, so that nobody waits for long."""
        await self.store.leases.clear()
        for _batch in range(RETIRED_AT_ONCE):
            async with self.store.begin() as tx:
                now = self.clock.now()
                if not await tx.rollups.retire(now) + await tx.requests.retire(now):
                    return
