"""The last seven days of each direction in cells of three hours: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.types import Direction, Finding, Incident, Symptom
from bot.web.history import DelayPoint
from bot.web.ways import HARD, State
from bot.words.page import Line, PageWords

CELL = timedelta(hours=3)
DAYS = 7
CELLS = DAYS * (timedelta(days=1) // CELL)
WAYS = (Direction.OUTBOUND, Direction.INBOUND, Direction.INTERNAL)
SAID = {
    State.OK: Line.WEEK_OK,
    State.TROUBLE: Line.WEEK_TROUBLE,
    State.SEVERE: Line.WEEK_SEVERE,
    State.UNKNOWN: Line.WEEK_UNSEEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Three hours of one direction."""

    at: datetime
    state: State
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """Seven days of one direction."""

    name: str
    cells: tuple[Cell, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """Seven days; ``days`` label the columns."""

    days: tuple[str, ...]
    rows: tuple[WeekRow, ...]


def beginning(now: datetime) -> datetime:
    """Give the start of the first cell; cells begin at full three hours, and the last one holds ``now``."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour - timedelta(hours=hour.hour % 3) + CELL - CELLS * CELL


def week(incidents: Iterable[Incident], points: Sequence[DelayPoint], *, now: datetime, words: PageWords) -> WeekView:
    """Give the week of each direction that was measured in it."""
    first = beginning(now)
    findings = [finding for incident in incidents for finding in incident.findings if _shown(finding)]
    ways = [way for way in WAYS if any(point.direction is way for point in points)]
    return WeekView(
        days=tuple(words.day(first + day * timedelta(days=1)) for day in range(DAYS)),
        rows=tuple(_row(way, findings, points, now=now, words=words) for way in ways),
    )


def _shown(finding: Finding) -> bool:
    return finding.symptom is not Symptom.UNMEASURABLE


def _row(
    way: Direction, findings: Sequence[Finding], points: Sequence[DelayPoint], *, now: datetime, words: PageWords
) -> WeekRow:
    first = beginning(now)
    ours = [finding for finding in findings if _touches(finding, way)]
    seen = {(point.at - first) // CELL for point in points if point.direction is way}
    cells = tuple(_cell(first + i * CELL, ours, words, seen=i in seen) for i in range(CELLS))
    stretches = _merged([(max(one.since, first), min(one.ended or now, now)) for one in ours])
    total = sum((end - start for start, end in stretches), timedelta())
    return WeekRow(name=words.direction(way), cells=cells, says=words.week(len(stretches), total))


def _touches(finding: Finding, way: Direction) -> bool:
    both = finding.direction is Direction.BOTH and way is not Direction.INTERNAL
    return finding.direction is way or both


def _cell(at: datetime, findings: Sequence[Finding], words: PageWords, *, seen: bool) -> Cell:
    wrong = {one.symptom for one in findings if one.since < at + CELL and (one.ended is None or one.ended > at)}
    state = State.UNKNOWN if not seen else State.SEVERE if wrong & HARD else State.TROUBLE if wrong else State.OK
    return Cell(at=at, state=state, title=f"{words.day(at)} {at:%H:%M} UTC: {words.string(SAID[state])}")


def _merged(stretches: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(stretch for stretch in stretches if stretch[0] < stretch[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
