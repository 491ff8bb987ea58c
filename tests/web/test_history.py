from datetime import datetime, timedelta

import pytest

from bot.store import RouteStretch, Store
from bot.types import Arrived, Direction, Refused
from bot.web.history import DelayPoint, RollupHistory, gather
from tests.web.examples import NOW, at

QUARTER = timedelta(minutes=15)


def stretch(
    route: str, when: datetime, *, arrived: int = 0, refused: int = 0, median: int | None = None
) -> RouteStretch:
    """Give a roll-up whose longest delay is twice its median."""
    length = None if median is None else timedelta(seconds=median)
    return RouteStretch(
        route=route,
        at=when,
        sent=arrived + refused,
        arrived=arrived,
        refused=refused,
        bounced=0,
        unreachable=0,
        latency_sum=timedelta(),
        latency_median=length,
        latency_max=length and 2 * length,
    )


DIRECTIONS = {"a": Direction.OUTBOUND, "b": Direction.OUTBOUND, "c": Direction.INBOUND}


def test_routes_of_one_direction_are_one_point_with_the_weighed_middle() -> None:
    found = gather(
        [stretch("a", at(18, 8), arrived=1, median=60), stretch("b", at(18, 8, 1), arrived=9, refused=2, median=4)],
        DIRECTIONS,
        since=at(18, 8),
        step=QUARTER,
    )
    assert found == (
        DelayPoint(
            at=at(18, 8),
            direction=Direction.OUTBOUND,
            arrived=10,
            failed=2,
            median=timedelta(seconds=4),
            worst=timedelta(minutes=2),
        ),
    )


def test_a_control_route_is_no_mail() -> None:
    assert gather([stretch("control", at(18, 8), arrived=5, median=3)], DIRECTIONS, since=at(18, 8), step=QUARTER) == ()


def test_points_come_in_order_of_time_and_steps_without_messages_are_left_out() -> None:
    found = gather(
        [stretch("c", at(18, 9), refused=1), stretch("a", at(18, 8, 50), arrived=1, median=3)],
        DIRECTIONS,
        since=at(18, 8),
        step=QUARTER,
    )
    assert [(point.at, point.direction, point.median) for point in found] == [
        (at(18, 8, 45), Direction.OUTBOUND, timedelta(seconds=3)),
        (at(18, 9), Direction.INBOUND, None),
    ]


@pytest.fixture
async def watched(sqlite_store: Store) -> Store:
    """Give a store in which two routes were watched for forty minutes and rolled up."""
    for minute in range(40):
        when = NOW - timedelta(minutes=40 - minute)
        async with sqlite_store.begin() as tx:
            await tx.observations.add(
                [
                    Arrived(at=when, route="a", probe=f"a{minute}", latency=timedelta(seconds=5)),
                    Refused(at=when, route="c", probe=f"c{minute}", reply="451"),
                ]
            )
    more = True
    while more:
        async with sqlite_store.begin() as tx:
            more = await tx.rollups.roll_up(NOW)
    return sqlite_store


@pytest.mark.parametrize("step", [timedelta(minutes=1), QUARTER], ids=str)
async def test_every_message_of_the_store_is_counted_once_the_unfinished_quarter_too(
    watched: Store, step: timedelta
) -> None:
    history = RollupHistory(store=watched, directions=DIRECTIONS)
    found = await history.delays("default", since=at(18, 7), until=at(18, 9), step=step)
    assert sum(point.arrived for point in found) == 40
    assert sum(point.failed for point in found) == 40
    assert {point.median for point in found if point.direction is Direction.OUTBOUND} == {timedelta(seconds=5)}
    assert len(found) == 80 if step < QUARTER else len(found) < 10
