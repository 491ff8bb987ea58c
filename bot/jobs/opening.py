"""The engine that fits the store."""

import random

from bot.jobs.port import Jobs
from bot.jobs.table import TableJobs
from bot.store import Store
from bot.types import Clock


async def open_jobs(store: Store, clock: Clock, chance: random.Random) -> Jobs:
    """Give the loop over the table on SQLite, and procrastinate, made ready, on PostgreSQL; raises StoreError."""
    if store.address is None:
        return TableJobs(store, clock, chance)
    from bot.jobs.engine import ProcrastinateJobs, install  # noqa: PLC0415 - half a second that SQLite does not need

    await install(store)
    return ProcrastinateJobs(store, clock, chance)
