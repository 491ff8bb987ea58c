"""Periodic tasks on an engine: a job that saves the next one, all by the database's clock."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from procrastinate.jobs import Job

from bot.jobs.pace import Pace, backoff
from bot.jobs.schedule import FIRST_SPREAD
from bot.store import Transaction

PREFIX = "every "
"""What the keys of schedules begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A task that runs again and again; ``args`` are canonical JSON."""

    task: str
    args: str
    interval: timedelta
    jitter: float

    @property
    def key(self) -> str:
        """Name the schedule, the same wherever it is asked for."""
        return f"{PREFIX}{self.task} {self.args}"


class Schedules:
    """The schedules of this process; the next run of each waits in the table, whoever put it there."""

    def __init__(self, pace: Pace, chance: random.Random) -> None:
        """Begin with none."""
        self._pace = pace
        self._chance = chance
        self._known: dict[str, Every] = {}
        self._failures: Counter[str] = Counter()

    def add(self, schedule: Every) -> None:
        """Take one more."""
        self._known.setdefault(schedule.key, schedule)

    def of(self, job: Job) -> Every | None:
        """Tell which schedule a job is a run of, if we still have it."""
        return self._known.get(job.lock or "")

    def is_one(self, job: Job) -> bool:
        """Tell whether a job is a run of any schedule, one that nobody has any more included."""
        return (job.lock or "").startswith(PREFIX)

    async def missing(self, transaction: Transaction) -> list[Job]:
        """Give the first runs of those that have none in the table."""
        if not self._known:
            return []
        now = await transaction.engine.now()
        absent = [self._known[key] for key in await transaction.engine.missing(self._known)]
        return [_job(one, now, min(one.interval, FIRST_SPREAD) * one.jitter * self._chance.random()) for one in absent]

    async def after(self, schedule: Every, transaction: Transaction, *, failed: bool) -> Job:
        """Give the run that follows one that ended."""
        self._failures[schedule.key] = self._failures[schedule.key] + 1 if failed else 0
        wait = schedule.interval * (1 + self._chance.uniform(-schedule.jitter, schedule.jitter))
        if failed:
            wait = min(wait, backoff(self._pace, self._failures[schedule.key], self._chance))
        return _job(schedule, await transaction.engine.now(), wait)


def _job(schedule: Every, now: datetime, wait: timedelta) -> Job:
    return Job(
        queue=schedule.task,
        task_name=schedule.task,
        lock=schedule.key,
        queueing_lock=schedule.key,
        task_kwargs={"args": schedule.args},
        scheduled_at=now + wait,
    )
