"""Who is told what, and when something is worth a ring."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.types.base import DEFAULT_TENANT, Direction
from bot.types.incidents import Severity


class Only(StrEnum):
    """What a destination asks for where it does not want everything."""

    ADVISORIES = "advisories"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A stretch of every day, by the clock of a zone; it may run over midnight."""

    start: time
    end: time
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time with work on the mail system that people know of."""

    start: datetime
    end: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A channel that is told, and what it asks for."""

    name: str
    platform: str
    language: str = "en"
    tenant: str = DEFAULT_TENANT
    severities: frozenset[Severity] = frozenset(Severity)
    directions: frozenset[Direction] = frozenset()
    """Empty: all of them."""
    only: Only | None = None
    quiet: QuietHours | None = None
    mention: str = ""
    """Whom to call by name when it is severe, in the platform's own form."""
    next: tuple[str, ...] = ()
    """Destinations that hear of a severe incident, one after another, while nobody acknowledges it."""
    fallback: tuple[str, ...] = ()
    """Destinations that are told in its stead, one after another, each where those before cannot be reached."""
    standby: bool = False
    """Hears nothing until something is passed on to it."""
    edits: bool = False
    """A message can be changed there after it was posted; a Teams webhook cannot do that, a Teams bot can."""
    measured: bool = True
    """Test messages are sent for its tenant, so that there are pictures of what they show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When something is worth a ring; every field is a setting."""

    merge: timedelta = timedelta(minutes=10)
    """News that follows a ring sooner waits, and is told as one; what is severe for the first time does not wait."""
    steady: timedelta = timedelta(minutes=10)
    """Lateness must be severe for this long before that is told as worse: it hovers about the limit."""
    least_delay: timedelta = timedelta(minutes=2)
    """Mail that is late by less is shown, not rung."""
    flap: timedelta = timedelta(hours=1)
    """Trouble that is back within this time after its end is the same trouble."""
    flap_hold: timedelta = timedelta(minutes=30)
    """After it came back once, the all-clear waits until mail has flowed for this long."""
    blind: timedelta = timedelta(minutes=25)
    """A feed or a vantage that cannot see for this long is told."""
    overdue: timedelta = timedelta(minutes=30)
    """A promised update that is late by this much is told, once for an advisory."""
    remind: timedelta = timedelta(hours=24)
    """While it lasts, people hear at least this often."""
    escalate: timedelta = timedelta(minutes=30)
    """A severe incident that nobody acknowledges is passed on after this long, and again after as long."""
    escalations: int = 0
    """How often it is passed on at most: the length of the longest list of next destinations."""
    advice: timedelta = timedelta(hours=1)
    """The vendor's change of advice rings at most this often."""
    gone: timedelta = timedelta(hours=24)
    """An advisory that is listed no more counts as over after this long, where no test message can tell."""
    keep: timedelta = timedelta(days=7)
    """A resolved incident can be joined and opened again for this long."""
    stale: timedelta = timedelta(days=3)
    """An advisory that has not changed for this long when it is first seen is shown, not rung."""
    refresh: timedelta = timedelta(minutes=15)
    """While nothing rings, the figures shown are renewed this often."""
    sources: tuple[str, ...] = ("microsoft",)
    """Feeds whose blindness is told."""
    windows: tuple[Window, ...] = field(default=())
    """Maintenance: all but the severe waits until it is over."""
