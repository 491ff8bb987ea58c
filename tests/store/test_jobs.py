from collections.abc import Collection
from datetime import datetime

from bot.store import ClaimedJob, NewJob, RunningJob, Store, Transaction
from tests.store.samples import HOUR, MINUTE, SECOND, T0


async def claim(tx: Transaction, at: datetime = T0, *, at_most: int = 9) -> list[ClaimedJob]:
    """Claim jobs of both tasks."""
    return await tx.jobs.claim(at, tasks=["a", "b"], at_most=at_most, longest=HOUR)


async def one(tx: Transaction, at: datetime = T0) -> ClaimedJob:
    """Claim the one that must be there."""
    (job,) = await claim(tx, at)
    return job


async def running(tx: Transaction, *, but: Collection[int] = ()) -> list[RunningJob]:
    """Tell what others run."""
    return await tx.jobs.running(tasks=["a", "b"], but=but)


async def first_due(tx: Transaction, at: datetime = T0) -> datetime | None:
    """Tell when a claim finds something."""
    return await tx.jobs.first_due(at, tasks=["a", "b"], longest=HOUR)


async def test_jobs_come_oldest_first_and_as_many_as_wanted(store: Store) -> None:
    """Of the tasks asked for alone."""
    async with store.begin() as tx:
        for task in ("b", "a", "elsewhere", "a"):
            await tx.jobs.add(NewJob(task=task, args={"n": 1}), T0)
        assert [job.task for job in await claim(tx, at_most=2)] == ["b", "a"]
        assert [(job.task, job.args, job.attempts) for job in await claim(tx)] == [("a", {"n": 1}, 1)]
        assert await claim(tx) == []
        assert await tx.jobs.waiting() == {"a": 2, "b": 1, "elsewhere": 1}


async def test_a_key_has_one_job_running_and_keeps_its_order(store: Store) -> None:
    """Also where the first of them waits for its time."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={"n": 1}, key="k", run_at=T0 + MINUTE), T0)
        await tx.jobs.add(NewJob(task="a", args={"n": 2}, key="k"), T0)
        await tx.jobs.add(NewJob(task="b", args={"n": 3}, key="other"), T0)
        await tx.jobs.finish(await one(tx))
        assert await first_due(tx) == T0 + MINUTE
        first = await one(tx, T0 + MINUTE)
        assert first.args == {"n": 1}
        assert await first_due(tx) is None
        await tx.jobs.finish(first)
        assert (await one(tx)).args == {"n": 2}


async def test_a_late_commit_of_an_older_job_does_not_run_beside_a_younger_one(store: Store) -> None:
    """Two transactions may save in one order and be committed in the other."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={"n": 1}, key="k"), T0)
        await tx.jobs.add(NewJob(task="a", args={"n": 2}, key="k"), T0)
        await tx.connection.exec_driver_sql("UPDATE jobs SET state = 'running', attempts = 1 WHERE id = 2")
        assert await claim(tx) == []


async def test_a_waiting_job_stands_for_those_with_its_dedupe(store: Store) -> None:
    """At the earliest time that any of them asked for; one that runs, or was tried, stands for nobody."""
    async with store.begin() as tx:
        for minutes in (5, 3, 7):
            await tx.jobs.add(NewJob(task="a", args={"n": minutes}, dedupe="d", run_at=T0 + minutes * MINUTE), T0)
        assert await first_due(tx) == T0 + 3 * MINUTE
        await tx.jobs.add(NewJob(task="a", args={"n": 0}, dedupe="d"), T0)
        job = await one(tx)
        assert job.args == {"n": 5}
        await tx.jobs.add(NewJob(task="a", args={"n": 9}, dedupe="d"), T0)
        await tx.jobs.retry(job, "it broke", T0 + HOUR)
        await tx.jobs.add(NewJob(task="a", args={"n": 10}, dedupe="d"), T0)
        assert [each.args for each in await claim(tx, T0 + HOUR)] == [{"n": 5}, {"n": 9}]


