"""What people ask, and what they are shown."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.types.advisories import Claim
from bot.types.base import DEFAULT_TENANT, Direction, Symptom
from bot.types.findings import Tally
from bot.types.incidents import Change, Incident
from bot.types.messages import Message
from bot.types.subscriptions import Person
from bot.types.way import Leg, Skew


class Verb(StrEnum):
    """What a person may change from chat."""

    ACK = "ack"
    MUTE = "mute"
    UNMUTE = "unmute"
    PART = "part"
    JOIN = "join"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A change that a person asked for, about an incident."""

    at: datetime
    person: str
    """What others call the person: a name that can change, and that two may bear."""
    by: Person
    """Who it is."""
    verb: Verb
    incident: str
    until: datetime | None = None
    """For ``mute``."""
    advisory: str = ""
    """For ``part`` and ``join``."""
    note: str = ""
    request: str = ""
    """By which it is known where it comes again; empty where nothing does."""
    tenant: str = DEFAULT_TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Junk:
    """How many of the last test messages landed in the junk folder, on the routes where that is no accident."""

    n: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionNow:
    """How mail in one direction is now, by the test messages."""

    direction: Direction
    symptoms: tuple[Symptom, ...] = ()
    """Empty: mail flows. ``unmeasurable`` alone: we cannot see."""
    last_arrived: datetime | None = None
    last_latency: timedelta | None = None
    usual: timedelta | None = None
    last_accepted: timedelta | None = None
    """How long handing over took of the last message that was sent on the same route."""
    last_legs: tuple[Leg, ...] = ()
    """The way of the last that arrived."""
    skews: tuple[Skew, ...] = ()
    """Clocks of servers that were wrong for the last messages."""
    junk: Junk | None = None
    recent: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarNow:
    """How one calendar is shown to others now, by its test entry."""

    calendar: str
    symptoms: tuple[Symptom, ...] = ()
    """Empty: changes are shown. ``unmeasurable`` alone: we cannot see."""
    last_shown: datetime | None = None
    last_took: timedelta | None = None
    waiting: timedelta | None = None
    """How old the last change is while it is not shown yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNow:
    """How a feed is: last read, and since when it cannot be."""

    source: str
    last_read: datetime | None = None
    blind_since: datetime | None = None
    was_blind_since: datetime | None = None
    """When the last stretch without sight began that is over."""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that commands, page and API show, in memory: no request waits for the store."""

    at: datetime
    directions: tuple[DirectionNow, ...] = ()
    calendars: tuple[CalendarNow, ...] = ()
    open: tuple[Incident, ...] = ()
    past: tuple[Incident, ...] = ()
    """Resolved in the last seven days, newest first."""
    sources: tuple[SourceNow, ...] = ()
    advisories: tuple[Claim, ...] = ()
    """Listed now, mail or not."""
    rung: tuple[Change, ...] = ()
    """The last ones that rang, newest first."""
    messages: tuple[Message, ...] = ()
    """The same in words of the tenant's language."""
    tenant: str = DEFAULT_TENANT
