"""What a watcher saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.types.base import DEFAULT_TENANT
from bot.types.way import Leg

CALENDAR = "calendar:"
"""The name of a calendar as a source begins with this."""
LOOP = "loop:"
"""The name of a loop of our own as a source begins with this: while it hangs, we cannot see all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What every observation has: our own time, and whose it is."""

    at: datetime
    tenant: str = DEFAULT_TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSeen(Seen):
    """Something that happened to one test message."""

    route: str
    probe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(ProbeSeen):
    """The canary began to hand a message over."""

    accepted_seconds: float | None = None
    """How long after that the server had taken it; None where it did not, or did not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(ProbeSeen):
    """The submission server answered with an error; ``stage`` is where (connect, tls, auth, mail, rcpt, data)."""

    reply: str
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable(ProbeSeen):
    """No server answered at all."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(ProbeSeen):
    """The message is in the mailbox, ``latency`` after it was sent; ``folder`` is where."""

    latency: timedelta
    folder: str = "inbox"
    legs: tuple[Leg, ...] = ()
    """Who had the message how long, from handing over to sight; empty where no server stamped it."""
    skew_seconds: float = 0.0
    """How far a server's clock is wrong, where stamps step back in time: behind if negative."""
    skew_by: str = ""
    """Whose clock that is; empty where it may be either of two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicated(ProbeSeen):
    """A further copy came of a message that had arrived; ``folder`` is where the copy is."""

    folder: str = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced(ProbeSeen):
    """A final report of non-delivery came back, with its enhanced status code and the server's words."""

    status: str
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSeen(Seen):
    """What others are shown of the last change to the test entry in a calendar."""

    calendar: str
    change: str
    """The id of the change: making the entry is one, moving it another."""
    age_seconds: float
    """How long ago the change was made."""
    limit_seconds: float
    """A change that is not shown at this age is a fault."""
    fresh: bool
    """Whether the change is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisorySeen(Seen):
    """An advisory as a feed lists it now, raw (a Graph ``serviceHealthIssue``), so that every version is kept."""

    source: str
    issue: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisoryGone(Seen):
    """The feed lists the advisory no more, which is not the same as resolved."""

    source: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBlind(Seen):
    """A feed or a mailbox cannot be read, or cannot be sent from."""

    source: str
    error: str
    routes: tuple[str, ...] = ()
    """Those whose arrivals cannot be seen meanwhile."""
    leaving: tuple[str, ...] = ()
    """Those whose messages cannot be sent meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBack(Seen):
    """It can be read, or sent from, again."""

    source: str
    routes: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Seen):
    """What a person says that they see; ``works`` is None where they did not say."""

    person: str
    text: str
    works: bool | None = None
    request: str = ""
    """As an order's."""


ProbeObservation: TypeAlias = Sent | Refused | Unreachable | Arrived | Duplicated | Bounced
SightObservation: TypeAlias = SourceBlind | SourceBack
Observation: TypeAlias = ProbeObservation | SightObservation | CalendarSeen | AdvisorySeen | AdvisoryGone | Reported
