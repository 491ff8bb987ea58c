"""What the JSON API answers; each field's words are those of the OpenAPI document."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from bot.types import (
    AdvisoryState,
    CalendarNow,
    Claim,
    Direction,
    DirectionNow,
    Finding,
    Place,
    Severity,
    SourceNow,
    Symptom,
    Where,
)
from bot.types import Tally as TallyNoun
from bot.web.ways import State, state_of


class Which(StrEnum):
    """Which incidents are wanted."""

    OPEN = "open"
    PAST = "past"
    ALL = "all"


class Out(BaseModel):
    """A part of an answer; times are UTC, lengths of time are seconds."""

    model_config = ConfigDict(frozen=True)


class Tally(Out):
    """Test messages of the last ten minutes, control routes left out."""

    sent: int
    arrived: int
    refused: int
    bounced: int
    late: int = Field(description="Arrived late, or under way for longer than is usual.")
    waiting: int
    junk: int = Field(description="Arrived in the junk folder.")
    twice: int = Field(description="Arrived more than once.")

    @classmethod
    def of(cls, tally: TallyNoun) -> Self:
        """Make it of our own."""
        return cls(
            sent=tally.sent,
            arrived=tally.arrived,
            refused=tally.refused,
            bounced=tally.bounced,
            late=tally.late,
            waiting=tally.waiting,
            junk=tally.junk,
            twice=tally.twice,
        )


class LegOut(Out):
    """How long one server had a message."""

    by: str
    where: Where
    seconds: float


class SkewOut(Out):
    """A server's clock that is wrong."""

    by: str = Field(description="Whose; empty where it may be either of two.")
    seconds: float = Field(description="Behind if negative.")


class JunkOut(Out):
    """Messages in the junk folder, on the routes where that is no accident."""

    n: int
    of: int = Field(description="Of so many that arrived last.")


class DirectionStatus(Out):
    """How mail in one direction is now, by the test messages."""

    direction: Direction
    state: State = Field(description="`blind` means that we cannot see, which is not an outage of the mail.")
    symptoms: list[Symptom]
    last_arrived: datetime | None
    last_latency: float | None
    usual_latency: float | None
    last_accepted: float | None = Field(description="How long handing over took of the last message that was sent.")
    last_legs: list[LegOut] = Field(description="The way of the last that arrived, a server each.")
    skews: list[SkewOut]
    junk: JunkOut | None
    recent: Tally

    @classmethod
    def of(cls, now: DirectionNow) -> Self:
        """Make it of our own."""
        return cls(
            direction=now.direction,
            state=state_of(now),
            symptoms=list(now.symptoms),
            last_arrived=now.last_arrived,
            last_latency=_seconds(now.last_latency),
            usual_latency=_seconds(now.usual),
            last_accepted=_seconds(now.last_accepted),
            last_legs=[LegOut(by=leg.by, where=leg.where, seconds=leg.seconds) for leg in now.last_legs],
            skews=[SkewOut(by=skew.by, seconds=skew.seconds) for skew in now.skews],
            junk=JunkOut(n=now.junk.n, of=now.junk.of) if now.junk else None,
            recent=Tally.of(now.recent),
        )


class CalendarStatus(Out):
    """How a calendar is shown to others now, by its test entry."""

    calendar: str
    state: State = Field(description="`blind` means that we cannot look it up, which is not a fault of calendars.")
    symptoms: list[Symptom]
    last_shown: datetime | None = Field(description="When a change was last shown.")
    last_took: float | None = Field(description="How long after it was made that was.")
    waiting: float | None = Field(description="How old the last change is while it is not shown yet.")

    @classmethod
    def of(cls, now: CalendarNow) -> Self:
        """Make it of our own."""
        return cls(
            calendar=now.calendar,
            state=state_of(now),
            symptoms=list(now.symptoms),
            last_shown=now.last_shown,
            last_took=_seconds(now.last_took),
            waiting=_seconds(now.waiting),
        )


