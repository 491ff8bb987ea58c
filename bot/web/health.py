"""Whether the bot is alive, sees and can tell; pure, for /healthz, /readyz and /metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Count(StrEnum):
    """What is counted since the start; each is a counter in /metrics."""

    OBSERVATIONS = "observations"
    CHANGES = "changes"
    DELIVERIES_SENT = "deliveries_sent"
    DELIVERIES_FAILED = "deliveries_failed"
    DELIVERIES_GIVEN_UP = "deliveries_given_up"
    JOBS_DONE = "jobs_done"
    JOBS_FAILED = "jobs_failed"


class Condition(StrEnum):
    """What can be wrong with the bot itself; each has an entry in docs/runbook.md."""

    LOOP_STUCK = "loop_stuck"
    STORE_DOWN = "store_down"
    CANNOT_SEE = "cannot_see"
    CANNOT_HEAR = "cannot_hear"
    CANNOT_TELL = "cannot_tell"
    TELLING_LATE = "telling_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """When a loop last came round, and how long it may stay away."""

    loop: str
    last: datetime | None
    deadline: timedelta
    """Longer than this without a beat, and the loop hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the bot itself is; the times are of one clock."""

    at: datetime
    started: datetime
    beats: tuple[Beat, ...] = ()
    store: bool = True
    """The store answered lately."""
    sees: bool = True
    """At least one watcher brought something lately."""
    tells: bool = True
    """Every destination, or its fallback, took its last message."""
    hears: bool = True
    """Chat platforms that reach us over a connection of ours did so lately."""
    waiting: int = 0
    """Deliveries that wait to be sent."""
    oldest: datetime | None = None
    """When the longest waiting of them was due."""
    counts: Mapping[Count, int] = field(default_factory=dict)


LATE = timedelta(minutes=5)
"""A message that waits longer than this is told late, whatever the platform says."""


def stuck(health: Health) -> tuple[str, ...]:
    """Name the loops that missed their deadline; one that never came round counts from the start."""
    return tuple(beat.loop for beat in health.beats if health.at - (beat.last or health.started) > beat.deadline)


def conditions(health: Health) -> Mapping[Condition, bool]:
    """Tell of every condition whether it holds."""
    return {
        Condition.LOOP_STUCK: bool(stuck(health)),
        Condition.STORE_DOWN: not health.store,
        Condition.CANNOT_SEE: not health.sees,
        Condition.CANNOT_HEAR: not health.hears,
        Condition.CANNOT_TELL: not health.tells,
        Condition.TELLING_LATE: health.oldest is not None and health.at - health.oldest > LATE,
    }


def alive(health: Health) -> bool:
    """Tell whether a restart would mend nothing: every loop comes round."""
    return not stuck(health)


def ready(health: Health) -> bool:
    """Tell whether the bot does its work: it sees, keeps and can tell."""
    return not any(conditions(health).values())
