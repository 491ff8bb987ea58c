import random
from datetime import datetime, timedelta

import pytest

from bot.jobs.pace import Pace
from bot.jobs.schedule import Schedule, Schedules
from bot.store import Store
from tests.store.samples import DAY, HOUR, MINUTE, SECOND, T0

PACE = Pace()


class Desk:
    """One process and its schedules."""

    def __init__(self, store: Store, interval: timedelta, jitter: float = 0.0) -> None:
        """Know one schedule."""
        self.store = store
        self.schedules = Schedules(PACE, random.Random(0))  # noqa: S311 - jitter
        self.schedules.add(Schedule(name="s", task="t", args={}, interval=interval, jitter=jitter))

    async def turn(self, now: datetime) -> list[Schedule]:
        """Do what is due, as the loop does; tells what begins."""
        async with self.store.begin() as tx:
            steps = await self.schedules.step(tx, self.schedules.due(now), now)
        return self.schedules.begin(steps)

    async def end(self, schedule: Schedule, now: datetime, *, failed: bool = False) -> None:
        """End a run, as the loop does."""
        moved = self.schedules.end(schedule, now, failed=failed)
        if moved:
            async with self.store.begin() as tx:
                assert await tx.jobs.move("s", *moved)

    async def begins(self, now: datetime) -> Schedule:
        """Begin the run that must be due."""
        (schedule,) = await self.turn(now)
        return schedule


async def started(store: Store, interval: timedelta) -> Desk:
    """Make a process that has read its schedule."""
    desk = Desk(store, interval)
    assert await desk.turn(T0) == []
    return desk


async def test_a_frequent_schedule_costs_one_update_a_run(sqlite_store: Store) -> None:
    """Its end has nothing to save."""
    desk = await started(sqlite_store, 5 * SECOND)
    schedule = await desk.begins(T0)
    assert schedule.next_at == T0 + 5 * SECOND
    assert desk.schedules.end(schedule, T0 + SECOND, failed=False) is None
    assert desk.schedules.next_wake(T0 + SECOND) == T0 + 5 * SECOND
    await desk.begins(T0 + 5 * SECOND)


async def test_a_death_costs_a_rare_schedule_no_whole_interval(sqlite_store: Store) -> None:
    """While it runs its row is guarded only for a while."""
    dying, heir = await started(sqlite_store, DAY), await started(sqlite_store, DAY)
    await dying.begins(T0)
    assert await heir.turn(T0) == []
    await heir.begins(T0 + PACE.guard)


async def test_the_end_of_a_run_sets_the_next(sqlite_store: Store) -> None:
    """An interval after its beginning."""
    desk = await started(sqlite_store, DAY)
    await desk.end(await desk.begins(T0), T0 + MINUTE)
    assert desk.schedules.next_wake(T0 + MINUTE) == T0 + DAY
    assert await (await started(sqlite_store, DAY)).turn(T0 + DAY - SECOND) == []


@pytest.mark.parametrize("interval", [3 * SECOND, HOUR], ids=["frequent", "rare"])
async def test_a_long_run_keeps_others_away(sqlite_store: Store, interval: timedelta) -> None:
    """Its guard is renewed before it ends, whatever the interval."""
    one, other = await started(sqlite_store, interval), await started(sqlite_store, interval)
    schedule = await one.begins(T0)
    now = T0
    while now < T0 + 5 * MINUTE:
        now = min(one.schedules.next_wake(now), other.schedules.next_wake(now))
        assert await one.turn(now) == []
        assert await other.turn(now) == []
    await one.end(schedule, now)
    assert schedule.next_at == T0 + interval


async def test_a_run_that_failed_is_tried_again_soon(sqlite_store: Store) -> None:
    """And later each time."""
    desk = await started(sqlite_store, HOUR)
    now = T0
    waits = []
    for _ in range(3):
        schedule = await desk.begins(now)
        await desk.end(schedule, now, failed=True)
        next_at = desk.schedules.next_wake(now)
        waits.append(next_at - now)
        now = next_at
    assert all(wait < 5 * SECOND for wait in waits)
    await desk.end(await desk.begins(now), now)
    assert desk.schedules.next_wake(now) == now + HOUR


async def test_missed_runs_are_not_made_up_for(sqlite_store: Store) -> None:
    """After a night's sleep one run is enough."""
    desk = await started(sqlite_store, 5 * SECOND)
    schedule = await desk.begins(T0 + DAY)
    await desk.end(schedule, T0 + DAY)
    assert schedule.next_at == T0 + DAY + 5 * SECOND


async def test_a_clock_that_is_set_back_stops_nothing(sqlite_store: Store) -> None:
    """The next run is at most an interval away, however far the clock was moved."""
    desk = await started(sqlite_store, MINUTE)
    await desk.end(await desk.begins(T0), T0)
    assert await desk.turn(T0 - 3 * HOUR) == []
    assert desk.schedules.next_wake(T0 - 3 * HOUR) <= T0 - 3 * HOUR + MINUTE


async def test_first_runs_are_spread_but_soon(sqlite_store: Store) -> None:
    """Nobody waits hours for the first look, and not all look at the same moment."""
    desk = Desk(sqlite_store, DAY, jitter=1.0)
    await desk.turn(T0)
    assert T0 < desk.schedules.next_wake(T0) <= T0 + 10 * SECOND