class SourceStatus(Out):
    """How a feed of the vendor is."""

    source: str
    last_read: datetime | None
    blind_since: datetime | None = Field(description="Since when the feed cannot be read; null while it can.")

    @classmethod
    def of(cls, source: SourceNow) -> Self:
        """Make it of our own; errors stay inside, for they may name hosts."""
        return cls(source=source.source, last_read=source.last_read, blind_since=source.blind_since)


class Status(Out):
    """How mail is now."""

    at: datetime = Field(description="The moment that the status is as of.")
    state: State
    headline: str = Field(description="What is wrong, in a sentence.")
    advice: str = Field(description="What to do.")
    directions: list[DirectionStatus]
    calendars: list[CalendarStatus]
    sources: list[SourceStatus]
    open_incidents: list[str] = Field(description="Ids of the incidents that are open, the loudest first.")


class SpentAt(Out):
    """Where most late messages spent their time, in the middle."""

    where: Where
    held: float
    of: float = Field(description="How long they took in all.")


class Measured(Out):
    """What the test messages show to be wrong."""

    symptom: Symptom
    direction: Direction
    routes: list[str]
    vantages: list[str]
    since: datetime = Field(description="When it began, which is earlier than when it was found.")
    found: datetime
    ended: datetime | None
    share: float = Field(description="Share of the messages that are hit, from 0 to 1.")
    sure: float = Field(description="How sure we are, from 0 to 1.")
    bad: int = Field(description="So many of the last `messages` since the change were bad.")
    messages: int
    reply: str = Field(description="What the server said.")
    place: SpentAt | None = Field(description="Where the late messages spent their time; null where that is not clear.")

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """Make it of our own."""
        return cls(
            symptom=finding.symptom,
            direction=finding.direction,
            routes=list(finding.routes),
            vantages=list(finding.vantages),
            since=finding.since,
            found=finding.found,
            ended=finding.ended,
            share=finding.share,
            sure=finding.sure,
            bad=finding.evidence.bad,
            messages=finding.evidence.of,
            reply=finding.evidence.reply,
            place=_place(finding.evidence.place),
        )


class Advisory(Out):
    """What the vendor says, with both times: theirs, and when we saw it."""

    id: str
    source: str
    title: str
    service: str
    state: AdvisoryState
    status: str = Field(description="The vendor's own word.")
    first_seen: datetime
    closed_seen: datetime | None
    gone: datetime | None = Field(description="Since when the feed lists it no more for us; not the same as resolved.")
    start: datetime | None
    end: datetime | None
    next_update: datetime | None

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """Make it of our own."""
        reading = claim.reading
        return cls(
            id=reading.id,
            source=reading.source,
            title=reading.title,
            service=reading.service,
            state=reading.state,
            status=reading.status,
            first_seen=claim.first_seen,
            closed_seen=claim.closed_seen,
            gone=claim.gone,
            start=reading.start,
            end=reading.end,
            next_update=reading.next_update,
        )


class IncidentOut(Out):
    """One fault: measurements and the vendor's claims side by side."""

    id: str
    began: datetime
    opened: datetime = Field(description="When we first told.")
    resolved: datetime | None
    severity: Severity
    headline: str
    advice: str
    facts: list[str]
    vendor: str = Field(description="What the vendor says, in our words.")
    basis: str = Field(description="How we know.")
    measured: list[Measured]
    advisories: list[Advisory]
    related: list[str] = Field(description="Advisories that look alike and are not shown to be the same fault.")


class Incidents(Out):
    """Incidents that are open or were resolved in the last seven days."""

    at: datetime
    incidents: list[IncidentOut] = Field(description="Open ones first, the loudest first; then the newest first.")


def _place(place: Place | None) -> SpentAt | None:
    if place is None:
        return None
    return SpentAt(where=place.where, held=place.held.total_seconds(), of=place.of.total_seconds())


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
