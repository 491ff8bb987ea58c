"""What a person who asks is answered: whole sentences without markup, in parts that each platform dresses."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.types import (
    LOOP,
    CalendarNow,
    Change,
    Direction,
    DirectionNow,
    Incident,
    Message,
    Moment,
    Reason,
    Severity,
    Snapshot,
    SourceNow,
    Symptom,
    Text,
)
from bot.types.aspects import GRAVITY, aspects, covered, is_open
from bot.words import tell
from bot.words.catalogue import catalogue
from bot.words.page import Line, PageWords
from bot.words.way import junk

LINES_MOST = 12
"""Of one part: a chat is no report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some lines under a title."""

    title: Text
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one person is answered; ``incident`` is the one whose buttons are offered."""

    headline: Text
    severity: Severity = Severity.INFO
    advice: Text = ()
    parts: tuple[Part, ...] = ()
    note: Text = ()
    language: str = "en"
    incident: str | None = None
    everyone: bool = False
    """Shown to the whole channel, because the person asked for that."""


def now(snapshot: Snapshot, language: str, *, only: Collection[Direction] = ()) -> Answer:
    """Say how mail is: what is wrong and what to do, each direction, what the vendor says."""
    page = PageWords(catalogue(language))
    shown = [one for one in snapshot.directions if not only or one.direction in only]
    calendars = () if only else tuple(_calendar(one, page) for one in snapshot.calendars)
    ways = Part(title=page.text(Line.NOW), lines=(*(_way(one, snapshot.at, page) for one in shown), *calendars))
    wrong = [incident for incident in by_gravity(snapshot) if not only or _concerns(incident, only)]
    blind = tuple(_blind(one, page) for one in snapshot.sources if one.blind_since and not one.source.startswith(LOOP))
    if not wrong:
        elsewhere = tuple(told(incident, snapshot.at, language).headline for incident in by_gravity(snapshot))
        open_ = Part(title=page.text(Line.OPEN), lines=elsewhere)
        return _quiet(snapshot, shown, (ways, open_, Part(title=page.text(Line.WATCHED), lines=blind)), page)
    said = told(wrong[0], snapshot.at, language)
    others = tuple(told(incident, snapshot.at, language).headline for incident in wrong[1:])
    return Answer(
        headline=said.headline,
        severity=said.severity,
        advice=said.advice,
        parts=filled(
            Part(title=(), lines=(*said.facts, said.vendor)),
            Part(title=page.text(Line.OPEN), lines=others),
            ways,
            Part(title=page.text(Line.WATCHED), lines=blind),
        ),
        language=language,
        incident=wrong[0].id,
    )


def told(incident: Incident, at: datetime, language: str) -> Message:
    """Put an incident in words as it stands, in any language."""
    change = Change(at=at, reason=Reason.UPDATED, incident=incident, rings=False, why="asked", tenant=incident.tenant)
    return tell(change, language=language)


def by_gravity(snapshot: Snapshot) -> list[Incident]:
    """Give the open incidents, the gravest first and the newest of those."""
    order = list(Severity)
    newest = sorted(snapshot.open, key=lambda incident: incident.opened, reverse=True)
    return sorted(newest, key=lambda incident: order.index(incident.severity))


def what(incident: Incident, page: PageWords) -> str:
    """Name what is or was wrong in an incident in a few words."""
    named = dict.fromkeys(page.trouble(one.direction, one.symptom) for one in aspects(incident))
    return page.catalogue.listed(list(named)) or page.severity(incident.severity)


def filled(*parts: Part) -> tuple[Part, ...]:
    """Leave out what is empty."""
    kept = (Part(title=part.title, lines=tuple(line for line in part.lines if line)) for part in parts)
    return tuple(part for part in kept if part.lines)


def _quiet(snapshot: Snapshot, shown: list[DirectionNow], parts: tuple[Part, ...], page: PageWords) -> Answer:
    headline, advice, severity = _verdict(shown, page)
    if severity is Severity.GOOD and len(shown) == 1 < len(snapshot.directions):
        headline = _state(shown[0], page)
    vendor = Part(title=page.text(Line.VENDOR), lines=(_vendor(snapshot, page),))
    return Answer(
        headline=headline,
        severity=severity,
        advice=advice,
        parts=filled(parts[0], vendor, *parts[1:]),
        language=page.catalogue.language,
    )


def _verdict(shown: list[DirectionNow], page: PageWords) -> tuple[Text, Text, Severity]:
    """Judge directions where no incident is open: flowing, partly unseen, wholly unseen, not measured yet."""
    unseen = [one for one in shown if Symptom.UNMEASURABLE in one.symptoms]
    if shown and len(unseen) == len(shown):
        return page.text(Line.BLIND), page.text(Line.BLIND_ADVICE), Severity.WARNING
    if unseen:
        return page.text(Line.PARTLY_BLIND), page.text(Line.PARTLY_BLIND_ADVICE), Severity.INFO
    if not any(one.last_arrived for one in shown):
        return page.text(Line.UNKNOWN), page.text(Line.UNKNOWN_ADVICE), Severity.INFO
    troubles = [(symptom, one.direction) for one in shown for symptom in one.symptoms]
    if troubles:
        symptom, direction = min(troubles, key=lambda trouble: GRAVITY.index(trouble[0]))
        advice = page.catalogue.text("This is new. It is told here as soon as it is sure.")
        return (page.trouble(direction, symptom),), advice, Severity.INFO
    return page.text(Line.FLOWS), page.text(Line.FLOWS_ADVICE), Severity.GOOD


def _vendor(snapshot: Snapshot, page: PageWords) -> Text:
    listed = [claim for claim in snapshot.advisories if is_open(claim) and not claim.gone]
    if not listed:
        return page.catalogue.text("Microsoft lists no problem with mail.")
    names = page.catalogue.listed([f"{claim.reading.id}: {claim.reading.title}" for claim in listed[:LINES_MOST]])
    return page.catalogue.text("Microsoft lists {names}.", names=names)


def _way(one: DirectionNow, at: datetime, page: PageWords) -> Text:
    words = page.catalogue
    return words.joined(_state(one, page), *_last(one, at, page), junk(one, words))


def _state(one: DirectionNow, page: PageWords) -> Text:
    return page.catalogue.text(
        "{direction}: {state}.", direction=page.direction(one.direction), state=page.symptoms(one.symptoms)
    )


def _calendar(one: CalendarNow, page: PageWords) -> Text:
    words = page.catalogue
    said = page.symptoms(one.symptoms) if one.symptoms else page.string(Line.SHOWN)
    if not (one.symptoms or one.last_shown):
        said = page.string(Line.UNMEASURED)
    state = words.text("{direction}: {state}.", direction=page.calendar(one.calendar), state=said)
    return words.joined(state, page.last_shown(one))


def _last(one: DirectionNow, at: datetime, page: PageWords) -> Iterator[Text]:
    if one.last_arrived is None or one.last_latency is None:
        yield page.text(Line.UNMEASURED)
        return
    yield page.catalogue.text(
        "The last test message arrived at {when}, {age} ago, and took {length}.",
        when=Moment(at=one.last_arrived),
        age=page.catalogue.length(max(at - one.last_arrived, timedelta(seconds=1))),
        length=page.length(one.last_latency),
    )


def _blind(source: SourceNow, page: PageWords) -> Text:
    if source.blind_since is None:
        return ()
    return page.text(Line.SOURCE_BLIND, when=Moment(at=source.blind_since, with_date=True), error=source.error)


def _concerns(incident: Incident, only: Collection[Direction]) -> bool:
    return any(covered(one.direction) & set(only) for one in aspects(incident))