async def test_a_job_at_once_never_waits_for_a_later_time(store: Store) -> None:
    """Nor does a later wish push back an earlier one."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={}, dedupe="d"), T0)
        await tx.jobs.add(NewJob(task="a", args={}, dedupe="d", run_at=T0 + HOUR), T0)
        assert len(await claim(tx, T0 - HOUR)) == 1


async def test_a_job_that_is_taken_over_voids_the_old_claim(store: Store) -> None:
    """Its first runner may only sleep: whatever it says when it wakes counts no more."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={"n": 1}, key="k"), T0)
        lost = await one(tx)
        assert await running(tx, but=[lost.id]) == []
        (seen,) = await running(tx)
        again = await tx.jobs.take_over(seen)
        assert again == ClaimedJob(id=lost.id, task="a", args={"n": 1}, key="k", attempts=2)
        assert await tx.jobs.take_over(seen) is None
        assert not await tx.jobs.finish(lost)
        assert not await tx.jobs.retry(lost, "late", T0)
        assert not await tx.jobs.release(lost)
        assert await tx.jobs.finish(again)


async def test_a_beat_keeps_a_job_with_its_runner(store: Store) -> None:
    """Who saw it before the beat does not get it."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={}), T0)
        job = await one(tx)
        (before,) = await running(tx)
        await tx.jobs.beat([job.id])
        (after,) = await running(tx)
        assert after != before
        assert await tx.jobs.take_over(before) is None
        assert await tx.jobs.finish(job)


async def test_a_released_job_is_due_at_once(store: Store) -> None:
    """Another machine takes it over without waiting."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={}), T0)
        await tx.jobs.release(await one(tx))
        assert (await one(tx, T0 - HOUR)).attempts == 2


async def test_a_job_of_the_dead_can_wait_before_it_is_run_again(store: Store) -> None:
    """Unless its runner showed a sign of life since it was seen."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={}), T0)
        job = await one(tx)
        (before,) = await running(tx)
        await tx.jobs.beat([job.id])
        await tx.jobs.put_back(before, T0 + MINUTE)
        (seen,) = await running(tx)
        await tx.jobs.put_back(seen, T0 + MINUTE)
        assert await first_due(tx) == T0 + MINUTE
        assert not await tx.jobs.finish(job)
        assert (await one(tx, T0 + MINUTE)).attempts == 2


async def test_a_job_that_failed_never_waits_for_longer_than_failures_ask_for(store: Store) -> None:
    """The clock was set back then; one that was not begun yet waits for its time."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={}, run_at=T0 + 2 * HOUR), T0)
        assert await claim(tx) == []
        assert await first_due(tx) == T0 + 2 * HOUR
        await tx.jobs.retry(await one(tx, T0 + 2 * HOUR), "broke", T0 + 2 * HOUR + MINUTE)
        first = await first_due(tx)
        assert first is not None
        assert first < T0
        assert (await one(tx)).attempts == 2


async def test_an_id_is_never_given_twice(store: Store) -> None:
    """A late ending must not hit another job."""
    async with store.begin() as tx:
        await tx.jobs.add(NewJob(task="a", args={}), T0)
        first = await one(tx)
        await tx.jobs.finish(first)
        await tx.jobs.add(NewJob(task="a", args={}), T0)
        assert (await one(tx)).id != first.id


async def test_a_schedule_moves_only_for_who_saw_it_last(store: Store) -> None:
    """Of two machines one begins the run."""
    async with store.begin() as tx:
        assert await tx.jobs.schedule("s", T0, T0 + HOUR) == T0
        assert await tx.jobs.schedule("s", T0 + SECOND, T0 + HOUR) == T0
        assert await tx.jobs.move("s", T0, T0 + MINUTE)
        assert not await tx.jobs.move("s", T0, T0 + MINUTE)
        assert await tx.jobs.schedule("s", T0, T0 + HOUR) == T0 + MINUTE


async def test_a_schedule_from_before_the_clock_was_set_back_is_brought_near(store: Store) -> None:
    """Otherwise nothing would run for hours."""
    async with store.begin() as tx:
        await tx.jobs.schedule("s", T0 + HOUR, T0 + HOUR)
        assert await tx.jobs.schedule("s", T0, T0 + MINUTE) == T0 + MINUTE
