import asyncio
import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.jobs import Args, Jobs, Pace, TableJobs
from bot.store import Store
from tests.jobs.adapters import LIMIT, QUICK, Journal, SkewedClock, running
from tests.store.samples import HOUR, MINUTE, SECOND, T0


class HandClock:
    """A clock that stands still until it is moved, forwards or back."""

    def __init__(self) -> None:
        """Begin at T0."""
        self._now = T0
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Tell the time."""
        return self._now

    async def sleep(self, length: timedelta) -> None:
        """Wait for the time to be moved."""
        until = self._now + length
        await asyncio.sleep(0)
        while self._now < until:
            await self._moved.wait()

    def move(self, length: timedelta) -> None:
        """Move the time and wake all sleepers."""
        self._now += length
        self._moved.set()
        self._moved = asyncio.Event()


def table(store: Store, clock: HandClock | SkewedClock, pace: Pace = QUICK) -> Jobs:
    """Make the adapter."""
    return TableJobs(store, clock, random.Random(0), pace=pace)  # noqa: S311 - jitter


def noting(journal: Journal, jobs: Jobs) -> Jobs:
    """Have it write down what runs."""

    async def note(args: Args) -> None:
        journal.write(str(args["n"]))

    jobs.register("note", note)
    return jobs


async def test_a_story_may_leap(sqlite_store: Store, journal: Journal) -> None:
    """Whatever the leap made due runs, schedules once."""
    clock = HandClock()
    jobs = noting(journal, table(sqlite_store, clock))
    jobs.every("note", {"n": "tick"}, interval=MINUTE, jitter=0.0)
    async with running(jobs):
        await journal.until_there_are(1)
        await jobs.enqueue("note", {"n": "later"}, run_at=T0 + HOUR)
        clock.move(2 * HOUR)
        await journal.until_there_are(3)
    assert sorted(journal.lines) == ["later", "tick", "tick"]


async def test_a_clock_set_back_by_hours_stops_nothing(sqlite_store: Store, journal: Journal) -> None:
    """Neither schedules nor what is due at once, nor the looks for what other processes save."""
    clock = HandClock()
    jobs, elsewhere = noting(journal, table(sqlite_store, clock)), table(sqlite_store, clock)
    jobs.every("note", {"n": "tick"}, interval=MINUTE, jitter=0.0)
    async with running(jobs):
        await journal.until_there_are(1)
        clock.move(-3 * HOUR)
        await elsewhere.enqueue("note", {"n": "now"})
        clock.move(SECOND)
        await journal.until(lambda lines: "now" in lines)
        clock.move(MINUTE)
        await journal.until(lambda lines: lines.count("tick") == 2)


async def test_a_task_that_cancels_itself_is_a_crash(sqlite_store: Store, journal: Journal) -> None:
    """It is tried again, and the loop goes on."""

    async def cancel_once(args: Args) -> None:
        journal.write(str(args["n"]))
        if len(journal.lines) == 1:
            raise asyncio.CancelledError

    jobs = table(sqlite_store, SkewedClock())
    jobs.register("note", cancel_once)
    await jobs.enqueue("note", {"n": 1})
    async with running(jobs):
        await journal.until_there_are(2)


async def test_a_store_that_fails_is_waited_for(sqlite_store: Store, journal: Journal) -> None:
    """The loop says so, tries again, and goes on where it was."""
    jobs = noting(journal, table(sqlite_store, SkewedClock()))
    async with running(jobs):
        await jobs.enqueue("note", {"n": 1})
        await journal.until_there_are(1)
        await _run(sqlite_store, "ALTER TABLE jobs RENAME TO jobs_away")
        jobs.every("note", {"n": 2}, interval=HOUR, jitter=0.0)
        await _run(sqlite_store, "ALTER TABLE jobs_away RENAME TO jobs")
        await journal.until_there_are(2)


async def _run(store: Store, statement: str) -> None:
    async with store.begin() as tx:
        await tx.connection.execute(text(statement))


async def test_a_job_that_failed_does_not_wait_for_hours_where_the_clock_was_set_back(
    sqlite_store: Store, journal: Journal
) -> None:
    """No failure asks for so much; one that is to wait for its time still does."""
    jobs = noting(journal, table(sqlite_store, HandClock()))
    for n in ("failed", "later"):
        await jobs.enqueue("note", {"n": n}, run_at=T0 + HOUR)
    await _run(sqlite_store, "UPDATE jobs SET attempts = 1 WHERE id = 1")
    await jobs.enqueue("note", {"n": "now"})
    async with running(jobs):
        assert await journal.until_there_are(2) == ["failed", "now"]


async def test_a_job_whose_process_died_again_and_again_leaves_time_for_others(
    sqlite_store: Store, journal: Journal
) -> None:
    """It may be what kills them; it waits, and is never given up."""
    clock = HandClock()
    jobs = noting(journal, table(sqlite_store, clock))
    await jobs.enqueue("note", {"n": "deadly"}, key="k")
    await jobs.enqueue("note", {"n": "other"})
    await _run(sqlite_store, "UPDATE jobs SET attempts = 30, state = 'running' WHERE id = 1")
    async with running(jobs):
        assert await journal.until_there_are(1) == ["other"]
        await _until_waiting(sqlite_store)
        clock.move(MINUTE)
        assert await journal.until_there_are(2) == ["other", "deadly"]


async def _until_waiting(store: Store) -> None:
    """Wait until somebody has taken the job from the dead."""
    async with asyncio.timeout(LIMIT):
        while True:
            async with store.read() as tx:
                if await tx.connection.scalar(text("SELECT state FROM jobs WHERE id = 1")) == "waiting":
                    return


async def test_no_more_run_at_once_than_may(sqlite_store: Store, journal: Journal) -> None:
    """The others follow as slots become free."""
    running_now, most = 0, 0

    async def count(args: Args) -> None:
        nonlocal running_now, most
        running_now += 1
        most = max(most, running_now)
        await asyncio.sleep(0)
        running_now -= 1
        journal.write(str(args["n"]))

    jobs = table(sqlite_store, SkewedClock(), Pace(at_once=3))
    jobs.register("note", count)
    for n in range(12):
        await jobs.enqueue("note", {"n": n})
    async with running(jobs):
        await journal.until_there_are(12)
    assert most <= 3


async def test_a_mistake_of_the_loop_itself_ends_the_run_loudly(sqlite_store: Store) -> None:
    """A supervisor can start it anew: nothing is swallowed."""

    class BrokenClock(HandClock):
        def now(self) -> datetime:
            raise RuntimeError("no time")

    async with asyncio.timeout(LIMIT):
        with pytest.raises(RuntimeError, match="no time"):
            await table(sqlite_store, BrokenClock()).run()
