"""What every adapter of the jobs port must do, by real workers in real time; nothing here knows the engine."""

import asyncio
import signal
from datetime import timedelta

import pytest

from bot.jobs import Args, Jobs, Pace
from tests.jobs.adapters import QUICK, Adapter, Journal, running, worker_process
from tests.jobs.tasks import BusinessError, gated, noting, worker
from tests.store.samples import T0, incident

HOUR = timedelta(hours=1)
MANY = 25
IMPATIENT = Pace(poll=QUICK.poll, lease=HOUR, drain=timedelta(seconds=0.01), backoff=HOUR, longest_backoff=HOUR)
"""Nothing comes back in time but what is put back at once."""


async def test_a_job_runs_once_with_its_args(adapter: Adapter, journal: Journal) -> None:
    """Whether it was saved before the worker began or after."""
    seen: list[Args] = []

    async def look(args: Args) -> None:
        seen.append(args)
        journal.write("ran")

    jobs = worker(adapter, look)
    await jobs.enqueue("note", {"text": "é\0", "list": [1, None], "flag": True})
    async with running(jobs):
        await journal.until_there_are(1)
        await jobs.enqueue("note", {"n": 2})
        await journal.until_there_are(2)
    assert seen == [{"text": "é\0", "list": [1, None], "flag": True}, {"n": 2}]


async def test_jobs_of_one_key_run_one_at_a_time_in_order(adapter: Adapter, journal: Journal) -> None:
    """Also with two workers."""
    gate = asyncio.Event()
    gate.set()
    one, two = (worker(adapter, gated(journal, gate)) for _ in range(2))
    for n in range(8):
        await one.enqueue("note", {"n": n}, key="channel")
    async with running(one, two):
        lines = await journal.until_there_are(16)
    assert lines == [f"{n} {what}" for n in range(8) for what in ("begins", "ends")]


async def test_different_keys_run_side_by_side(adapter: Adapter, journal: Journal) -> None:
    """A platform that hangs delays no other."""
    gate = asyncio.Event()
    jobs = worker(adapter, gated(journal, gate))
    for n, key in enumerate(("slack", "teams", None, None)):
        await jobs.enqueue("note", {"n": n}, key=key)
    async with running(jobs):
        assert {*await journal.until_there_are(4)} == {f"{n} begins" for n in range(4)}
        gate.set()
        await journal.until_there_are(8)


async def test_a_waiting_job_stands_for_all_with_its_dedupe(adapter: Adapter, journal: Journal) -> None:
    """But a job that has begun stands for none: what it did not see yet must be seen."""
    gate = asyncio.Event()
    jobs = worker(adapter, gated(journal, gate))
    for n in range(3):
        await jobs.enqueue("note", {"n": n}, dedupe="look", key="k")
    async with running(jobs):
        await journal.until_there_are(1)
        for n in range(3, 6):
            await jobs.enqueue("note", {"n": n}, dedupe="look", key="k")
        await jobs.enqueue("note", {"n": "last"}, key="k")
        gate.set()
        await journal.until(lambda lines: "last ends" in lines)
    assert [line for line in journal.lines if line.endswith("begins")] == ["0 begins", "3 begins", "last begins"]


async def test_an_earlier_wish_brings_a_waiting_job_forward(adapter: Adapter, journal: Journal) -> None:
    """A delivery that waits for its next try is not to hold up a new one."""
    jobs = worker(adapter, noting(journal))
    async with running(jobs):
        await jobs.enqueue("note", {"n": 1}, dedupe="d", key="k", run_at=T0.replace(year=2900))
        await jobs.enqueue("note", {"n": 2}, dedupe="d", key="k")
        assert await journal.until_there_are(1) == ["1"]


async def test_a_job_waits_for_its_time(adapter: Adapter, journal: Journal) -> None:
    """One due in the past runs, one due in the future does not."""
    jobs = worker(adapter, noting(journal))
    await jobs.enqueue("note", {"n": "future"}, run_at=T0.replace(year=2900))
    await jobs.enqueue("note", {"n": "past"}, run_at=T0.replace(year=2000))
    await jobs.enqueue("note", {"n": "now"})
    async with running(jobs):
        assert {*await journal.until_there_are(2)} == {"past", "now"}


async def test_a_task_that_crashes_is_tried_again_before_those_behind_it(adapter: Adapter, journal: Journal) -> None:
    """Its key keeps its order, and the crashes are counted."""

    async def crash_twice(args: Args) -> None:
        journal.write(str(args["n"]))
        if journal.lines.count("1") <= 2:
            raise BusinessError("no luck")

    jobs = worker(adapter, crash_twice)
    for n in (1, 2):
        await jobs.enqueue("note", {"n": n}, key="k")
    async with running(jobs):
        assert await journal.until_there_are(4) == ["1", "1", "1", "2"]
    count = jobs.counts()["note"]
    assert (count.runs, count.failures, count.failed_in_a_row) == (4, 2, 0)
    assert "no luck" in count.last_error


async def test_a_task_that_crashes_again_and_again_is_never_given_up(adapter: Adapter, journal: Journal) -> None:
    """It keeps its key, and what is to be told is told when it can be."""

    async def crash(args: Args) -> None:
        journal.write(str(args["n"]))
        if journal.lines.count("1") <= MANY:
            raise BusinessError

    jobs = worker(adapter, crash)
    for n in (1, 2):
        await jobs.enqueue("note", {"n": n}, key="k")
    async with running(jobs):
        await journal.until(lambda lines: "2" in lines)
    assert journal.lines == ["1"] * (MANY + 1) + ["2"]


