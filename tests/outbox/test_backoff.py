"""When to try again."""

from datetime import timedelta

import pytest

from bot.outbox.backoff import LONGEST, pause, retry_after
from tests.outbox.chance import seeded


@pytest.mark.parametrize(("attempts", "most"), [(1, 2), (2, 4), (3, 8), (6, 64), (7, 120), (500, 120)])
def test_each_wait_is_twice_as_long_up_to_a_limit_and_partly_by_chance(attempts: int, most: int) -> None:
    """Many that failed together do not come back together."""
    waits = {pause(attempts, chance=seeded(seed), asked=None) for seed in range(50)}
    assert len(waits) > 40
    assert timedelta(seconds=most / 2) <= min(waits) <= max(waits) <= timedelta(seconds=most)


def test_what_the_platform_asks_for_is_honoured() -> None:
    """Also beyond our own longest wait."""
    asked = LONGEST * 3
    assert pause(1, chance=seeded(1), asked=asked) == asked


def test_a_short_request_does_not_make_us_hasty() -> None:
    """Our own wait is the least."""
    assert pause(8, chance=seeded(1), asked=timedelta(seconds=1)) > timedelta(seconds=30)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), ("7", 7), ("1.5", 1.5), ("99999", 3600), ("1e18", 3600), ("9" * 300, 3600), ("9" * 5000, None)],
)
def test_retry_after_is_read_up_to_an_hour(header: str, seconds: float | None) -> None:
    """A platform may ask for longer than any calendar holds."""
    assert retry_after(header) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "nan", "inf", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_retry_after_that_cannot_be_believed_is_none(header: str | None) -> None:
    """Our own wait counts then."""
    assert retry_after(header) is None
