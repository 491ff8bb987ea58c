"""The course of one incident, for its picture: what is read, and what is made of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store import Store
from bot.types import Arrived, Bounced, Direction, Incident, Observation, Refused, Sent, Unreachable
from bot.web.chart import Delays, Mark, Span, Usual, Wait
from bot.web.history import QUARTER, DelayPoint, RollupHistory
from bot.words.picture import Way

STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 180, 360, 1440))
COLUMNS = 100
"""At most so many steps in a picture."""
BEFORE = timedelta(hours=1)
"""Of the time before the trouble, at least so much is shown, so that the difference is seen."""
USUAL_DAY = timedelta(days=1)
FRESH = timedelta(minutes=10)
"""What is so new is read raw: roll-ups come a minute or two later."""
FRESH_MOST = 20_000
"""Observations; more than that, and the roll-ups have to do."""
ENOUGH = 4
"""Quarters of an hour from which it is known what is usual."""
WAIT_LEAST = timedelta(seconds=5)
ENDS = (Arrived, Refused, Bounced, Unreachable)
KINDS = (Sent, *ENDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a picture is drawn from."""

    delays: Delays
    ways: tuple[Way, ...]
    usual: timedelta | None
    """In the middle of the day before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReader:
    """Reads the course of incidents; ``directions`` names the routes that count as mail."""

    store: Store
    directions: Mapping[str, Direction]

    async def read(self, incident: Incident, at: datetime, *, told: str, resolved: str) -> Course | None:
        """Read an incident's course up to ``at``; None where no test message shows it. May raise StoreError."""
        routes = hit(incident, self.directions)
        history = RollupHistory(store=self.store, directions=routes)
        since, until, step = frame(incident.began, at)
        rolled = await history.delays(incident.tenant, since=since, until=until, step=step)
        raw = await self._fresh(incident.tenant, routes, at) if step < QUARTER else []
        points = renewed(rolled, raw, routes, since=since, step=step)
        waits = longest(raw, routes, until=at)
        before = await history.delays(
            incident.tenant, since=incident.began - USUAL_DAY, until=incident.began, step=QUARTER
        )
        over = incident.resolved is not None and incident.resolved <= at
        ways = summed(points, waits, since=incident.began - step, over=over)
        marks = (Mark(at=incident.opened, label=told), *((Mark(at=at, label=resolved),) if over else ()))
        delays = Delays(
            since=since,
            until=until,
            step=step,
            points=tuple(points),
            spans=(Span(start=incident.began, end=at),),
            marks=marks,
            usual=usual(before),
            waits=waits,
        )
        return Course(delays=delays, ways=ways, usual=middle(before)) if ways else None

    async def _fresh(self, tenant: str, routes: Collection[str], at: datetime) -> list[Observation]:
        """Read what came last; nothing where that is too much to read at once."""
        seen: list[Observation] = []
        async with self.store.read() as tx:
            async for one in tx.observations.between(tenant, at - FRESH, at, routes=routes, kinds=KINDS):
                seen.append(one)
                if len(seen) > FRESH_MOST:
                    return []
        return seen


def hit(incident: Incident, directions: Mapping[str, Direction]) -> Mapping[str, Direction]:
    """Choose the routes that an incident was measured on, or all where it is only claimed."""
    named = {route for finding in incident.findings for route in finding.routes}
    return {route: way for route, way in directions.items() if route in named} or directions


def frame(began: datetime, at: datetime) -> tuple[datetime, datetime, timedelta]:
    """Choose from when to when a picture goes, on full steps, and how long a step is."""
    length = at - began
    since = began - max(BEFORE, length / 4)
    wanted = (at - since) / COLUMNS
    step = next((step for step in STEPS if step >= wanted), STEPS[-1])
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    # A step beyond the end, so that what happens there is not on the very edge.
    begin, ends = (since - midnight) // step, (at - midnight) // step + 2
    return midnight + begin * step, midnight + ends * step, step


