"""The chart for a platform that draws by itself."""

from dataclasses import replace
from datetime import timedelta

from bot.types import Direction
from bot.web.history import DelayPoint
from bot.web.plot import POINTS_MOST, plot
from bot.words.picture import picture_words
from tests.web.test_picture import MINUTE, NOON, course


def test_it_shows_the_worst_delay_of_each_step_in_minutes() -> None:
    """With the same words beside it as the picture has."""
    shown = plot(course(), picture_words("en"))
    assert shown is not None
    (curve,) = shown.curves
    assert curve.legend == "Outgoing mail"
    assert curve.points[0] == (NOON, 0.1)
    assert curve.points[-1] == (NOON + 27 * MINUTE, 6.7)
    assert shown.title == "Outgoing mail: up to 7 minutes."
    assert shown.alt.startswith("Outgoing mail: up to 7 minutes.")
    assert shown.subject == "How long test messages took, in minutes"


def test_a_long_course_keeps_its_peak_in_few_points() -> None:
    """A card has to stay small."""
    long = tuple(
        DelayPoint(
            at=NOON + n * MINUTE,
            direction=Direction.OUTBOUND,
            arrived=1,
            median=timedelta(seconds=2),
            worst=timedelta(minutes=15) if n == 100 else timedelta(seconds=3),
        )
        for n in range(500)
    )
    before = course()
    shown = plot(replace(before, delays=replace(before.delays, points=long)), picture_words("en"))
    assert shown is not None
    (curve,) = shown.curves
    assert len(curve.points) <= POINTS_MOST
    assert max(curve.points, key=lambda point: point[1]) == (NOON + 100 * MINUTE, 15.0)


def test_where_nothing_arrived_there_is_no_line_to_draw() -> None:
    """The words say that all was refused."""
    before = course()
    refused = tuple(replace(point, arrived=0, median=None, worst=None) for point in before.delays.points)
    assert plot(replace(before, delays=replace(before.delays, points=refused)), picture_words("en")) is None
