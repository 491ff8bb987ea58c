"""The offset between two clocks by four stamps."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.vantage.offset import KEPT, Offset, Sample, measured
from tests.vantage.rig import SECOND, T0

LENGTHS = st.timedeltas(timedelta(), timedelta(seconds=20))


@given(st.timedeltas(timedelta(-1), timedelta(1)), LENGTHS, LENGTHS, LENGTHS)
def test_the_truth_is_within_half_a_round_trip(
    true: timedelta, there: timedelta, work: timedelta, back: timedelta
) -> None:
    """However unequal the two ways are."""
    received = T0 + there + true
    sample = measured(T0, received, received + work, T0 + there + work + back)
    assert abs(sample.offset - true) <= sample.round_trip / 2 + timedelta(microseconds=2)
    assert sample.round_trip == there + back


def test_the_shortest_round_trip_is_believed_and_the_old_forgotten() -> None:
    """A lame exchange says little."""
    offset = Offset()
    assert offset.best is None
    offset.add(Sample(offset=SECOND, round_trip=SECOND / 100))
    for _ in range(KEPT - 1):
        offset.add(Sample(offset=1.4 * SECOND, round_trip=SECOND))
        assert offset.best == Sample(offset=SECOND, round_trip=SECOND / 100)
    offset.add(Sample(offset=1.4 * SECOND, round_trip=SECOND))
    assert offset.best == Sample(offset=1.4 * SECOND, round_trip=SECOND)


def test_a_clock_that_was_set_is_measured_anew() -> None:
    """Both cannot be true of one clock: what was believed is of before."""
    offset = Offset()
    offset.add(Sample(offset=SECOND, round_trip=SECOND / 100))
    offset.add(Sample(offset=90 * SECOND, round_trip=SECOND))
    assert offset.best == Sample(offset=90 * SECOND, round_trip=SECOND)
