"""The delay chart as geometry: pure, drawn as SVG by the template before any script runs."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.types import Direction
from bot.web.history import DelayPoint

TICKS = tuple(
    timedelta(seconds=seconds) for seconds in (0.1, 0.3, 1, 3, 10, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 48 * 3600)
)
"""Where the scale of delays, which is logarithmic, may bear a line."""
FAILED_ROW = 13
"""Height of one direction's strip of failed messages."""
LABEL = 64
"""Room for the label of a time."""
TOP, RIGHT, BOTTOM, LEFT = 22, 14, 26, 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of trouble; ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment worth a line: what the vendor said, and when."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """From the quickest to the slowest that is usual."""

    low: timedelta
    high: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The longest that a message of a direction is under way, from when it was sent until now."""

    direction: Direction
    sent: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """What the chart shows."""

    since: datetime
    until: datetime
    step: timedelta
    points: tuple[DelayPoint, ...] = ()
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()
    usual: Usual | None = None
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line of the grid, with its words."""

    position: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The delays of one direction, as the ``d`` of a path, and its strip of failures."""

    direction: Direction
    path: str
    band: str
    """From the middle to the worst delay."""
    strip: float
    """Bottom edge of the strip."""
    failures: tuple[Box, ...]
    wait: str = ""
    """To the one that is under way longest, as the ``d`` of a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The picture; units are those of the SVG's view box."""

    width: int
    height: int
    left: int
    right: float
    top: int
    floor: float
    times: tuple[Tick, ...]
    delays: tuple[Tick, ...]
    lines: tuple[Line, ...]
    spans: tuple[Box, ...]
    marks: tuple[Tick, ...]
    usual: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    x: Callable[[datetime], float]
    y: Callable[[timedelta], float]
    floor: float
    right: float
    column: float
    """Width of one step."""
    row: int
    """Height of a strip of failures."""


def draw(delays: Delays, *, width: int, height: int, day: Callable[[datetime], str], row: int = FAILED_ROW) -> Chart:
    """Lay the chart out in ``width`` by ``height``; ``day`` names a day; without points it has a grid and no lines."""
    seen = {one.direction for one in delays.points} | {one.direction for one in delays.waits}
    shown = [way for way in Direction if way in seen]
    lowest, highest = _range(delays)
    floor = height - BOTTOM - row * len(shown)
    scale = _scale(delays, (lowest, highest), size=(width, floor), row=row)
    return Chart(
        width=width,
        height=height,
        left=LEFT,
        right=scale.right,
        top=TOP,
        floor=floor,
        times=_times(delays, scale, day=day),
        delays=tuple(Tick(position=scale.y(tick), label=brief(tick)) for tick in TICKS if lowest <= tick <= highest),
        lines=tuple(_line(delays, way, number, scale) for number, way in enumerate(shown, start=1)),
        spans=tuple(_span(span, delays, scale) for span in delays.spans if _within(span, delays)),
        marks=_marks(delays, scale, room=1.4 * LABEL),
        usual=_usual(delays.usual, scale) if delays.usual else None,
    )


UNITS = (("h", timedelta(hours=1)), ("min", timedelta(minutes=1)), ("s", timedelta(seconds=1)))


def brief(length: timedelta) -> str:
    """Write a length of time as a scale bears it: ``300 ms``, ``5 s``, ``15 min``, ``4 h``."""
    unit, size = next((unit for unit in UNITS if length >= unit[1]), ("ms", timedelta(milliseconds=1)))
    return f"{length / size:.0f} {unit}"


def _range(delays: Delays) -> tuple[timedelta, timedelta]:
    seen = [delay for point in delays.points for delay in (point.median, point.worst) if delay is not None]
    seen += [wait.until - wait.sent for wait in delays.waits]
    seen += [delays.usual.low, delays.usual.high] if delays.usual else []
    seen = seen or [timedelta(seconds=1)]
    lowest = max((tick for tick in TICKS[:-1] if tick <= min(seen)), default=TICKS[0])
    highest = min((tick for tick in TICKS if tick >= max(seen) and tick > lowest), default=TICKS[-1])
    # A quiet night must not look like a storm: the scale always reaches from its lowest tick to a minute at least.
    return lowest, max(highest, timedelta(minutes=1))


def _scale(delays: Delays, limits: tuple[timedelta, timedelta], *, size: tuple[int, float], row: int) -> _Scale:
    right, floor = size[0] - RIGHT, size[1]
    length = delays.until - delays.since
    low, high = (math.log(limit.total_seconds()) for limit in limits)

    def x(at: datetime) -> float:
        return round(LEFT + (right - LEFT) * ((at - delays.since) / length), 1)

    def y(delay: timedelta) -> float:
        part = (math.log(max(delay.total_seconds(), 0.001)) - low) / (high - low)
        return round(floor - (floor - TOP) * min(max(part, 0.0), 1.0), 1)

    return _Scale(x=x, y=y, floor=floor, right=right, column=(right - LEFT) * (delays.step / length), row=row)


