from datetime import datetime, timedelta
from statistics import median

from bot.store import RouteStretch, Store
from bot.types import Arrived, Bounced, Observation, Refused, Sent, SourceBack, Unreachable
from tests.store.samples import DAY, HOUR, MINUTE, SECOND, T0


def arrived(at: datetime, seconds: float, route: str = "out") -> Arrived:
    """Make an arrival after a delay."""
    return Arrived(at=at, route=route, probe="p", latency=timedelta(seconds=seconds))


async def rolled(
    store: Store, batch: list[Observation], now: datetime
) -> tuple[list[RouteStretch], list[RouteStretch]]:
    """Save a batch, roll all up, and read minutes and quarter-hours of the day."""
    async with store.begin() as tx:
        await tx.observations.add(batch)
        while await tx.rollups.roll_up(now):
            pass
        return await tx.rollups.minutes("default", T0, T0 + DAY), await tx.rollups.quarters("default", T0, T0 + DAY)


async def test_a_minute_counts_what_happened_in_it(store: Store) -> None:
    """All five outcomes, and the delays of what arrived."""
    batch: list[Observation] = [
        Sent(at=T0, route="out", probe="1"),
        Sent(at=T0 + 59 * SECOND, route="out", probe="2"),
        arrived(T0 + SECOND, 1),
        arrived(T0 + 2 * SECOND, 2),
        arrived(T0 + 3 * SECOND, 4),
        arrived(T0 + 4 * SECOND, 9),
        Refused(at=T0, route="out", probe="3", reply="no"),
        Bounced(at=T0, route="out", probe="4", status="5"),
        Unreachable(at=T0, route="out", probe="5", error="gone"),
        SourceBack(at=T0, source="m"),
        Sent(at=T0 + MINUTE, route="out", probe="6"),
    ]
    minutes, quarters = await rolled(store, batch, T0 + 15 * MINUTE)
    first = RouteStretch(
        route="out",
        at=T0,
        sent=2,
        arrived=4,
        refused=1,
        bounced=1,
        unreachable=1,
        latency_sum=16 * SECOND,
        latency_median=3 * SECOND,
        latency_max=9 * SECOND,
    )
    assert minutes[0] == first
    assert [(each.at, each.sent, each.latency_median) for each in minutes[1:]] == [(T0 + MINUTE, 1, None)]
    assert [(each.at, each.sent, each.arrived) for each in quarters] == [(T0, 3, 4)]


async def test_a_minute_that_is_not_over_waits(store: Store) -> None:
    """Only finished minutes and quarter-hours are rolled up."""
    minutes, quarters = await rolled(
        store, [arrived(T0 + 5 * MINUTE, 1), arrived(T0, 1)], T0 + 5 * MINUTE + 59 * SECOND
    )
    assert [each.at for each in minutes] == [T0]
    assert quarters == []


async def test_a_row_that_comes_late_is_counted_where_it_belongs(store: Store) -> None:
    """A far vantage may report hours later: its minute is counted anew, with all that was in it."""
    await rolled(store, [arrived(T0, 1), arrived(T0 + 3 * HOUR, 1)], T0 + 3 * HOUR + MINUTE)
    minutes, quarters = await rolled(store, [arrived(T0 + SECOND, 5)], T0 + 3 * HOUR + 2 * MINUTE)
    assert [(each.at, each.arrived, each.latency_max) for each in minutes] == [
        (T0, 2, 5 * SECOND),
        (T0 + 3 * HOUR, 1, SECOND),
    ]
    assert [(each.at, each.arrived) for each in quarters] == [(T0, 2)]


async def test_tenants_and_routes_are_counted_apart(store: Store) -> None:
    """Each route of each tenant has rows of its own."""
    other = Arrived(at=T0, route="out", probe="p", latency=SECOND, tenant="other")
    minutes, _ = await rolled(store, [arrived(T0, 1), arrived(T0, 2, "in"), other], T0 + MINUTE)
    assert [(each.route, each.arrived) for each in minutes] == [("in", 1), ("out", 1)]
    async with store.read() as tx:
        assert len(await tx.rollups.minutes("other", T0, T0 + DAY)) == 1


async def test_days_are_rolled_up_in_small_transactions(store: Store) -> None:
    """A call works through an hour, and skips what is empty, so that it never holds the store for long."""
    async with store.begin() as tx:
        await tx.observations.add([arrived(T0, 1), arrived(T0 + 90 * MINUTE, 1), arrived(T0 + 20 * HOUR, 1)])
        calls = 1
        while await tx.rollups.roll_up(T0 + DAY):
            calls += 1
        assert len(await tx.rollups.quarters("default", T0, T0 + DAY)) == 3
    assert calls <= 4


async def test_the_median_is_the_median(store: Store) -> None:
    """Of one, of two, of an odd and of an even number, ties included."""
    delays = ([7], [1, 2], [5, 1, 1], [9, 9, 1, 3], [2, 2, 2, 8, 8])
    batch = [arrived(T0 + n * MINUTE, seconds) for n, some in enumerate(delays) for seconds in some]
    minutes, _ = await rolled(store, [*batch], T0 + HOUR)
    assert [each.latency_median for each in minutes] == [timedelta(seconds=median(some)) for some in delays]


async def test_old_rows_are_retired_by_small_batches(store: Store) -> None:
    """Raw rows stay two days, minutes two weeks, quarter-hours thirteen months."""
    start = T0 - 500 * DAY
    for age in (0, 390, 480, 493, 497):
        at = start + age * DAY
        await rolled(store, [arrived(at + n * SECOND, 1) for n in range(3)], at + HOUR)
    async with store.begin() as tx:
        counts = [await tx.rollups.retire(T0, at_most=2) for _ in range(12)]
        raw = [each async for each in tx.observations.between("default", start, T0)]
        minutes = await tx.rollups.minutes("default", start, T0)
        quarters = await tx.rollups.quarters("default", start, T0)
    assert sum(counts) == 15 + 3 + 1
    assert counts[-1] == 0
    assert raw == []
    assert [each.at for each in minutes] == [start + 493 * DAY, start + 497 * DAY]
    assert [each.at for each in quarters] == [start + age * DAY for age in (390, 480, 493, 497)]


async def test_nothing_is_retired_before_it_is_rolled_up(store: Store) -> None:
    """After a week's sleep the last minutes before it are counted first."""
    async with store.begin() as tx:
        await tx.observations.add([arrived(T0, 1)])
        assert await tx.rollups.retire(T0 + 7 * DAY) == 0
        await tx.rollups.roll_up(T0 + 7 * DAY)
        assert await tx.rollups.retire(T0 + 7 * DAY) == 1
        assert len(await tx.rollups.minutes("default", T0, T0 + DAY)) == 1
