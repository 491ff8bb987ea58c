"""Whether the bot is alive, sees and can tell; pure, for /healthz, /readyz and /metrics."""

from collections.abc import Iterable, Mapping
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
    """For how long a loop, or a task of the jobs' loop, has not come round, by a clock that no one can set."""

    loop: str
    age: timedelta
    deadline: timedelta
    """Longer than this without a beat, and it hangs."""
    restarts: int = 0
    """How often it was begun anew."""
    error: str = ""
    """Why, the last time."""
    task: bool = False
    """A task waits for the jobs' loop and the store: where it stays away, a restart of the process mends nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mouth:
    """One destination, and why it takes no messages; empty where it does."""

    name: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """The heartbeat to somebody outside: when it was last taken, and why the last one was not."""

    taken: datetime | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet:
    """A jump of the machine's clock: when it was noticed, by the new time, and by how much, below nothing for back."""

    at: datetime
    by: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the bot itself is; the times are of one clock."""

    at: datetime
    started: datetime
    several: bool = False
    """The bot is several companies': what anybody may ask it about itself names nothing of theirs."""
    beats: tuple[Beat, ...] = ()
    store: bool = True
    """The store answered lately."""
    unsaved_since: datetime | None = None
    """Since when what is seen cannot be saved."""
    store_error: str = ""
    store_lost: bool = False
    """The store's file was deleted or replaced: what is saved goes where nobody finds it."""
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
    blocked: int = 0
    """How often the event loop was held up."""
    blocked_for: timedelta = timedelta()
    """The longest time."""
    clock_set: ClockSet | None = None
    """When the machine's clock jumped last, since the start."""
    mouths: tuple[Mouth, ...] = ()
    outward: Outward | None = None
    """None where the settings name nobody."""
    counts: Mapping[Count, int] = field(default_factory=dict)


LOST = "its file was deleted or replaced; stop mailstatus, put the backup back, start it"
LATE = timedelta(minutes=5)
"""A message that waits longer than this is told late, whatever the platform says."""


def stuck(health: Health) -> tuple[str, ...]:
    """Name the loops and tasks that missed their deadline."""
    return tuple(beat.loop for beat in health.beats if beat.age > beat.deadline)


def kinds(loops: Iterable[str]) -> tuple[str, ...]:
    """Give what kinds of loops these are: the rest of a name is a mailbox, a route or a company."""
    return tuple(dict.fromkeys(name.partition(":")[0] for name in loops))


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


def failing(health: Health) -> tuple[str, ...]:
    """Say why the bot cannot do its work at all, for somebody outside; one deaf channel is told by the others."""
    mute = bool(health.mouths) and all(mouth.error for mouth in health.mouths)
    holds = {**conditions(health), Condition.CANNOT_TELL: mute, Condition.CANNOT_HEAR: False}
    names = {
        Condition.LOOP_STUCK: f": {', '.join(stuck(health))}",
        Condition.STORE_DOWN: f": {LOST}" if health.store_lost else "",
    }
    return tuple(f"{condition}{names.get(condition, '')}" for condition, held in holds.items() if held)


def alive(health: Health) -> bool:
    """Tell whether a restart would mend nothing: every loop comes round."""
    return not any(beat.age > beat.deadline for beat in health.beats if not beat.task)


def ready(health: Health) -> bool:
    """Tell whether the bot does its work: it sees, keeps and can tell."""
    return not any(conditions(health).values())
