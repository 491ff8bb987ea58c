"""The chart's points as columns, as the page's script draws them: pure."""

from collections.abc import Callable
from datetime import timedelta

from bot.types import Direction
from bot.web.chart import Delays
from bot.web.history import DelayPoint
from bot.words.page import PageWords

Value = Callable[[DelayPoint], float | None]
COLUMNS: dict[str, Value] = {
    "median": lambda point: _seconds(point.median),
    "worst": lambda point: _seconds(point.worst),
    "arrived": lambda point: point.arrived,
    "failed": lambda point: point.failed,
}


def columns(delays: Delays, words: PageWords) -> dict[str, object]:
    """Give the points by direction; times are seconds since 1970, delays seconds, and nothing measured is null."""
    times = sorted({point.at for point in delays.points})
    ways = dict.fromkeys(point.direction for point in delays.points)
    places = {(point.at, point.direction): point for point in delays.points}

    def column(way: Direction, value: Value) -> list[float | None]:
        found = (places.get((at, way)) for at in times)
        return [value(point) if point else None for point in found]

    return {
        "since": delays.since.timestamp(),
        "until": delays.until.timestamp(),
        "step": delays.step.total_seconds(),
        "times": [(at + delays.step / 2).timestamp() for at in times],
        "directions": [
            {"key": way, "name": words.direction(way)} | {name: column(way, value) for name, value in COLUMNS.items()}
            for way in ways
        ],
        "spans": [[span.start.timestamp(), span.end and span.end.timestamp()] for span in delays.spans],
        "marks": [[mark.at.timestamp(), mark.label] for mark in delays.marks],
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
