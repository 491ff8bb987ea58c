"""The adapter over procrastinate on PostgreSQL: the same port for many machines, all equal."""

import asyncio
import json
import logging
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.schema import SchemaManager
from procrastinate.types import JSONDict

from bot.jobs.engine_connector import DeadlineConnector, FencedJobs, held
from bot.jobs.engine_schedules import Every, Schedules
from bot.jobs.pace import Pace, backoff, rest
from bot.jobs.port import DEFAULT_LIMIT, Args, Beat, Task, TaskCount, unheard
from bot.jobs.runner import Runner
from bot.store import Store, StoreError, Transaction
from bot.store.codec import canonical
from bot.types import Clock

log = structlog.get_logger()

COLLISIONS = 5
"""How often a job is saved again that stood for another which began meanwhile."""


async def install(store: Store) -> None:
    """Make procrastinate's tables where there are none; raises StoreError."""
    async with store.begin() as transaction:
        if not await transaction.engine.is_installed():
            await transaction.engine.install(SchemaManager.get_schema())


class FailedRunError(Exception):
    """A task failed; the runner has counted and logged it."""


class ProcrastinateJobs:
    """Saves jobs in procrastinate's table, and runs a supervised worker of it."""

    def __init__(self, store: Store, clock: Clock, chance: random.Random, *, pace: Pace | None = None) -> None:
        """Take a store on PostgreSQL; raises ValueError for another."""
        if store.address is None:
            raise ValueError("several machines need a store on PostgreSQL. Example: postgresql://user@host/mailstatus")
        self._store = store
        self._clock = clock
        self._chance = chance
        self._pace = pace or Pace()
        self._runner = Runner(clock)
        self._schedules = Schedules(self._pace, chance)
        self._lost = asyncio.Event()
        """Set where the end of a job could not be saved: only another worker can free its key."""
        connector = DeadlineConnector(store.address)
        self._app = App(connector=connector)
        self._app.job_manager = FencedJobs(connector, store, clock, lost=self._lost.set)
        self._retries = _Retries(self._pace, clock, chance)
        # The runner logs what fails; the worker's own lines hold every job's args.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)

    def register(self, task: str, run: Task, *, limit: timedelta = DEFAULT_LIMIT) -> None:
        """Say what a task does; it has a queue of its own, so that a worker without it leaves it alone."""
        if task not in self._runner.tasks:
            self._app.task(name=task, queue=task, pass_context=True, retry=self._retries)(self._run)
        self._runner.register(task, run, limit)

    async def enqueue(
        self,
        task: str,
        args: Args,
        *,
        key: str | None = None,
        dedupe: str | None = None,
        run_at: datetime | None = None,
        transaction: Transaction | None = None,
    ) -> None:
        """Save a job, in the caller's transaction if there is one."""
        kwargs: JSONDict = {"args": canonical(args)}
        job = Job(queue=task, task_name=task, lock=key, queueing_lock=dedupe, task_kwargs=kwargs, scheduled_at=run_at)
        if transaction is not None:
            await self._add(job, transaction)
            return
        async with self._store.begin() as own:
            await self._add(job, own)

    def every(self, task: str, args: Args, *, interval: timedelta, jitter: float = 0.1) -> None:
        """Run a task again and again, on one machine at a time."""
        self._schedules.add(Every(task=task, args=canonical(args), interval=interval, jitter=jitter))

    def counts(self) -> Mapping[str, TaskCount]:
        """Tell how each registered task has fared in this process."""
        return self._runner.counts()

    async def run(self, beat: Beat = unheard) -> None:
        """Run a worker until cancelled, and another one whenever it ends by itself."""
        failures = 0
        while True:
            beat()
            began = asyncio.get_running_loop().time()
            try:
                await self._work(beat)
            except (ConnectorException, StoreError, OSError) as error:
                log.warning("engine_worker_ended", error=f"{type(error).__name__}: {error}")
            lasted = asyncio.get_running_loop().time() - began
            failures = 1 if lasted > self._pace.lease.total_seconds() else failures + 1
            await self._clock.sleep(min(backoff(self._pace, failures, self._chance), self._pace.guard))

    async def _work(self, beat: Beat) -> None:
        """Run one worker until it ends, or has to."""
        self._lost.clear()
        async with self._app.open_async():
            keeper = asyncio.create_task(self._keep(beat), name="engine keeper")
            lost = asyncio.create_task(self._lost.wait(), name="engine loss")
            worker = asyncio.create_task(self._worker(), name="engine worker")
            try:
                await asyncio.wait({keeper, lost, worker}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (keeper, lost, worker):
                    task.cancel()
                ended = await asyncio.gather(worker, keeper, lost, return_exceptions=True)
            if isinstance(ended[0], Exception):
                raise ended[0]

    async def _worker(self) -> None:
        pace = self._pace
        await self._app.run_worker_async(
            queues=sorted(self._runner.tasks),
            concurrency=pace.at_once,
            install_signal_handlers=False,
            fetch_job_polling_interval=pace.poll.total_seconds(),
            shutdown_graceful_timeout=pace.drain.total_seconds(),
            delete_jobs=DeleteJobCondition.SUCCESSFUL.value,
            update_heartbeat_interval=pace.lease.total_seconds() / 6,
            stalled_worker_timeout=pace.lease.total_seconds(),
        )

    async def _keep(self, beat: Beat) -> None:
        """Free again and again what the dead left, and put back the schedules that nobody has."""
        while True:
            beat()
            try:
                await self._rescue()
                async with self._store.begin() as transaction:
                    for job in await self._schedules.missing(transaction):
                        await self._add(job, transaction)
            except (StoreError, ConnectorException) as error:
                log.warning("engine_not_kept", error=str(error))
            await self._clock.sleep(self._pace.lease / 4)

    async def _rescue(self) -> None:
        """Free what the dead held, and bring forward what a clock that was set back has wait for too long."""
        async with self._store.begin() as transaction:
            await transaction.engine.sooner(self._pace.longest_backoff)
        silent = self._pace.lease.total_seconds()
        for job in await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent):
            async with self._store.begin() as transaction:
                if await transaction.engine.again(held(job), rest(self._pace, job.attempts, self._chance)):
                    log.warning("job_taken_over", task=job.task_name, job=job.id)

    async def _add(self, job: Job, transaction: Transaction) -> None:
        try:
            await self._defer(job, transaction)
        except ConnectorException as error:
            raise StoreError(f"store: {error.__cause__ or error}") from error

    async def _defer(self, job: Job, transaction: Transaction) -> None:
        driver = await transaction.engine.driver()
        if job.queueing_lock is None:
            await self._app.job_manager.defer_job_async(job, connection=driver)
            return
        for _ in range(COLLISIONS):
            try:
                async with transaction.connection.begin_nested():
                    await self._app.job_manager.defer_job_async(job, connection=driver)
            except AlreadyEnqueued:
                if await transaction.engine.bring_forward(job.queueing_lock, job.scheduled_at):
                    return
            else:
                return
        raise StoreError(f"store: the waiting job {job.task_name} began each time another was to stand for it")

    async def _run(self, context: JobContext, /, *, args: str, **_: Any) -> None:  # noqa: ANN401 - what a newer program saved
        """Run a job of ours once; raises FailedRunError to have it tried again."""
        job = context.job
        error = await self._runner.run(job.task_name, json.loads(args))
        schedule = self._schedules.of(job)
        if schedule is not None:
            async with self._store.begin() as transaction:
                await self._add(await self._schedules.after(schedule, transaction, failed=bool(error)), transaction)
        elif error is not None and not self._schedules.is_one(job):
            raise FailedRunError(error)


class _Retries(BaseRetryStrategy):
    """Tries a job again as the table's adapter does; one that was stopped with its worker at once."""

    def __init__(self, pace: Pace, clock: Clock, chance: random.Random) -> None:
        self._pace = pace
        self._clock = clock
        self._chance = chance

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        now = self._clock.now()
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_at=now)
        return RetryDecision(retry_at=now + backoff(self._pace, job.attempts + 1, self._chance))
