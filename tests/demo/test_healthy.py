"""A healthy day before a story."""

import random
from collections import Counter
from datetime import timedelta
from statistics import median

from bot.demo.healthy import healthy_day
from bot.demo.mail.lanes import lanes
from bot.types import Arrived, Bounced, Refused, Sent
from tests.demo.conftest import NOON

DAY = timedelta(days=1)


def test_it_holds_a_days_test_messages_in_order(rng: random.Random) -> None:
    """One a minute on each route, with our own time, before the story begins."""
    seen = healthy_day(lanes(), NOON, rng)
    assert [one.at for one in seen] == sorted(one.at for one in seen)
    assert seen[0].at >= NOON - DAY
    assert seen[-1].at < NOON
    sent = Counter(one.route for one in seen if isinstance(one, Sent))
    assert len(sent) == 7
    assert all(1430 <= count <= 1445 for count in sent.values())


def test_every_message_has_one_end(rng: random.Random) -> None:
    """It arrived, was refused or bounced."""
    seen = healthy_day(lanes(), NOON, rng)
    sent = [one.probe for one in seen if isinstance(one, Sent)]
    ended = [one.probe for one in seen if isinstance(one, Arrived | Refused | Bounced)]
    assert len(set(sent)) == len(sent)
    assert sorted(sent) == sorted(ended)


def test_it_is_healthy(rng: random.Random) -> None:
    """Next to nothing fails, and delays are those of the mail system with a little handling on top."""
    seen = healthy_day(lanes(), NOON, rng)
    kinds = Counter(type(one) for one in seen)
    assert 0 < kinds[Refused] + kinds[Bounced] < 25
    lane = lanes()[0]
    delays = [one.latency / lane.median for one in seen if isinstance(one, Arrived) and one.route == lane.route.name]
    assert 1 < median(delays) < 1.6


def test_a_shorter_one_can_be_had(rng: random.Random) -> None:
    """For tests, and for a new installation."""
    seen = healthy_day(lanes()[:1], NOON, rng, length=timedelta(hours=1))
    assert 115 <= len(seen) <= 125
