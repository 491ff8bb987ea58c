"""What runs here now, and what is still to be saved about what ran."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import partial

import structlog

from bot.jobs.pace import Pace, backoff
from bot.jobs.runner import Runner
from bot.jobs.schedule import Schedule, Schedules
from bot.store import ClaimedJob, Transaction
from bot.types import Clock

log = structlog.get_logger()

Ending = Callable[[Transaction], Awaitable[bool]]
"""Saves how a run ended; False if another process took the run over meanwhile."""
LAST_WORDS = 1.0
"""Seconds that a run has to clean up once it is cancelled."""


class Runs:
    """The runs under way; each leaves an ending, which the loop saves in its next transaction."""

    def __init__(
        self, clock: Clock, chance: random.Random, pace: Pace, *, schedules: Schedules, on_end: Callable[[], None]
    ) -> None:
        """Begin with none; ``on_end`` is called when a run leaves an ending."""
        self._clock = clock
        self._chance = chance
        self._pace = pace
        self._schedules = schedules
        self._on_end = on_end
        self._slots = asyncio.Semaphore(pace.at_once)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.runner = Runner(clock)
        self.jobs: dict[int, ClaimedJob] = {}
        self.endings: list[Ending] = []

    @property
    def free(self) -> int:
        """Tell how many more jobs may begin."""
        return self._pace.at_once - len(self.jobs)

    def start_job(self, job: ClaimedJob) -> None:
        """Run a claimed job."""
        self.jobs[job.id] = job
        self._spawn(self._run_job(job))

    def start_schedule(self, schedule: Schedule) -> None:
        """Run a periodic task once, as soon as a slot is free."""
        self._spawn(self._run_schedule(schedule))

    async def stop(self, save: Callable[[], Awaitable[None]]) -> None:
        """Let what runs end within the drain time, cancel the rest, and ``save`` the endings as they come."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._pace.drain.total_seconds()
        self._stopping = True
        while self._tasks and (left := deadline - loop.time()) > 0:
            await asyncio.wait(self._tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            await save()
        self.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_WORDS)
        await save()

    def resume(self) -> None:
        """Take new runs after a stop."""
        self._stopping = False

    def cancel(self) -> None:
        """Cancel what runs."""
        for task in self._tasks:
            task.cancel()

    def _spawn(self, run: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(run)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_job(self, job: ClaimedJob) -> None:
        ending: Ending = partial(_release, job=job)
        try:
            error = await self.runner.run(job.task, job.args)
            ending = self._ending(job, error)
        except asyncio.CancelledError:
            if not self._stopping:  # the task cancelled itself
                ending = self._ending(job, "cancelled from within")
            raise
        finally:
            del self.jobs[job.id]
            self._leave(job, ending)

    async def _run_schedule(self, schedule: Schedule) -> None:
        error: str | None = "cancelled"
        try:
            async with self._slots:
                error = await self.runner.run(schedule.task, schedule.args)
        finally:
            moved = self._schedules.end(schedule, self._clock.now(), failed=error is not None)
            if moved is not None:
                self.endings.append(partial(_move, name=schedule.name, seen=moved[0], to=moved[1]))
            self._on_end()

    def _ending(self, job: ClaimedJob, error: str | None) -> Ending:
        if error is None:
            return partial(_finish, job=job)
        again = self._clock.now() + backoff(self._pace, job.attempts, self._chance)
        return partial(_retry, job=job, error=error, run_at=again)

    def _leave(self, job: ClaimedJob, ending: Ending) -> None:
        async def saved(transaction: Transaction) -> bool:
            held = await ending(transaction)
            if not held:
                log.warning("job_outlived_its_lease", task=job.task, job=job.id)
            return held

        self.endings.append(saved)
        self._on_end()


async def _finish(transaction: Transaction, *, job: ClaimedJob) -> bool:
    return await transaction.jobs.finish(job)


async def _retry(transaction: Transaction, *, job: ClaimedJob, error: str, run_at: datetime) -> bool:
    return await transaction.jobs.retry(job, error, run_at)


async def _release(transaction: Transaction, *, job: ClaimedJob) -> bool:
    return await transaction.jobs.release(job)


async def _move(transaction: Transaction, *, name: str, seen: datetime, to: datetime) -> bool:
    return await transaction.jobs.move(name, seen, to)
