import random
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.pace import Pace, backoff, rest
from tests.store.samples import SECOND

PACE = Pace()


@given(st.integers(1, 10_000), st.integers())
def test_a_backoff_is_never_nothing_and_never_longer_than_the_longest(failures: int, seed: int) -> None:
    """However often a task failed."""
    wait = backoff(PACE, failures, random.Random(seed))  # noqa: S311 - jitter
    assert PACE.backoff / 2 <= wait <= PACE.longest_backoff


class Always(random.Random):
    """Chance that always takes the upper end."""

    def uniform(self, a: float, b: float) -> float:
        """Give the upper end."""
        return max(a, b)


def test_a_backoff_doubles() -> None:
    """1, 2, 4 seconds and so on."""
    waits = [backoff(PACE, failures, Always()) for failures in range(1, 9)]
    assert waits[0] == SECOND
    assert all(later == earlier * 2 for earlier, later in pairwise(waits))


def test_a_job_whose_process_died_is_run_at_once_until_it_may_be_what_kills_it() -> None:
    """It waits a minute at most."""
    waits = [rest(PACE, attempts, Always()) for attempts in (1, 2, 3, 500)]
    assert waits == [timedelta(), timedelta(), timedelta(seconds=4), timedelta(minutes=1)]
