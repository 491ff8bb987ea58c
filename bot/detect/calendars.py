"""Calendars: whether others are shown what was last changed in them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.types import DEFAULT_TENANT, CalendarNow, CalendarSeen, Direction, Evidence, Finding, Symptom

RIGHT_AGAIN = 2
"""So many changes in a row must be shown in time before a calendar counts as right again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A stretch in which a calendar shows old times."""

    since: datetime
    """When the first change was made that was not shown."""
    found: datetime
    bad: int = 1
    of: int = 1
    worst: timedelta
    right: int = 0
    """Changes that were shown in time since the last that was not."""
    right_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarState:
    """What is known of one calendar by its test entry."""

    name: str
    change: str = ""
    """The change that was looked for last."""
    missed: bool = False
    """That change was not shown in time."""
    shown: bool = False
    last_shown: datetime | None = None
    last_took: timedelta | None = None
    waiting: timedelta | None = None
    stale: Stale | None = None
    over: Finding | None = None
    """A stretch that ended and was not told yet."""


class Calendars:
    """Tells of each calendar whether it shows old times; one change that is not shown within its limit is a fault."""

    def __init__(self, states: Iterable[CalendarState] = (), *, tenant: str = DEFAULT_TENANT) -> None:
        """Begin with what is known, or with nothing."""
        self._states = {state.name: state for state in states}
        self._tenant = tenant

    @property
    def states(self) -> tuple[CalendarState, ...]:
        """What is known, to go on from later."""
        return tuple(self._states.values())

    def observe(self, seen: CalendarSeen) -> None:
        """Take in what a lookup shows."""
        state = self._states.get(seen.calendar, CalendarState(name=seen.calendar))
        self._states[seen.calendar] = self._after(state, seen)

    def tick(self) -> tuple[Finding, ...]:
        """Give the findings that are open, and once those that ended since the last tick."""
        found = tuple(self._findings())
        self._states = {name: replace(state, over=None) for name, state in self._states.items()}
        return found

    def now(self, blind: Mapping[str, bool]) -> tuple[CalendarNow, ...]:
        """Say how each calendar is; ``blind`` says of which we know that it cannot be seen."""
        return tuple(_now(state, blind=blind.get(state.name, False)) for state in self._states.values())

    def _findings(self) -> Iterator[Finding]:
        for state in self._states.values():
            if state.over:
                yield state.over
            if state.stale:
                yield _finding(state.name, state.stale, self._tenant)

    def _after(self, state: CalendarState, seen: CalendarSeen) -> CalendarState:
        age, at = timedelta(seconds=seen.age_seconds), seen.at
        if seen.change != state.change:
            state = replace(state, change=seen.change, missed=False, shown=False)
        if not seen.fresh:
            return _not_shown(replace(state, waiting=age, shown=False), age, seen)
        if state.shown:
            return state
        took = None if state.missed else age
        state = replace(state, shown=True, waiting=None, last_shown=at, last_took=took or state.last_took)
        if state.stale is None:
            return state
        stale = _righted(state.stale, at, in_time=not state.missed)
        if stale.right < RIGHT_AGAIN:
            return replace(state, stale=stale)
        return replace(state, stale=None, over=_finding(state.name, stale, self._tenant, ended=stale.right_since))


def _not_shown(state: CalendarState, age: timedelta, seen: CalendarSeen) -> CalendarState:
    """Count a change once when it is due; after that only its age grows."""
    if age < timedelta(seconds=seen.limit_seconds):
        return state
    stale = state.stale
    if stale is None:
        stale = Stale(since=seen.at - age, found=seen.at, worst=age)
    elif not state.missed:
        stale = replace(stale, bad=stale.bad + 1, of=stale.of + 1)
    return replace(state, missed=True, stale=replace(stale, worst=max(stale.worst, age), right=0, right_since=None))


def _righted(stale: Stale, at: datetime, *, in_time: bool) -> Stale:
    """Take in that a change is shown; that of a change which was missed says only since when it may be right."""
    since = stale.right_since or at
    if not in_time:
        return replace(stale, right_since=since)
    return replace(stale, of=stale.of + 1, right=stale.right + 1, right_since=since)


def _finding(name: str, stale: Stale, tenant: str, *, ended: datetime | None = None) -> Finding:
    stretch = f"calendar-{name}-{int(stale.since.timestamp())}"
    return Finding(
        id=stretch,
        stretch=stretch,
        symptom=Symptom.CALENDAR_STALE,
        direction=Direction.NONE,
        routes=(name,),
        vantages=(),
        since=stale.since,
        found=stale.found,
        share=stale.bad / stale.of,
        sure=1.0,
        evidence=Evidence(bad=stale.bad, of=stale.of, late_worst=stale.worst),
        ended=ended,
        tenant=tenant,
    )


def _now(state: CalendarState, *, blind: bool) -> CalendarNow:
    symptoms = (Symptom.CALENDAR_STALE,) if state.stale else (Symptom.UNMEASURABLE,) if blind else ()
    return CalendarNow(
        calendar=state.name,
        symptoms=symptoms,
        last_shown=state.last_shown,
        last_took=state.last_took,
        waiting=state.waiting,
    )
