"""The machine's clock, and who notices that it was set."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.app.clock import ClockWatch, SystemClock

NOON = datetime(2023, 7, 18, 12, tzinfo=UTC)
HOUR, QUARTER = timedelta(hours=1), timedelta(seconds=15)


class Hands:
    """A clock that can be set, and seconds that cannot."""

    def __init__(self) -> None:
        self.at, self.seconds = NOON, 0.0

    def pass_by(self, length: timedelta, *, jump: timedelta = timedelta()) -> None:
        self.at += length + jump
        self.seconds += length.total_seconds()


@pytest.mark.parametrize("jump", [3 * HOUR, -3 * HOUR, timedelta(minutes=2)], ids=str)
def test_a_clock_that_is_set_is_noticed_once_with_its_direction(jump: timedelta) -> None:
    hands = Hands()
    watch = ClockWatch(now=lambda: hands.at, ticks=lambda: hands.seconds)
    assert watch.look() == timedelta()
    hands.pass_by(QUARTER, jump=jump)
    assert watch.look() == jump
    hands.pass_by(QUARTER)
    assert watch.look() == timedelta()


def test_time_that_passes_and_a_clock_that_is_put_right_are_no_jumps() -> None:
    hands = Hands()
    watch = ClockWatch(now=lambda: hands.at, ticks=lambda: hands.seconds)
    watch.look()
    hands.pass_by(8 * HOUR)
    assert watch.look() == timedelta()
    hands.pass_by(QUARTER, jump=timedelta(seconds=20))
    assert watch.look() == timedelta()


async def test_the_machines_clock_tells_the_time_and_waits() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(timedelta())
    assert clock.now() >= before
    assert before.tzinfo is UTC
