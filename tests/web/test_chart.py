import re
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.types import Direction
from bot.web.chart import Chart, Delays, Mark, Span, brief, draw
from bot.web.history import DelayPoint
from tests.web.examples import at

SINCE, UNTIL, STEP = at(18, 0), at(19, 0), timedelta(minutes=15)


def day(when: datetime) -> str:
    """Name a day."""
    return f"day {when.day}"


def drawn(*points: DelayPoint, spans: tuple[Span, ...] = (), marks: tuple[Mark, ...] = ()) -> Chart:
    """Draw a day."""
    delays = Delays(since=SINCE, until=UNTIL, step=STEP, points=points, spans=spans, marks=marks)
    return draw(delays, width=960, height=320, day=day)


def point(steps: int, seconds: float | None, *, failed: int = 0, arrived: int = 1) -> DelayPoint:
    """Give a point of outgoing mail so many steps into the day."""
    median = None if seconds is None else timedelta(seconds=seconds)
    return DelayPoint(
        at=SINCE + steps * STEP, direction=Direction.OUTBOUND, arrived=arrived, failed=failed, median=median
    )


def test_without_points_there_is_a_grid_and_no_line() -> None:
    chart = drawn()
    assert chart.lines == ()
    assert [tick.label for tick in chart.delays] == ["1 s", "3 s", "10 s", "1 min"]


def test_a_longer_delay_is_higher_up() -> None:
    heights = [float(y) for y in re.findall(r" ([\d.]+)", drawn(point(0, 3), point(1, 900)).lines[0].path)]
    assert heights[0] > heights[1]


def test_where_nothing_was_measured_the_line_breaks() -> None:
    chart = drawn(point(0, 3), point(1, 3), point(9, 3), point(10, 3))
    assert chart.lines[0].path.count("M") == 2


def test_a_lone_point_is_a_dot() -> None:
    path = drawn(point(5, 3)).lines[0].path
    start, end = path.removeprefix("M").split("L")
    assert start == end


def test_a_step_in_which_nothing_arrived_has_no_delay_but_a_failure() -> None:
    line = drawn(point(0, None, failed=4, arrived=0)).lines[0]
    assert line.path == ""
    assert len(line.failures) == 1


def test_the_more_messages_fail_the_taller_the_mark() -> None:
    few, many = drawn(point(0, 3, failed=1, arrived=9), point(1, 3, failed=9, arrived=1)).lines[0].failures
    assert few.height < many.height


def test_trouble_that_lasts_is_shaded_to_the_end_and_what_is_outside_not_at_all() -> None:
    chart = drawn(
        point(0, 3),
        spans=(
            Span(start=at(18, 12), end=None),
            Span(start=at(16, 1), end=at(16, 2)),
            Span(start=at(17, 1), end=at(18, 6)),
        ),
    )
    lasting, cut = chart.spans
    assert lasting.x + lasting.width == pytest.approx(chart.right)
    assert cut.x == chart.left


def test_two_marks_on_one_spot_bear_one_label() -> None:
    marks = (Mark(at=at(18, 8), label="EX1"), Mark(at=at(18, 8, 5), label="EX2"), Mark(at=at(18, 20), label="EX3"))
    assert [mark.label for mark in drawn(marks=marks).marks] == ["EX1", "", "EX3"]


def test_midnight_bears_the_day_and_other_hours_the_time() -> None:
    labels = [tick.label for tick in drawn().times]
    assert labels[0] == "day 18"
    assert "12:00" in labels


def test_a_week_bears_days_alone() -> None:
    delays = Delays(since=at(11, 9), until=at(18, 9), step=timedelta(hours=1))
    labels = [tick.label for tick in draw(delays, width=420, height=300, day=day).times]
    assert labels[0] == "day 12"
    assert all(label.startswith("day") for label in labels)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.3, "300 ms"), (5, "5 s"), (60, "1 min"), (900, "15 min"), (4 * 3600, "4 h")],
)
def test_a_length_is_written_in_its_unit(seconds: float, words: str) -> None:
    assert brief(timedelta(seconds=seconds)) == words


@given(st.lists(st.floats(min_value=0, max_value=1e6), max_size=30))
@example([60.0])
@example([86400.0])
def test_no_delay_leaves_the_chart(seconds: list[float]) -> None:
    chart = drawn(*(point(index, value) for index, value in enumerate(seconds)))
    for line in chart.lines:
        for x, y in re.findall(r"([\d.]+) ([\d.]+)", line.path + line.band):
            assert chart.left <= float(x) <= chart.right
            assert chart.top <= float(y) <= chart.floor
