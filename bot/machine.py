"""The pure machine of one tenant: observations and time in, changes out."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Self

from pydantic import TypeAdapter

from bot.advisories import meaning, shared
from bot.correlate import (
    LAST,
    Book,
    changes,
    take_back,
    take_blind,
    take_cut_off,
    take_findings,
    take_gone,
    take_leave,
    take_order,
    take_reading,
)
from bot.detect import Calendars, CalendarState, Detector
from bot.types import (
    CALENDAR,
    DEFAULT_TENANT,
    AdvisoryGone,
    AdvisorySeen,
    CalendarSeen,
    Change,
    Claim,
    Direction,
    Incident,
    Observation,
    Order,
    ProbeSeen,
    Reported,
    Route,
    Rules,
    Snapshot,
    SourceBack,
    SourceBlind,
    SourceNow,
    Tally,
)
from bot.words import tell

TICK, SLOW_TICK = timedelta(seconds=5), timedelta(minutes=1)
"""How often time passes: for test messages and fresh news, and for what the vendor says and nobody measures."""
LIVELY = timedelta(minutes=15)
"""News is fresh for so long."""
LATER = 0.1
"""What waits for a while is told later by this share of it at most, where nobody measures."""
REMEMBERED = 20
"""So many of the last messages are shown on page and command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a machine writes down to go on after a restart."""

    book: Book
    detector: str
    calendars: tuple[CalendarState, ...] = ()
    rung: tuple[Change, ...] = ()


class Machine:
    """One tenant's detectors, book and rules; it knows neither clock nor network nor store."""

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        tenant: str = DEFAULT_TENANT,
        rules: Rules | None = None,
        false_alarms_a_year: float = 4.0,
        state: bytes | None = None,
    ) -> None:
        """Start afresh, or from the state that ``dump`` gave; ValueError where that is none."""
        saved = _thrifty(_adapter().validate_json(state)) if state else None
        self.tenant = tenant
        self._routes = bool(routes)
        self.rules = rules or Rules()
        self._detector = Detector(
            routes, false_alarms_a_year=false_alarms_a_year, state=b64decode(saved.detector) if saved else None
        )
        self._calendars = Calendars(saved.calendars if saved else (), tenant=tenant)
        self._book = (saved.book if saved else Book()).of(tenant)
        self._rung = saved.rung if saved else ()
        self._judged: tuple[Book, datetime] | None = None
        """The book as it was judged last, and when."""
        self._news: datetime | None = None
        """When it was last found another one than before."""

    def observe(self, observation: Observation) -> list[Change]:
        """Take in one observation; what our own tests show is told by the next tick."""
        if isinstance(observation, ProbeSeen):
            self._detector.observe(observation)
            return []
        if isinstance(observation, CalendarSeen):
            self._calendars.observe(observation)
            return []
        if isinstance(observation, SourceBlind | SourceBack):
            self._detector.observe(observation)
        self._book = _taken(self._book, observation)
        return self._changes(observation.at)

    def tick(self, now: datetime) -> list[Change]:
        """Let time pass: judge our own tests, and say what is new."""
        findings = (*self._detector.tick(now), *self._calendars.tick())
        if findings or self._book.incidents:
            self._book = take_findings(self._book, findings, now, self.rules.flap)
            self._book = take_cut_off(self._book, findings, now)
        return self._changes(now) if self._is_due(now) else []

    def order(self, order: Order) -> list[Change]:
        """Do what a person asked for."""
        self._book, found = take_order(self._book, order)
        return self._kept(found)

    def leave(self, now: datetime) -> list[Change]:
        """Close what is open: nobody watches from now on."""
        self._detector.let_go()
        self._calendars = Calendars((), tenant=self.tenant)
        self._book, found = take_leave(self._book, now)
        return self._kept(found)

    def rest(self, quiet: timedelta) -> timedelta | None:
        """Tell after how long time must pass for it again, ``quiet`` being for how long it was told nothing.

        None where nothing is under way, open, or waited for: time alone changes nothing then.
        """
        if self._routes:
            return TICK
        if quiet < LIVELY:
            return _patience(quiet)
        waits = self._book.incidents or self._book.blind_told or any(one.blind_since for one in self._book.sights)
        return SLOW_TICK if waits or self._calendars.states else None

    def suspects(self, now: datetime) -> tuple[str, ...]:
        """Name the routes that want a confirming test message now."""
        return self._detector.suspects(now)

    @property
    def open(self) -> tuple[Incident, ...]:
        """Give the incidents that are open, oldest first."""
        return tuple(one for one in self._book.incidents if one.resolved is None and not one.part_of)

    @property
    def advisories(self) -> tuple[Claim, ...]:
        """Give what is listed now, about mail or not."""
        claims = (*self._book.listed, *(claim for incident in self._book.incidents for claim in incident.claims))
        return tuple(claim for claim in claims if claim.gone is None)

    @property
    def sources(self) -> tuple[SourceNow, ...]:
        """Give what can be seen and what cannot."""
        return self._book.sights

    @property
    def is_troubled(self) -> bool:
        """Tell whether an incident is open."""
        return any(incident.resolved is None and not incident.part_of for incident in self._book.incidents)

    def snapshot(self, now: datetime, *, language: str = "en") -> Snapshot:
        """Give all that commands, page and API show."""
        past = [one for one in self._book.incidents if one.resolved is not None and not one.part_of]
        return Snapshot(
            at=now,
            directions=self._detector.now(now),
            calendars=self._calendars.now(self._blind_calendars()),
            open=self.open,
            past=tuple(reversed(past)),
            sources=self.sources,
            advisories=self.advisories,
            rung=self._rung[::-1],
            messages=tuple(tell(change, language=language) for change in reversed(self._rung)),
            tenant=self.tenant,
        )

    def dump(self) -> bytes:
        """Write down all that the machine knows, as JSON."""
        detector = b64encode(self._detector.dump()).decode()
        return _adapter().dump_json(
            Saved(book=self._book, detector=detector, calendars=self._calendars.states, rung=self._rung)
        )

    @classmethod
    def load(
        cls, state: bytes, routes: Sequence[Route], *, tenant: str = DEFAULT_TENANT, rules: Rules | None = None
    ) -> Self:
        """Go on from what ``dump`` wrote down."""
        return cls(routes, tenant=tenant, rules=rules, state=state)

    def _blind_calendars(self) -> dict[str, bool]:
        mine = (sight for sight in self._book.sights if sight.source.startswith(CALENDAR))
        return {sight.source.removeprefix(CALENDAR): sight.blind_since is not None for sight in mine}

    def _is_due(self, now: datetime) -> bool:
        """Tell whether there may be something to say: by what is new or measured at once, else now and then."""
        if not (self._book.incidents or self._book.sights):
            return False
        if self._judged is None or self._news is None or self._judged[0] is not self._book:
            return True
        if any(one.findings and one.resolved is None for one in self._book.incidents):
            return True
        return not timedelta() <= now - self._judged[1] < _patience(now - self._news)

    def _changes(self, now: datetime) -> list[Change]:
        def tallies(directions: Collection[Direction] | None) -> Tally:
            return self._detector.tally(now, directions=directions, window=LAST)

        self._book, found = changes(self._book, now, self.rules, tallies)
        if self._judged is None or self._judged[0] is not self._book:
            self._news = now
        self._judged = self._book, now
        return self._kept(found)

    def _kept(self, found: list[Change]) -> list[Change]:
        """Remember what rang."""
        self._rung = (*self._rung, *(change for change in found if change.rings))[-REMEMBERED:]
        return found