def renewed(
    rolled: Sequence[DelayPoint],
    raw: Sequence[Observation],
    routes: Mapping[str, Direction],
    *,
    since: datetime,
    step: timedelta,
) -> list[DelayPoint]:
    """Take the steps that were seen whole from what was read raw, and those before them from the roll-ups.

    The step in which the raw ones begin is taken from them where no roll-up has it: the bot may be younger than that.
    """
    if not raw:
        return list(rolled)
    first = since + ((raw[0].at - since) // step + 1) * step
    groups: dict[tuple[datetime, Direction], list[Observation]] = defaultdict(list)
    for one in raw:
        if isinstance(one, ENDS):
            groups[since + (one.at - since) // step * step, routes[one.route]].append(one)
    kept = [point for point in rolled if point.at < first]
    known = {(point.at, point.direction) for point in kept}
    fresh = [_point(at, way, group) for (at, way), group in sorted(groups.items()) if (at, way) not in known]
    return [*kept, *fresh]


def _point(at: datetime, way: Direction, group: Iterable[Observation]) -> DelayPoint:
    delays = [one.latency for one in group if isinstance(one, Arrived)]
    return DelayPoint(
        at=at,
        direction=way,
        arrived=len(delays),
        failed=sum(not isinstance(one, Arrived) for one in group),
        median=part(delays, 0.5) if delays else None,
        worst=max(delays, default=None),
    )


def longest(raw: Iterable[Observation], routes: Mapping[str, Direction], *, until: datetime) -> tuple[Wait, ...]:
    """Find the message of each direction that is under way longest, if it is for more than a few seconds."""
    sent: dict[str, Sent] = {}
    for one in raw:
        if isinstance(one, Sent):
            sent[one.probe] = one
        elif isinstance(one, ENDS):
            sent.pop(one.probe, None)
    first: dict[Direction, datetime] = {}
    for one in sent.values():
        way = routes[one.route]
        first[way] = min(one.at, first.get(way, one.at))
    return tuple(
        Wait(direction=way, sent=at, until=until) for way, at in sorted(first.items()) if until - at > WAIT_LEAST
    )


def summed(points: Sequence[DelayPoint], waits: Sequence[Wait], *, since: datetime, over: bool) -> tuple[Way, ...]:
    """Sum each direction up since the trouble began."""
    return tuple(
        Way(
            direction=way,
            arrived=sum(point.arrived for point in ours),
            failed=sum(point.failed for point in ours),
            worst=max((length for length in _lengths(ours, waits, way)), default=None),
            over=over,
        )
        for way in Direction
        if (ours := [point for point in points if point.direction is way and point.at >= since])
        or any(wait.direction is way for wait in waits)
    )


def _lengths(points: Iterable[DelayPoint], waits: Iterable[Wait], way: Direction) -> list[timedelta]:
    under_way = [wait.until - wait.sent for wait in waits if wait.direction is way]
    return [*under_way, *(point.worst for point in points if point.worst is not None)]


def usual(before: Sequence[DelayPoint]) -> Usual | None:
    """Tell between what delays are usual: nine tenths of the middles and of the worst."""
    lows = [point.median for point in before if point.median is not None]
    highs = [point.worst for point in before if point.worst is not None]
    if len(lows) < ENOUGH or len(highs) < ENOUGH:
        return None
    return Usual(low=part(lows, 0.1), high=part(highs, 0.9))


def middle(before: Sequence[DelayPoint]) -> timedelta | None:
    """Tell the usual delay; None where too little is known."""
    known = [point.median for point in before if point.median is not None]
    return part(known, 0.5) if len(known) >= ENOUGH else None


def part(lengths: Iterable[timedelta], share: float) -> timedelta:
    """Give the length that a share of the others is below."""
    ordered = sorted(lengths)
    return ordered[int(share * (len(ordered) - 1))]
