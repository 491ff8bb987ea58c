"""How long messages take on a healthy day."""

import math
import random
from datetime import datetime, timedelta

from bot.demo.mail.lanes import Lane

_SIGMA = 0.35
_DAILY_SWING = 0.25
_SPIKE_SHARE = 0.004
_SPIKE_FACTORS = (3.0, 12.0)
_DAY_SECONDS = 86_400


def healthy_delay(lane: Lane, at: datetime, rng: random.Random) -> timedelta:
    """Draw a delay: lognormal round the lane's median, which swings with the hour, and now and then a late one."""
    seconds = lane.median.total_seconds() * _of_the_hour(at) * rng.lognormvariate(0, _SIGMA)
    if rng.random() < _SPIKE_SHARE:
        seconds *= rng.uniform(*_SPIKE_FACTORS)
    return timedelta(seconds=seconds)


def _of_the_hour(at: datetime) -> float:
    return 1 + _DAILY_SWING * math.sin(2 * math.pi * (at.timestamp() % _DAY_SECONDS / _DAY_SECONDS - 0.3))
