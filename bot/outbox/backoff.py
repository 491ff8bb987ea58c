"""When to try again: pure but for the chance that is given."""

from datetime import timedelta
from random import Random

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=2)
DOUBTED = timedelta(minutes=2)
ENOUGH_DOUBLINGS = 10


def pause(attempts: int, *, chance: Random, asked: timedelta | None) -> timedelta:
    """Wait twice as long after each attempt, less up to a half at random, and never less than we were asked to."""
    longest = min(FIRST * float(2 ** min(attempts - 1, ENOUGH_DOUBLINGS)), LONGEST)
    own = longest * chance.uniform(0.5, 1)
    return max(own, asked or own)


def pause_in_doubt(doubts: int) -> timedelta:
    """Wait twice as long after each try of which nobody knows whether it arrived: people may read every one of them."""
    return DOUBTED * float(2 ** (doubts - 1))
