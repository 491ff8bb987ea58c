"""The course of an incident for a platform that draws charts by itself: pure."""

from collections.abc import Sequence

from bot.types import Chart, Curve, Direction
from bot.web.course import Course
from bot.web.history import DelayPoint
from bot.words.picture import PictureWords

POINTS_MOST = 48
"""Of a line: a card has to stay small, and a phone shows no more."""
MINUTE = 60.0


def plot(course: Course, words: PictureWords) -> Chart | None:
    """Give the worst delay of each direction over time; None where no message arrived."""
    curves = [_curve(way.direction, course.delays.points, words) for way in course.ways]
    shown = tuple(curve for curve in curves if curve.points)
    if not shown:
        return None
    return Chart(
        title=" ".join(words.way(way) for way in course.ways),
        subject=words.minutes(),
        curves=shown,
        alt=words.spoken(course.ways, course.usual, course.delays.since, course.delays.until),
    )


def _curve(direction: Direction, points: Sequence[DelayPoint], words: PictureWords) -> Curve:
    ours = [point for point in points if point.direction is direction and point.worst is not None]
    groups = [ours[first : first + _width(ours)] for first in range(0, len(ours), _width(ours))]
    worst = [max(group, key=lambda point: point.worst or point.at - point.at) for group in groups]
    return Curve(
        legend=words.page.direction(direction),
        points=tuple((one.at, round(one.worst.total_seconds() / MINUTE, 1)) for one in worst if one.worst is not None),
    )


def _width(points: Sequence[DelayPoint]) -> int:
    """Tell how many steps make one point, so that no peak is lost where there are too many."""
    return max(1, -(-len(points) // POINTS_MOST))