async def test_a_task_that_hangs_is_cut_off_and_tried_again(adapter: Adapter, journal: Journal) -> None:
    """Every run has a limit."""

    async def hang_once(args: Args) -> None:
        journal.write(str(args["n"]))
        if len(journal.lines) == 1:
            await asyncio.Event().wait()

    jobs = adapter.jobs()
    jobs.register("note", hang_once, limit=timedelta(seconds=0.05))
    await jobs.enqueue("note", {"n": 1})
    async with running(jobs):
        assert await journal.until_there_are(2) == ["1", "1"]


async def _save(adapter: Adapter, jobs: Jobs, id_: str, *, fails: bool) -> None:
    async with adapter.store.begin() as transaction:
        await transaction.incidents.save(incident(id_), T0)
        await jobs.enqueue("note", {"n": id_}, transaction=transaction)
        if fails:
            raise BusinessError


async def test_a_job_exists_if_and_only_if_its_transaction_is_committed(adapter: Adapter, journal: Journal) -> None:
    """And when it runs it finds what was saved with it."""

    async def look(args: Args) -> None:
        async with adapter.store.read() as transaction:
            found = await transaction.incidents.get("default", str(args["n"]))
        journal.write(f"{args['n']} {'found' if found else 'missing'}")

    jobs = worker(adapter, look)
    async with running(jobs):
        with pytest.raises(BusinessError):
            await _save(adapter, jobs, "1", fails=True)
        await _save(adapter, jobs, "2", fails=False)
        assert await journal.until_there_are(1) == ["2 found"]


async def test_a_worker_without_the_task_leaves_it_to_one_that_has_it(adapter: Adapter, journal: Journal) -> None:
    """Machines may have different roles."""
    web, work = adapter.jobs(), worker(adapter, noting(journal))
    async with running(web):
        await web.enqueue("note", {"n": 1})
        async with running(work):
            assert await journal.until_there_are(1) == ["1"]


async def test_what_a_killed_process_ran_is_run_again_and_nothing_else(adapter: Adapter, journal: Journal) -> None:
    """Not what it had finished; what waited behind it keeps its place."""
    jobs = worker(adapter, noting(journal))
    await jobs.enqueue("note", {"n": "done"}, key="a")
    await jobs.enqueue("note", {"n": "half", "hangs": True}, key="a")
    await jobs.enqueue("note", {"n": "behind"}, key="a")
    async with worker_process(adapter) as process:
        assert [await process.says() for _ in range(3)] == ["begins done", "ends done", "begins half"]
        await process.kill()
        async with running(jobs):
            assert await journal.until_there_are(2) == ["half", "behind"]


async def test_a_process_that_slept_through_its_lease_changes_nothing_when_it_wakes(
    adapter: Adapter, journal: Journal
) -> None:
    """What it ran was run by another; its own late end neither repeats nor undoes that."""
    jobs = worker(adapter, noting(journal))
    await jobs.enqueue("note", {"n": "slow", "hangs": True}, key="a")
    jobs.register("only here", noting(journal))
    async with worker_process(adapter) as process:
        assert await process.says() == "begins slow"
        process.worker.send_signal(signal.SIGSTOP)
        async with running(jobs):
            await journal.until_there_are(1)
            process.worker.send_signal(signal.SIGCONT)
            process.go_on()
            assert await process.says() == "ends slow"
            await jobs.enqueue("only there", {"n": "more"})
            assert await process.says() == "begins more"
            await jobs.enqueue("only here", {"n": "next"}, key="a")
            await journal.until_there_are(2)
    assert journal.lines == ["slow", "next"]


@pytest.mark.parametrize("skew", [-HOUR, HOUR], ids=["behind", "ahead"])
async def test_workers_whose_clocks_differ_by_an_hour_share_the_work(
    adapter: Adapter, journal: Journal, skew: timedelta
) -> None:
    """What is due at once runs at once, one at a time and in order, and nobody takes a living worker for dead."""
    gate = asyncio.Event()
    right, wrong = worker(adapter, gated(journal, gate)), worker(adapter, gated(journal, gate), skew=skew)
    for n, enqueuer in enumerate((right, wrong, right, wrong)):
        await enqueuer.enqueue("note", {"n": n}, key="k")
    async with running(right, wrong):
        await journal.until_there_are(1)
        gate.set()
        lines = await journal.until_there_are(8)
    assert lines == [f"{n} {what}" for n in range(4) for what in ("begins", "ends")]


async def test_a_stop_lets_what_runs_end_and_begins_nothing_new(adapter: Adapter, journal: Journal) -> None:
    """What waits is run by the next worker, what ended is not."""
    gate = asyncio.Event()
    jobs = worker(adapter, gated(journal, gate))
    for n in (1, 2):
        await jobs.enqueue("note", {"n": n}, key="k")
    async with running(jobs):
        await journal.until_there_are(1)
        asyncio.get_running_loop().call_soon(gate.set)
    assert journal.lines == ["1 begins", "1 ends"]
    async with running(worker(adapter, noting(journal))):
        assert (await journal.until_there_are(3))[2:] == ["2"]


async def test_a_stop_hands_over_what_does_not_end_in_time(adapter: Adapter, journal: Journal) -> None:
    """It is due at once for the next worker: nobody waits for the lease or for the pause that a failure has."""

    async def hang(args: Args) -> None:
        journal.write(f"hangs {args['n']}")
        await asyncio.Event().wait()

    jobs = worker(adapter, hang, pace=IMPATIENT)
    await jobs.enqueue("note", {"n": 1}, key="k")
    await jobs.enqueue("note", {"n": 2}, key="k")
    async with running(jobs):
        await journal.until_there_are(1)
    async with running(worker(adapter, noting(journal), pace=IMPATIENT)):
        assert await journal.until_there_are(3) == ["hangs 1", "1", "2"]
