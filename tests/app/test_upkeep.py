import random

from bot.app.upkeep import Upkeep
from bot.jobs import TableJobs
from bot.store import Store
from bot.store.requests import REMEMBERED
from tests.test_pipeline import HandClock


async def test_requests_that_nobody_delivers_again_are_forgotten(sqlite_store: Store) -> None:
    """So that their number is bounded."""
    clock = HandClock()
    upkeep = Upkeep(jobs=TableJobs(sqlite_store, clock, random.Random(1)), store=sqlite_store, clock=clock)  # noqa: S311 - a test wants the same each time
    async with sqlite_store.begin() as tx:
        await tx.requests.first("e1", clock.at)
    clock.at += 2 * REMEMBERED
    await upkeep.retire({})
    async with sqlite_store.begin() as tx:
        assert await tx.requests.first("e1", clock.at)
