"""What the test messages show to be wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.types.base import DEFAULT_TENANT, Direction, Symptom
from bot.types.way import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Test messages counted over a stretch of time, control routes left out."""

    sent: int = 0
    arrived: int = 0
    refused: int = 0
    bounced: int = 0
    late: int = 0
    """Arrived late, or still under way for longer than is usual."""
    waiting: int = 0
    median: timedelta | None = None
    """Of those that arrived."""
    junk: int = 0
    """Arrived in the junk folder."""
    twice: int = 0
    """Arrived more than once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why we think so: ``bad`` of the last ``of`` messages since the change, and what servers said."""

    bad: int
    of: int
    reply: str = ""
    usual: timedelta | None = None
    late_median: timedelta | None = None
    late_worst: timedelta | None = None
    place: Place | None = None
    """Where the late ones spent their time, where most of them agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the test messages show on which routes; one stretch of trouble may hold several findings."""

    id: str
    """The same while this symptom lasts in this stretch."""
    stretch: str
    """The same for all that is wrong at one time: one stretch is one incident."""
    symptom: Symptom
    direction: Direction
    routes: tuple[str, ...]
    vantages: tuple[str, ...]
    since: datetime
    """The change point, not the time of detection."""
    found: datetime
    share: float
    sure: float
    evidence: Evidence
    ended: datetime | None = None
    """When this symptom was over by measurement; None while it lasts."""
    unheard: bool = False
    """For ``unmeasurable``: a far vantage does not report."""
    tenant: str = DEFAULT_TENANT
