"""Periodic tasks as this process knows them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.jobs.pace import Pace, backoff
from bot.jobs.port import Args
from bot.store import Transaction

NEVER = datetime.max.replace(tzinfo=UTC)
FIRST_SPREAD = timedelta(seconds=10)
"""Over how much of the interval first runs are spread at most: nobody waits hours for the first look."""


@dataclass(slots=True, kw_only=True)
class Schedule:
    """When a periodic task runs; ``next_at`` is what the table said last and guards the run as a lease.

    A short run of a frequent task costs one update: it moves ``next_at`` to the next run at its start. Where the
    interval is longer than the lease, or the run longer than the interval, ``next_at`` is a lease that is renewed
    while it runs, and the end of the run moves it to the time of the next: a death never costs a whole interval.
    """

    name: str
    task: str
    args: Args
    interval: timedelta
    jitter: float
    next_at: datetime | None = None
    wanted: datetime = NEVER
    """When the run after the present one is."""
    running: bool = False
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction did to a schedule, to be taken over once it is committed."""

    schedule: Schedule
    next_at: datetime
    begins: bool


class Schedules:
    """All periodic tasks of this process, and their rows in the table."""

    def __init__(self, pace: Pace, chance: random.Random) -> None:
        """Begin with none."""
        self._pace = pace
        self._chance = chance
        self._known: dict[str, Schedule] = {}

    def add(self, schedule: Schedule) -> None:
        """Take one more; its row is made or read in the next turn."""
        self._known.setdefault(schedule.name, schedule)

    def due(self, now: datetime) -> list[Schedule]:
        """Choose those that are to be read, run or renewed."""
        return [schedule for schedule in self._known.values() if self._wakes(schedule, now) <= now]

    def next_wake(self, now: datetime) -> datetime:
        """Tell when ``due`` will choose one."""
        return min((self._wakes(schedule, now) for schedule in self._known.values()), default=NEVER)

    async def step(self, transaction: Transaction, due: Sequence[Schedule], now: datetime) -> list[Step]:
        """Write to the table what is due."""
        return [await self._step(transaction, schedule, now) for schedule in due]

    def begin_unsaved(self, now: datetime) -> list[Schedule]:
        """Begin what is due though the table cannot be written: we are alone with it, and looking must go on."""
        due = [one for one in self._known.values() if not one.running and one.next_at and one.next_at <= now]
        for schedule in due:
            schedule.next_at = schedule.wanted = now + self._length(schedule)
            schedule.running = True
        return due

    def begin(self, steps: Sequence[Step]) -> list[Schedule]:
        """Take over what was committed; tells which are to run now."""
        for step in steps:
            step.schedule.next_at = step.next_at
            step.schedule.running = step.schedule.running or step.begins
        return [step.schedule for step in steps if step.begins]

    def end(self, schedule: Schedule, now: datetime, *, failed: bool) -> tuple[datetime, datetime] | None:
        """Note the end of a run; tells from where to where its row is to be moved, if at all."""
        schedule.running = False
        schedule.failures = schedule.failures + 1 if failed else 0
        if failed:
            schedule.wanted = min(schedule.wanted, now + backoff(self._pace, schedule.failures, self._chance))
        before, schedule.next_at = schedule.next_at, schedule.wanted
        return None if before is None or before == schedule.wanted else (before, schedule.wanted)

    def _length(self, schedule: Schedule) -> timedelta:
        return schedule.interval * (1 + self._chance.uniform(-schedule.jitter, schedule.jitter))

    def _wakes(self, schedule: Schedule, now: datetime) -> datetime:
        if schedule.next_at is None or schedule.next_at > self._latest(schedule, now):
            return now
        if schedule.running:
            return schedule.next_at - min(schedule.interval, self._pace.guard) / 3
        return schedule.next_at

    def _latest(self, schedule: Schedule, now: datetime) -> datetime:
        """Tell how far off a next run can be; one further off is from before the clock was set back."""
        return now + max(schedule.interval * (1 + schedule.jitter), self._pace.guard)

    async def _step(self, transaction: Transaction, schedule: Schedule, now: datetime) -> Step:
        seen = schedule.next_at
        if seen is None or seen > self._latest(schedule, now):
            return await self._read(transaction, schedule, now)
        guard_end = now + self._pace.guard
        if not schedule.running:
            schedule.wanted = now + self._length(schedule)
        to = guard_end if schedule.running else min(schedule.wanted, guard_end)
        if await transaction.jobs.move(schedule.name, seen, to):
            return Step(schedule, to, begins=not schedule.running)
        return await self._read(transaction, schedule, now)

    async def _read(self, transaction: Transaction, schedule: Schedule, now: datetime) -> Step:
        first = now + min(schedule.interval, FIRST_SPREAD) * schedule.jitter * self._chance.random()
        latest = self._latest(schedule, now)
        return Step(schedule, await transaction.jobs.schedule(schedule.name, first, latest), begins=False)
