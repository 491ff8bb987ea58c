"""What procrastinate needs from us to be trusted: a database that goes away, ends that cannot be saved, old schedules."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from sqlalchemy import text

from bot.jobs import Args, open_jobs
from bot.jobs.engine import ProcrastinateJobs, install
from bot.jobs.engine_connector import SAVES, DeadlineConnector, FencedJobs
from bot.store import Store, StoreError, Transaction
from tests.jobs.adapters import EngineAdapter, Journal, SkewedClock, running
from tests.jobs.tasks import BusinessError, noting, worker


@pytest.fixture
async def adapter(postgres_url: str) -> AsyncIterator[EngineAdapter]:
    """Give the engine alone."""
    async with await Store.open(postgres_url) as store:
        await install(store)
        yield EngineAdapter(store, postgres_url)


async def cut_off(url: str) -> None:
    """Do to every connection what a restart of the server does."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def has(line: str, lines: list[str]) -> bool:
    """Tell whether something ran."""
    return line in lines


async def test_the_worker_comes_back_after_the_database_was_restarted(adapter: EngineAdapter, journal: Journal) -> None:
    """As often as that happens, and what was saved meanwhile runs; a job whose end was cut off with it, once more."""
    jobs = worker(adapter, noting(journal))
    async with running(jobs):
        for n in range(3):
            await jobs.enqueue("note", {"n": n}, key="k")
            await journal.until(partial(has, str(n)))
            await cut_off(adapter.url)
    assert list(dict.fromkeys(journal.lines)) == ["0", "1", "2"]


async def test_a_job_under_way_while_the_database_was_restarted_ends_once(
    adapter: EngineAdapter, journal: Journal
) -> None:
    """Its worker is another by then, its end is saved all the same or it is run again, and its key is free."""
    gate = asyncio.Event()

    async def wait(args: Args) -> None:
        journal.write(f"{args['n']} begins")
        await gate.wait()

    jobs = worker(adapter, wait)
    await jobs.enqueue("note", {"n": "first"}, key="k")
    async with running(jobs):
        await journal.until_there_are(1)
        await cut_off(adapter.url)
        gate.set()
        await jobs.enqueue("note", {"n": "second"}, key="k")
        await journal.until(lambda lines: "second begins" in lines)


async def test_a_statement_without_an_answer_ends_in_an_error(postgres_url: str) -> None:
    """Not in a wait for ever."""
    connector = DeadlineConnector(postgres_url, deadline=0.05)
    await connector.open_async()
    with pytest.raises(ConnectorException, match="no answer"):
        await connector.execute_query_async("SELECT pg_sleep(60)")
    await connector.close_async()


class FullStore:
    """A store that can save nothing."""

    def __init__(self) -> None:
        self.tried = 0

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        self.tried += 1
        raise StoreError("the disk is full")


class Hurried:
    """A clock whose waits take no time."""

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def sleep(self, _: timedelta) -> None:
        return


async def test_a_worker_that_cannot_save_an_end_is_given_up(postgres_url: str) -> None:
    """Only a new worker frees the key of such a job."""
    store, lost = FullStore(), asyncio.Event()
    manager = FencedJobs(DeadlineConnector(postgres_url), cast("Store", store), Hurried(), lost=lost.set)
    job = Job(id=1, queue="note", task_name="note", lock="k", queueing_lock=None, worker_id=1)
    await manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
    assert lost.is_set()
    assert store.tried == SAVES


async def test_a_job_that_is_tried_again_stands_in_nobody_s_way(adapter: EngineAdapter, journal: Journal) -> None:
    """Its dedupe is free once it has begun, so that its retry cannot collide with the job that came after it."""

    async def crash_once(args: Args) -> None:
        journal.write(str(args["n"]))
        if len(journal.lines) == 1:
            await jobs.enqueue("note", {"n": 2}, key="k", dedupe="d")
            raise BusinessError

    jobs = worker(adapter, crash_once)
    await jobs.enqueue("note", {"n": 1}, key="k", dedupe="d")
    async with running(jobs):
        assert await journal.until_there_are(3) == ["1", "1", "2"]


async def test_a_job_that_failed_does_not_wait_for_hours_where_the_clock_was_set_back(
    adapter: EngineAdapter, journal: Journal
) -> None:
    """No failure asks for so much; one that is to wait for its time still does."""
    jobs, later = worker(adapter, noting(journal)), datetime(2900, 1, 1, tzinfo=UTC)
    for n in ("failed", "later"):
        await jobs.enqueue("note", {"n": n}, run_at=later)
    async with adapter.store.begin() as transaction:
        await transaction.connection.execute(text("UPDATE procrastinate_jobs SET attempts = 1 WHERE id = 1"))
    async with running(jobs):
        assert await journal.until_there_are(1) == ["failed"]
        await jobs.enqueue("note", {"n": "now"})
        assert await journal.until_there_are(2) == ["failed", "now"]


async def test_a_job_whose_process_died_again_and_again_is_taken_over_after_a_rest(
    adapter: EngineAdapter, journal: Journal
) -> None:
    """It may be what kills them; it is never given up."""
    jobs = worker(adapter, noting(journal))
    await jobs.enqueue("note", {"n": "deadly"})
    died = "UPDATE procrastinate_jobs SET status = 'doing', attempts = 30 WHERE id = 1"
    async with adapter.store.begin() as transaction:
        await transaction.connection.execute(text(died))
    async with running(jobs):
        assert await journal.until_there_are(1) == ["deadly"]


async def test_a_schedule_that_nobody_has_any_more_ends(adapter: EngineAdapter, journal: Journal) -> None:
    """Its last run that waited is run, and saves no other."""
    old = worker(adapter, noting(journal))
    old.every("note", {"n": "old"}, interval=timedelta(seconds=0.05), jitter=0.0)
    async with running(old):
        await journal.until_there_are(1)
    new = worker(adapter, noting(journal))
    new.every("note", {"n": "new"}, interval=timedelta(seconds=0.05), jitter=0.0)
    async with running(new):
        await journal.until(lambda lines: lines.count("new") >= 5)
        async with adapter.store.begin() as transaction:
            assert await transaction.engine.missing(['every note {"n":"old"}']) == ['every note {"n":"old"}']


async def test_a_store_in_a_file_is_not_for_several_machines(sqlite_url: str) -> None:
    """The engine says what it needs."""
    async with await Store.open(sqlite_url) as store:
        with pytest.raises(ValueError, match="PostgreSQL"):
            ProcrastinateJobs(store, SkewedClock(), random.Random(0))  # noqa: S311 - jitter


async def test_the_engine_follows_from_the_store(store_url: str) -> None:
    """And is ready at the first start and at a later one."""
    async with await Store.open(store_url) as store:
        for _ in range(2):
            jobs = await open_jobs(store, SkewedClock(), random.Random(0))  # noqa: S311 - jitter
            jobs.register("note", noting(Journal()))
            await jobs.enqueue("note", {"n": 1})
        assert isinstance(jobs, ProcrastinateJobs) == store_url.startswith("postgresql")
