"""A healthy day before a story, as the canary would have seen it, so that the bot knows what is usual."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.demo.mail.delays import healthy_delay
from bot.demo.mail.lanes import Lane
from bot.types import Arrived, Bounced, Observation, ProbeObservation, Refused, Sent

_REFUSED_SHARE = 0.0005
_BOUNCED_SHARE = 0.0002
_BUSY = "451 4.7.500 Server busy. Please try again later"
_HANDLING = (timedelta(seconds=0.5), timedelta(seconds=3))


def healthy_day(
    lanes: Sequence[Lane], until: datetime, rng: random.Random, *, length: timedelta = timedelta(days=1)
) -> list[Observation]:
    """Give what happened to the test messages of all lanes in the ``length`` before ``until``, in order of time.

    Delays are drawn as the mail system draws them, and the time that submission and polling take comes on top;
    what had not arrived by ``until`` is left out altogether.
    """
    seen = [observation for lane in lanes for observation in _of_lane(lane, until - length, until, rng)]
    return sorted(seen, key=lambda observation: observation.at)


def _of_lane(lane: Lane, start: datetime, until: datetime, rng: random.Random) -> list[ProbeObservation]:
    seen: list[ProbeObservation] = []
    at, number = start + lane.route.interval * rng.random(), 0
    while at < until:
        number += 1
        life = _life(lane, f"{lane.route.name}-{at:%m%d}-{number}", at, rng)
        if life[-1].at < until:
            seen += life
        at += lane.route.interval * rng.uniform(0.98, 1.02)
    return seen


def _life(lane: Lane, probe: str, at: datetime, rng: random.Random) -> list[ProbeObservation]:
    """Give what happened to one message."""
    route, chance = lane.route.name, rng.random()
    sent = Sent(at=at, route=route, probe=probe)
    if chance < _REFUSED_SHARE:
        refused = at + timedelta(seconds=rng.uniform(0.05, 0.4))
        return [sent, Refused(at=refused, route=route, probe=probe, reply=_BUSY, stage="rcpt")]
    latency = healthy_delay(lane, at, rng) + _HANDLING[0] + (_HANDLING[1] - _HANDLING[0]) * rng.random()
    if chance < _REFUSED_SHARE + _BOUNCED_SHARE:
        return [sent, Bounced(at=at + latency, route=route, probe=probe, status="5.4.1")]
    return [sent, Arrived(at=at + latency, route=route, probe=probe, latency=latency)]
