"""What every noun is made of: direction, symptom, route, clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

DEFAULT_TENANT = "default"


class Direction(StrEnum):
    """Whose mail it is, seen from the company that is watched."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    INTERNAL = "internal"
    BOTH = "both"
    NONE = "none"


class Symptom(StrEnum):
    """What people feel; ``unmeasurable`` is our own blindness and never an outage of the mail."""

    SEND_FAILS = "send_fails"
    BOUNCED = "bounced"
    DELAYED = "delayed"
    LOST = "lost"
    CANNOT_ACCESS_MAILBOX = "cannot_access_mailbox"
    CLIENT_ONLY = "client_only"
    SEARCH_BROKEN = "search_broken"
    CALENDAR_STALE = "calendar_stale"
    QUARANTINED = "quarantined"
    SPAM_MISSED = "spam_missed"
    ADMIN_ONLY = "admin_only"
    OTHER = "other"
    UNMEASURABLE = "unmeasurable"


class Clock(Protocol):
    """The only source of time: the machine's own, or a story's."""

    def now(self) -> datetime:
        """Tell the present moment."""

    async def sleep(self, length: timedelta) -> None:
        """Wait on this clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way that test messages travel; a control route joins two other providers and is never mail."""

    name: str
    direction: Direction
    vantage: str
    control: bool = False
    interval: timedelta = timedelta(seconds=60)
    deadline: timedelta = timedelta(hours=1)
    tenant: str = DEFAULT_TENANT
    far: bool = False
    """Its vantage reports over a network, so that word may come late, or not at all."""