def _line(delays: Delays, way: Direction, number: int, scale: _Scale) -> Line:
    points = [point for point in delays.points if point.direction is way]
    strip = scale.floor + number * scale.row
    return Line(
        direction=way,
        path=_path(points, delays.step, scale),
        band=_band(points, delays.step, scale),
        strip=strip,
        failures=_fails(points, strip, scale),
        wait="".join(_wait(wait, scale) for wait in delays.waits if wait.direction is way),
    )


def _wait(wait: Wait, scale: _Scale) -> str:
    """Rise as the wait did: from when it was sent, at the bottom, to how long it is now."""
    length = wait.until - wait.sent
    moments = [wait.sent + length * part for part in (0.01, 0.05, 0.2, 0.5, 1)]
    return "M" + "L".join(f"{scale.x(at)} {scale.y(at - wait.sent)}" for at in moments)


def _usual(usual: Usual, scale: _Scale) -> Box:
    top, bottom = scale.y(usual.high), scale.y(usual.low)
    return Box(x=LEFT, y=top, width=round(scale.right - LEFT, 1), height=round(max(bottom - top, 3), 1))


def _runs(points: Sequence[DelayPoint], step: timedelta) -> list[list[DelayPoint]]:
    """Split where nothing was measured: a gap is a gap in the line, never a bridge over what nobody saw."""
    runs: list[list[DelayPoint]] = []
    for point in points:
        if point.median is None:
            continue
        if runs and point.at - runs[-1][-1].at <= 2 * step:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _path(points: Sequence[DelayPoint], step: timedelta, scale: _Scale) -> str:
    runs = [_spots(run, step, scale) for run in _runs(points, step)]
    # A lone point is a line to itself, which a round cap shows as a dot.
    return "".join("M" + "L".join(run if run[1:] else run * 2) for run in runs)


def _band(points: Sequence[DelayPoint], step: timedelta, scale: _Scale) -> str:
    shapes = []
    for run in _runs(points, step):
        worst = [replace(point, median=point.worst or point.median) for point in run]
        shapes.append("M" + "L".join([*_spots(run, step, scale), *reversed(_spots(worst, step, scale))]) + "Z")
    return "".join(shapes)


def _spots(run: Sequence[DelayPoint], step: timedelta, scale: _Scale) -> list[str]:
    return [f"{scale.x(point.at + step / 2)} {scale.y(point.median or timedelta())}" for point in run]


def _fails(points: Sequence[DelayPoint], strip: float, scale: _Scale) -> tuple[Box, ...]:
    return tuple(
        Box(x=scale.x(point.at), y=round(strip - height, 1), width=round(max(scale.column, 1.5), 1), height=height)
        for point in points
        if point.failed and (height := round(3 + (scale.row - 5) * point.failed / (point.failed + point.arrived), 1))
    )


def _within(span: Span, delays: Delays) -> bool:
    return span.start < delays.until and (span.end is None or span.end > delays.since)


def _span(span: Span, delays: Delays, scale: _Scale) -> Box:
    start = scale.x(max(span.start, delays.since))
    end = scale.x(min(span.end or delays.until, delays.until))
    return Box(x=start, y=TOP, width=round(max(end - start, 2), 1), height=scale.floor - TOP)


def _marks(delays: Delays, scale: _Scale, *, room: float) -> tuple[Tick, ...]:
    marks: list[Tick] = []
    for mark in sorted(delays.marks, key=lambda mark: mark.at):
        if delays.since <= mark.at < delays.until:
            position = scale.x(mark.at)
            # Two labels on one spot can be read by nobody; the second line stands without words.
            taken = any(tick.label and position - tick.position < room for tick in marks)
            marks.append(Tick(position=position, label="" if taken else mark.label))
    return tuple(marks)


STEPS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 180, 360, 720, 1440))


def _times(delays: Delays, scale: _Scale, *, day: Callable[[datetime], str]) -> tuple[Tick, ...]:
    length = delays.until - delays.since
    wanted = length * (LABEL / (scale.right - LEFT))
    step = next((step for step in STEPS if step >= wanted), STEPS[-1])
    midnight = delays.since.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + math.ceil((delays.since - midnight) / step) * step
    ticks = []
    while at < delays.until:
        ticks.append(
            Tick(
                position=scale.x(at), label=day(at) if step >= STEPS[-1] or at.hour == at.minute == 0 else f"{at:%H:%M}"
            )
        )
        at += step
    return tuple(ticks)
