"""How fast the loop goes, and when a failed job is tried again."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The loop's times: on its clock, but for ``lease`` and ``drain``, which are real time."""

    at_once: int = 16
    """How many jobs run side by side, and as many scheduled runs."""
    poll: timedelta = timedelta(seconds=1)
    """How often to look for jobs that other processes saved."""
    lease: timedelta = timedelta(seconds=12)
    """After how long without a sign of life another process takes a job over; one is given three times as often."""
    guard: timedelta = timedelta(seconds=20)
    """After how long at most another process makes up for a scheduled run whose process died."""
    drain: timedelta = timedelta(seconds=5)
    """How long, in real time, what runs may go on when the loop is stopped."""
    backoff: timedelta = timedelta(seconds=1)
    """Before the second try; twice as long before each one more."""
    longest_backoff: timedelta = timedelta(minutes=5)
    deadly: int = 3
    """A job that was begun so often may be what kills its process: it waits before it is taken over once more."""
    longest_rest: timedelta = timedelta(minutes=1)


def backoff(pace: Pace, failures: int, chance: random.Random) -> timedelta:
    """Tell how long to wait after so many failures in a row, spread by half so that none come back together."""
    doubled: timedelta = pace.backoff * 2 ** min(failures - 1, 20)
    return min(doubled, pace.longest_backoff) * chance.uniform(0.5, 1.0)


def rest(pace: Pace, attempts: int, chance: random.Random) -> timedelta:
    """Tell how long a job waits whose process died, so that one that is deadly leaves time for all others."""
    if attempts < pace.deadly:
        return timedelta()
    return min(backoff(pace, attempts, chance), pace.longest_rest)
