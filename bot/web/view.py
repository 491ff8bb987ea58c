"""What the page shows, made of a snapshot: pure, with every sentence ready for the template to place."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.types import (
    LOOP,
    Change,
    Claim,
    Direction,
    Incident,
    Message,
    Moment,
    Reason,
    Severity,
    Snapshot,
    SourceNow,
    Symptom,
    Tally,
    Text,
)
from bot.types.aspects import CLOSED, aspects, covered, ended, lasting
from bot.web.chart import Mark, Span
from bot.web.timeline import Event, timeline
from bot.web.ways import State, WayView, state_of, ways
from bot.words.page import Line, PageWords

LOUDNESS = {Severity.SEVERE: 0, Severity.WARNING: 1, Severity.INFO: 2, Severity.GOOD: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The page's first sentence, and what to do."""

    state: State
    headline: Text
    advice: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident, open or past."""

    id: str
    state: State
    severity: str
    troubles: tuple[str, ...]
    tickets: tuple[str, ...]
    when: Text
    taken: str
    """Who is on it."""
    message: Message
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One feed."""

    name: str
    state: State
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedView:
    """One advisory that a feed lists now."""

    id: str
    title: str
    service: str
    status: str
    is_mail: bool
    seen: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The page."""

    at: datetime
    verdict: Verdict
    ways: tuple[WayView, ...]
    open: tuple[IncidentView, ...]
    past: tuple[IncidentView, ...]
    sources: tuple[SourceView, ...]
    listed: tuple[ListedView, ...]
    itself: tuple[SourceView, ...] = ()
    """How the bot is, where that is known."""


Tell = Callable[[Change], Message]


def view(snapshot: Snapshot, words: PageWords, tell: Tell) -> PageView:
    """Say all of a snapshot; the loudest incident, then the newest, comes first."""
    loudest = sorted(
        _own(snapshot.open), key=lambda incident: (LOUDNESS[incident.severity], -incident.opened.timestamp())
    )
    shown = tuple(_incident(incident, snapshot, words, tell) for incident in loudest)
    return PageView(
        at=snapshot.at,
        verdict=_verdict(snapshot, shown, words),
        ways=ways(snapshot, words),
        open=shown,
        past=tuple(_incident(incident, snapshot, words, tell) for incident in _own(snapshot.past)),
        sources=tuple(_source(one, words) for one in snapshot.sources if not one.source.startswith(LOOP)),
        listed=tuple(_listed(claim) for claim in snapshot.advisories),
    )


def _own(incidents: Iterable[Incident]) -> list[Incident]:
    """Leave out what turned out to be a part of another incident, and is told there."""
    return [incident for incident in incidents if not incident.part_of]


def spans(incidents: Iterable[Incident]) -> tuple[Span, ...]:
    """Give the stretches of trouble that were measured; what is only claimed shades no chart."""
    return tuple(Span(start=one.began, end=one.resolved) for one in incidents if one.findings)


def marks(incidents: Iterable[Incident]) -> tuple[Mark, ...]:
    """Give the moments when each advisory was first seen."""
    return tuple(Mark(at=claim.first_seen, label=claim.reading.id) for one in incidents for claim in one.claims)


def _verdict(snapshot: Snapshot, shown: tuple[IncidentView, ...], words: PageWords) -> Verdict:
    if shown:
        return Verdict(state=shown[0].state, headline=shown[0].message.headline, advice=shown[0].message.advice)
    states = {state_of(now) for now in snapshot.directions} or {State.UNKNOWN}
    blind = any(source.blind_since for source in snapshot.sources)
    state, headline, advice = _quiet(states, blind=blind)
    return Verdict(state=state, headline=words.text(headline), advice=words.text(advice))


def _quiet(states: set[State], *, blind: bool) -> tuple[State, Line, Line]:
    """Choose what to say while no incident is open; a direction can be in trouble before its incident is."""
    seen = states - {State.BLIND, State.UNKNOWN}
    if seen - {State.OK}:
        return State.TROUBLE, Line.SUSPECTED, Line.SUSPECTED_ADVICE
    if seen and (blind or State.BLIND in states):
        return State.BLIND, Line.PARTLY_BLIND, Line.PARTLY_BLIND_ADVICE
    if seen:
        return State.OK, Line.FLOWS, Line.FLOWS_ADVICE
    if State.BLIND in states:
        return State.BLIND, Line.BLIND, Line.BLIND_ADVICE
    return State.UNKNOWN, Line.UNKNOWN, Line.UNKNOWN_ADVICE


def _incident(incident: Incident, snapshot: Snapshot, words: PageWords, tell: Tell) -> IncidentView:
    closed = incident.resolved is not None
    state = State.OK if closed else State.SEVERE if incident.severity is Severity.SEVERE else State.TROUBLE
    return IncidentView(
        id=incident.id,
        state=state,
        severity=words.severity(Severity.GOOD if closed else incident.severity),
        troubles=_troubles(incident, words),
        tickets=tuple(claim.reading.id for claim in incident.claims),
        when=_when(incident, words),
        taken=words.string(Line.ACK, person=incident.acknowledged_by) if incident.acknowledged_by else "",
        message=tell(_as_it_stands(incident, snapshot)),
        events=timeline(incident, _told(incident, snapshot), words),
    )


def _told(incident: Incident, snapshot: Snapshot) -> list[Message]:
    """Give what people were told about an incident, and about those that turned out to be parts of it."""
    parts = {one.id for one in (*snapshot.open, *snapshot.past) if one.part_of == incident.id}
    return [message for message in snapshot.messages if message.incident in {incident.id, *parts}]


def _as_it_stands(incident: Incident, snapshot: Snapshot) -> Change:
    """Make the change that says what is true now, for the words to say it; nobody is rung by it."""
    return Change(
        at=snapshot.at,
        reason=Reason.RESOLVED if incident.resolved else Reason.UPDATED,
        incident=incident,
        rings=False,
        why="shown on the page",
        tally=_tally(incident, snapshot),
        feed_blind=any(source.blind_since for source in snapshot.sources),
        tenant=snapshot.tenant,
    )


def _tally(incident: Incident, snapshot: Snapshot) -> Tally:
    """Sum up the last ten minutes on the incident's directions, or on all where it names none."""
    touched = {way for aspect in aspects(incident) for way in covered(aspect.direction)} - {Direction.NONE}
    recent = [now.recent for now in snapshot.directions if now.direction in touched or not touched]
    return Tally(
        sent=sum(tally.sent for tally in recent),
        arrived=sum(tally.arrived for tally in recent),
        refused=sum(tally.refused for tally in recent),
        bounced=sum(tally.bounced for tally in recent),
        late=sum(tally.late for tally in recent),
        waiting=sum(tally.waiting for tally in recent),
        junk=sum(tally.junk for tally in recent),
        twice=sum(tally.twice for tally in recent),
    )


