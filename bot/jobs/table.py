"""The adapter over the store's job table: one loop, on SQLite and on PostgreSQL."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.jobs.others import Others
from bot.jobs.pace import Pace, rest
from bot.jobs.port import DEFAULT_LIMIT, Args, Beat, Task, TaskCount, unheard
from bot.jobs.runs import Runs
from bot.jobs.schedule import NEVER, Schedule, Schedules
from bot.store import ClaimedJob, NewJob, RunningJob, Store, StoreError, Transaction
from bot.store.codec import canonical
from bot.types import Clock

log = structlog.get_logger()


class TableJobs:
    """Drains the job table by one loop, waking at once for what is saved in this process."""

    def __init__(self, store: Store, clock: Clock, chance: random.Random, *, pace: Pace | None = None) -> None:
        """Take the store that holds the table; nothing runs before ``run``."""
        self._store = store
        self._clock = clock
        self._pace = pace or Pace()
        self._chance = chance
        self._schedules = Schedules(self._pace, chance)
        self._runs = Runs(clock, chance, self._pace, schedules=self._schedules, on_end=self._look_again)
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._news = True
        """Whether something may be due that the last look did not see."""
        self._next_job = NEVER
        self._look_at = NEVER
        self._others = Others(self._pace.lease)
        self._pulse_at = 0.0
        """When, in the event loop's seconds, to give signs of life and to look for those of others."""
        self._store_failures = 0

    def register(self, task: str, run: Task, *, limit: timedelta = DEFAULT_LIMIT) -> None:
        """Say what a task does, and how long one run of it may take."""
        self._runs.runner.register(task, run, limit)
        self._look_again()

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
        job = NewJob(task=task, args=args, key=key, dedupe=dedupe, run_at=run_at)
        if transaction is not None:
            await self._add(job, transaction)
            return
        async with self._store.begin() as own:
            await self._add(job, own)

    def every(self, task: str, args: Args, *, interval: timedelta, jitter: float = 0.1) -> None:
        """Run a task again and again, on one machine at a time."""
        name = f"{task} {canonical(args)}"
        self._schedules.add(Schedule(name=name, task=task, args=args, interval=interval, jitter=jitter))
        self._wake.set()

    def counts(self) -> Mapping[str, TaskCount]:
        """Tell how each registered task has fared in this process."""
        return self._runs.runner.counts()

    async def run(self, beat: Beat = unheard) -> None:
        """Run what is due until cancelled, then drain."""
        self._stop.clear()
        self._runs.resume()
        loop = asyncio.create_task(self._loop(beat), name="jobs")
        try:
            await asyncio.shield(loop)
        except asyncio.CancelledError:
            self._stop.set()
            self._wake.set()
            await loop  # a second cancel goes through to the loop
            raise

    async def _add(self, job: NewJob, transaction: Transaction) -> None:
        await transaction.jobs.add(job, self._clock.now())
        transaction.afterwards(self._look_again)

    def _look_again(self) -> None:
        self._news = True
        self._wake.set()

    async def _loop(self, beat: Beat) -> None:
        try:
            while not self._stop.is_set():
                beat()
                self._wake.clear()
                await self._turn(self._clock.now())
            await self._runs.stop(self._save_endings)
        finally:
            self._runs.cancel()

    async def _turn(self, now: datetime) -> None:
        """Save what ended, start what is due, and wait until there is more to do; slower if the store fails."""
        try:
            await self._save_and_start(now)
        except StoreError as error:
            self._news = True
            self._store_failures += 1
            log.warning("jobs_store_failed", error=str(error), in_a_row=self._store_failures)
            self._start((), self._schedules.begin_unsaved(now))
            await self._wait(min(self._pace.poll * 2 ** min(self._store_failures, 10), self._pace.guard), self._stop)
            return
        self._store_failures = 0
        pulse = max(self._pulse_at - asyncio.get_running_loop().time(), 0.0)
        await self._wait(self._idle(self._clock.now()), self._wake, at_most=pulse)

    async def _save_and_start(self, now: datetime) -> None:
        claims = await self._is_job_due(now)
        due = self._schedules.due(now)
        at = asyncio.get_running_loop().time()
        pulses = at >= self._pulse_at
        if not (claims or due or pulses or self._runs.endings):
            return
        endings = tuple(self._runs.endings)
        claimed: list[ClaimedJob] = []
        async with self._store.begin() as transaction:
            for ending in endings:
                await ending(transaction)
            if pulses:
                claimed += await self._pulse(transaction, at)
            steps = await self._schedules.step(transaction, due, now)
            if claims:
                claimed += await self._claim(transaction, now, self._runs.free - len(claimed))
        del self._runs.endings[: len(endings)]
        if pulses:
            self._pulse_at = at + self._pace.lease.total_seconds() / 3
        self._start(claimed, self._schedules.begin(steps))

    def _start(self, jobs: Sequence[ClaimedJob], schedules: Sequence[Schedule]) -> None:
        for job in jobs:
            self._runs.start_job(job)
        for schedule in schedules:
            self._runs.start_schedule(schedule)

    async def _pulse(self, transaction: Transaction, at: float) -> list[ClaimedJob]:
        """Show that we live, and take over what those left who do not."""
        ours = list(self._runs.jobs)
        if ours:
            await transaction.jobs.beat(ours)
        running = await transaction.jobs.running(tasks=self._runs.runner.tasks, but=ours)
        silent = self._others.silent(running, at)[: self._runs.free]
        taken = [await self._take_over(job, transaction) for job in silent]
        return [job for job in taken if job is not None]

    async def _take_over(self, job: RunningJob, transaction: Transaction) -> ClaimedJob | None:
        wait = rest(self._pace, job.attempts, self._chance)
        if not wait:
            return await transaction.jobs.take_over(job)
        await transaction.jobs.put_back(job, self._clock.now() + wait)
        return None

    async def _is_job_due(self, now: datetime) -> bool:
        """Tell whether to claim, looking at the table if nobody has for a while."""
        if self._runs.free <= 0:
            return False
        if self._news or self._next_job <= now:
            return True
        if now < self._look_at <= now + self._pace.poll:  # further off: the clock was set back
            return False
        async with self._store.read() as transaction:
            await self._look(transaction, now)
        return self._next_job <= now

    async def _claim(self, transaction: Transaction, now: datetime, at_most: int) -> list[ClaimedJob]:
        self._news = False
        claimed = await transaction.jobs.claim(
            now, tasks=self._runs.runner.tasks, at_most=at_most, longest=self._pace.longest_backoff
        )
        if len(claimed) == at_most:
            self._news = True
        else:
            await self._look(transaction, now)
        return claimed

    async def _look(self, transaction: Transaction, now: datetime) -> None:
        tasks, longest = self._runs.runner.tasks, self._pace.longest_backoff
        self._next_job = await transaction.jobs.first_due(now, tasks=tasks, longest=longest) or NEVER
        self._look_at = now + self._pace.poll

    def _idle(self, now: datetime) -> timedelta:
        """Tell how long there is nothing to do, and never much: clocks may be set."""
        moments = [self._schedules.next_wake(now), now + self._pace.guard]
        if self._runs.free > 0:
            moments += [self._look_at, self._next_job]
        return max(min(moments) - now, timedelta())

    async def _wait(self, length: timedelta, event: asyncio.Event, *, at_most: float | None = None) -> None:
        """Wait for a time on our clock, or the event, or so many real seconds, whichever comes first."""
        sleeping = asyncio.ensure_future(self._clock.sleep(length))
        waking = asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait({sleeping, waking}, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            waking.cancel()

    async def _save_endings(self) -> None:
        endings = tuple(self._runs.endings)
        if not endings:
            return
        try:
            async with self._store.begin() as transaction:
                for ending in endings:
                    await ending(transaction)
        except StoreError as error:
            log.warning("jobs_store_failed", error=str(error), unsaved=len(endings))
            return
        del self._runs.endings[: len(endings)]