def _patience(quiet: timedelta) -> timedelta:
    """Tell after how long what nobody measures is judged again that brought nothing new for a while."""
    return min(max(TICK, quiet * LATER), SLOW_TICK)


@cache
def _adapter() -> TypeAdapter[Saved]:
    return TypeAdapter(Saved)


def _thrifty(saved: Saved) -> Saved:
    """Let what was read hold each advisory that other tenants have as well by the same reading."""
    book = saved.book
    incidents = tuple(replace(one, claims=_with_shared(one.claims)) for one in book.incidents)
    rung = tuple(
        replace(one, incident=replace(one.incident, claims=_with_shared(one.incident.claims))) if one.incident else one
        for one in saved.rung
    )
    return replace(saved, book=replace(book, incidents=incidents, listed=_with_shared(book.listed)), rung=rung)


def _with_shared(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    return tuple(replace(claim, reading=shared(claim.reading)) for claim in claims)


def _taken(book: Book, seen: AdvisorySeen | AdvisoryGone | SourceBlind | SourceBack | Reported) -> Book:
    match seen:
        case AdvisorySeen():
            return take_reading(book, meaning(seen.issue, source=seen.source, now=seen.at), seen.at)
        case AdvisoryGone():
            return take_gone(book, seen.id, seen.at)
        case SourceBlind():
            return take_blind(book, seen.source, seen.error, seen.at)
        case SourceBack():
            return take_back(book, seen.source, seen.at)
        case Reported():
            return book