def _troubles(incident: Incident, words: PageWords) -> tuple[str, ...]:
    """Name what lasts, or, where all is over, what there was."""
    by_direction: dict[Direction, list[Symptom]] = {}
    for aspect in lasting(incident) or ended(incident):
        by_direction.setdefault(aspect.direction, []).append(aspect.symptom)
    return tuple(words.trouble(direction, *symptoms) for direction, symptoms in by_direction.items())


def _when(incident: Incident, words: PageWords) -> Text:
    start = Moment(at=incident.began, with_date=True)
    if incident.resolved is None:
        return words.text(Line.SINCE, when=start)
    end = Moment(at=incident.resolved, with_date=incident.resolved.date() != incident.began.date())
    return words.text(Line.FROM_TO, start=start, end=end, length=words.length(incident.resolved - incident.began))


def _source(source: SourceNow, words: PageWords) -> SourceView:
    name = words.source(source.source)
    if source.blind_since:
        when = Moment(at=source.blind_since, with_date=True)
        return SourceView(
            name=name, state=State.BLIND, says=words.text(Line.SOURCE_BLIND, when=when, error=source.error)
        )
    if source.last_read is None:
        return SourceView(name=name, state=State.UNKNOWN, says=words.text(Line.SOURCE_NEVER))
    return SourceView(name=name, state=State.OK, says=words.text(Line.SOURCE_READ, when=Moment(at=source.last_read)))


def _listed(claim: Claim) -> ListedView:
    reading = claim.reading
    return ListedView(
        id=reading.id,
        title=reading.title,
        service=reading.service,
        status=reading.status,
        is_mail=reading.is_mail and reading.state not in CLOSED,
        seen=Moment(at=claim.first_seen, with_date=True),
    )
