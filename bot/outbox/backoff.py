"""When to try again: pure but for the chance that is given."""

import math
from datetime import timedelta
from random import Random

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=2)
DOUBTED = timedelta(minutes=2)
ENOUGH_DOUBLINGS = 10
MOST_ASKED = timedelta(hours=1)
"""Whoever asks for a longer wait is asked again after this."""


def retry_after(header: str | None) -> timedelta | None:
    """Read Retry-After in whole or broken seconds, an hour at most; None where there is none that can be believed."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return timedelta(seconds=min(seconds, MOST_ASKED.total_seconds()))  # a longer one may be no timedelta


def pause(attempts: int, *, chance: Random, asked: timedelta | None) -> timedelta:
    """Wait twice as long after each attempt, less up to a half at random, and never less than we were asked to."""
    longest = min(FIRST * float(2 ** min(attempts - 1, ENOUGH_DOUBLINGS)), LONGEST)
    own = longest * chance.uniform(0.5, 1)
    return max(own, asked or own)


def pause_in_doubt(doubts: int) -> timedelta:
    """Wait twice as long after each try of which nobody knows whether it arrived: people may read every one of them."""
    return DOUBTED * float(2 ** (doubts - 1))
