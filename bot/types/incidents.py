"""One fault, and what is new about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.types.advisories import Claim
from bot.types.base import DEFAULT_TENANT
from bot.types.findings import Finding, Tally


class Reason(StrEnum):
    """What is new about an incident."""

    OPENED = "opened"
    WORSE = "worse"
    NEW_SYMPTOM = "new symptom"
    VENDOR_CONFIRMS = "vendor confirms"
    VENDOR_SAYS_FIXED = "vendor says fixed"
    """while the test messages still fail"""
    NOT_LISTED = "no longer listed"
    OVERDUE = "overdue"
    BETTER = "better"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    JOINED = "joined"
    PARTED = "parted"
    ADVICE_CHANGED = "advice changed"
    UPDATED = "updated"
    """Something small: recorded and shown, never rung."""
    CANNOT_SEE = "cannot see"
    SEES_AGAIN = "sees again"
    REMINDER = "reminder"
    ESCALATED = "escalated"


class Severity(StrEnum):
    """How loud: severe is refused, bounced or lost for 20 % of a direction, or half of it 15 minutes late."""

    SEVERE = "severe"
    WARNING = "warning"
    INFO = "info"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One fault, however many tickets, routes and symptoms: measurements and claims side by side."""

    id: str
    opened: datetime
    """When we first told, or would have."""
    began: datetime
    """When the fault began, by the earliest measured change point or the vendor's first sight."""
    findings: tuple[Finding, ...] = ()
    claims: tuple[Claim, ...] = ()
    related: tuple[str, ...] = ()
    """Ids of advisories that look alike and are not shown to be the same fault."""
    severity: Severity = Severity.WARNING
    peak: Severity = Severity.INFO
    """The loudest that it was."""
    resolved: datetime | None = None
    reopened: int = 0
    """How often it came back after it was over."""
    part_of: str = ""
    """The incident that this one turned out to be a part of."""
    parts: tuple[str, ...] = ()
    """Incidents that turned out to be parts of this one."""
    told: tuple[str, ...] = ()
    """What people have been told, as keys (``symptom:send_fails``, ``claim:EX1``), so that nothing is told twice."""
    last_rung: datetime | None = None
    shown: datetime | None = None
    """When its figures were last renewed where people see them."""
    severe_since: datetime | None = None
    """Since when it is severe without a break."""
    severe_rung: datetime | None = None
    """When people were first told that it is severe."""
    acknowledged_by: str = ""
    muted_until: datetime | None = None
    muted_by: str = ""
    muted_why: str = ""
    tenant: str = DEFAULT_TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is new about an incident; ``incident`` is as it stands after the change, None where we cannot see."""

    at: datetime
    reason: Reason
    incident: Incident | None
    rings: bool
    why: str
    """Why it rings or does not, in a few words for the log and the page."""
    about: tuple[str, ...] = ()
    """What it is about: ids of advisories or sources."""
    tally: Tally | None = None
    """The last ten minutes of test messages on the incident's directions, or on all of them."""
    feed_blind: bool = False
    """The vendor's word cannot be read now, so its silence means nothing."""
    since: datetime | None = None
    """Since when we cannot see, or could not."""
    tenant: str = DEFAULT_TENANT
