"""What every adapter of the jobs port must do with periodic tasks; nothing here knows the engine."""

import asyncio
from datetime import timedelta
from functools import partial

from bot.jobs import Args
from tests.jobs.adapters import Adapter, Journal, running
from tests.jobs.tasks import BusinessError, noting, worker
from tests.store.samples import HOUR


async def test_a_schedule_runs_again_and_again_and_never_beside_itself(adapter: Adapter, journal: Journal) -> None:
    """With two workers that both ask for it."""
    busy: set[str] = set()

    async def tick(args: Args) -> None:
        assert not busy
        busy.add("tick")
        await asyncio.sleep(0)
        busy.clear()
        journal.write(str(args["n"]))

    workers = [worker(adapter, tick) for _ in range(2)]
    for each in workers:
        each.every("note", {"n": 1}, interval=timedelta(seconds=0.05), jitter=0.1)
    async with running(*workers):
        await journal.until_there_are(6)
    assert all(each.counts()["note"].failures == 0 for each in workers)


async def test_a_schedule_that_crashes_runs_again(adapter: Adapter, journal: Journal) -> None:
    """Sooner than its interval, where that is long."""

    async def crash_once(args: Args) -> None:
        journal.write(str(args["n"]))
        if len(journal.lines) == 1:
            raise BusinessError

    jobs = worker(adapter, crash_once)
    jobs.every("note", {"n": 1}, interval=HOUR, jitter=0.0)
    async with running(jobs):
        await journal.until_there_are(2)


async def test_a_schedule_s_time_outlives_its_process(adapter: Adapter, journal: Journal) -> None:
    """A restart does not repeat what runs once an hour."""
    for n in range(2):
        jobs = worker(adapter, noting(journal))
        jobs.every("note", {"n": "hourly"}, interval=HOUR, jitter=0.0)
        async with running(jobs):
            await jobs.enqueue("note", {"n": n})
            await journal.until(partial(set.issubset, {str(n), "hourly"}))
    assert sorted(journal.lines) == ["0", "1", "hourly"]
