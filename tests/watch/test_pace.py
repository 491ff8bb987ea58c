from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.watch.pace import Pace
from tests.mail.worlds import NOON

PATIENT = timedelta(hours=1)


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=120))
def test_no_minute_ever_holds_more_than_the_limit(gaps: list[float]) -> None:
    """What goes above it waits, in order."""
    pace, now, starts = Pace(5), NOON, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        wait = pace.turn(now, patience=PATIENT)
        assert wait is not None
        starts.append(now + wait)
    assert starts == sorted(starts)
    assert all(after - before >= timedelta(minutes=1) for before, after in zip(starts, starts[5:], strict=False))


def test_a_turn_that_is_too_far_off_is_not_taken() -> None:
    """The next asker does not wait behind it."""
    pace = Pace(1)
    assert pace.turn(NOON, patience=PATIENT) == timedelta()
    assert pace.turn(NOON, patience=timedelta(seconds=59)) is None
    assert pace.turn(NOON + timedelta(minutes=1), patience=PATIENT) == timedelta()
