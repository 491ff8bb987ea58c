"""The nouns of the pipeline: frozen values that know nothing of the world.

Every moment is an aware UTC ``datetime``, every length of time a ``timedelta``, every share a float from 0 to 1.
"""

from bot.types.advisories import (
    Action,
    AdvisoryState,
    Claim,
    Client,
    Post,
    Reading,
    Topic,
)
from bot.types.base import (
    DEFAULT_TENANT,
    Clock,
    Direction,
    Route,
    Symptom,
)
from bot.types.findings import (
    Evidence,
    Finding,
    Tally,
)
from bot.types.incidents import (
    Change,
    Incident,
    Reason,
    Severity,
)
from bot.types.messages import (
    Delivery,
    Draft,
    Kind,
    Landed,
    Message,
    Moment,
    Text,
)
from bot.types.now import (
    DirectionNow,
    Order,
    Snapshot,
    SourceNow,
    Verb,
)
from bot.types.observations import (
    AdvisoryGone,
    AdvisorySeen,
    Arrived,
    Bounced,
    Observation,
    ProbeObservation,
    ProbeSeen,
    Refused,
    Reported,
    Seen,
    Sent,
    SourceBack,
    SourceBlind,
    Unreachable,
)
from bot.types.rules import (
    Destination,
    Only,
    QuietHours,
    Rules,
    Window,
)
from bot.types.subscriptions import (
    Person,
    Subscription,
)

__all__ = [
    "DEFAULT_TENANT",
    "Action",
    "AdvisoryGone",
    "AdvisorySeen",
    "AdvisoryState",
    "Arrived",
    "Bounced",
    "Change",
    "Claim",
    "Client",
    "Clock",
    "Delivery",
    "Destination",
    "Direction",
    "DirectionNow",
    "Draft",
    "Evidence",
    "Finding",
    "Incident",
    "Kind",
    "Landed",
    "Message",
    "Moment",
    "Observation",
    "Only",
    "Order",
    "Person",
    "Post",
    "ProbeObservation",
    "ProbeSeen",
    "QuietHours",
    "Reading",
    "Reason",
    "Refused",
    "Reported",
    "Route",
    "Rules",
    "Seen",
    "Sent",
    "Severity",
    "Snapshot",
    "SourceBack",
    "SourceBlind",
    "SourceNow",
    "Subscription",
    "Symptom",
    "Tally",
    "Text",
    "Topic",
    "Unreachable",
    "Verb",
    "Window",
]
