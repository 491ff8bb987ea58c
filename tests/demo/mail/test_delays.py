"""Delays of a healthy day."""

import random
from datetime import timedelta
from statistics import median

from bot.demo.mail.delays import healthy_delay
from bot.demo.mail.lanes import lanes
from tests.demo.conftest import NOON


def test_delays_lie_round_the_lanes_median(rng: random.Random) -> None:
    """Lognormal: half below, half above, none at zero."""
    for lane in lanes():
        drawn = [healthy_delay(lane, NOON, rng) / lane.median for _ in range(2000)]
        assert 0.7 < median(drawn) < 1.4
        assert min(drawn) > 0.1
        assert timedelta(seconds=4) <= lane.median <= timedelta(seconds=25)


def test_the_hour_matters(rng: random.Random) -> None:
    """Mail is slower in the busy half of the day."""
    lane = lanes()[0]
    night, day = (
        median(healthy_delay(lane, NOON.replace(hour=hour), rng).total_seconds() for _ in range(1000))
        for hour in (1, 13)
    )
    assert day > night * 1.3


def test_now_and_then_one_is_late_and_that_is_no_fault(rng: random.Random) -> None:
    """About four of a thousand."""
    lane = lanes()[0]
    late = [delay for _ in range(5000) if (delay := healthy_delay(lane, NOON, rng)) > 4 * lane.median]
    assert 2 < len(late) < 60
