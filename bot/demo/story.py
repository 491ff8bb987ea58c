"""What a story is made of: events at moments of its own time, and scenes that are worth watching."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.demo.chat.texts import Said
from bot.demo.mail.faults import MailFault
from bot.demo.world import World

Happening: TypeAlias = Callable[[World], None]
CHANNELS = ("Slack", "Teams")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that changes in the world at a moment; ``what`` says it in a few words."""

    at: datetime
    what: str
    happen: Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What people should read in some channels: one message, between two moments, that every pattern is found in."""

    what: str
    since: datetime
    until: datetime
    patterns: tuple[re.Pattern[str], ...]
    channels: tuple[str, ...] = CHANNELS

    def met_by(self, texts: Sequence[Said]) -> bool:
        """Tell whether one of these texts says it in time."""
        in_time = [said.text for said in texts if self.since <= said.at <= self.until]
        return any(all(pattern.search(text) for pattern in self.patterns) for text in in_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A stretch that is played rather than skipped; it may end ``lingers`` after its last event if all was said."""

    name: str
    opens: datetime
    closes: datetime
    expects: tuple[Expectation, ...] = ()
    lingers: timedelta = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Scenes in order of time; every event happens in one of them."""

    name: str
    scenes: tuple[Scene, ...]
    events: tuple[Event, ...]
    incidents: int = 1
    """As how many incidents it should be told."""

    @property
    def begins(self) -> datetime:
        """When the first scene opens."""
        return self.scenes[0].opens

    def within(self, scene: Scene) -> tuple[Event, ...]:
        """Give what happens in a scene, in order of time."""
        inside = [event for event in self.events if scene.opens <= event.at < scene.closes]
        return tuple(sorted(inside, key=lambda event: event.at))


def expect(
    what: str,
    since: datetime,
    *patterns: str,
    within: timedelta = timedelta(hours=1),
    channels: tuple[str, ...] = CHANNELS,
) -> Expectation:
    """Expect one message, ``within`` a time after ``since``, in which all patterns are found, in any case."""
    compiled = tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
    return Expectation(what=what, since=since, until=since + within, patterns=compiled, channels=channels)


def breaks(at: datetime, what: str, fault: MailFault) -> Event:
    """Switch a mail fault on."""
    return Event(at=at, what=what, happen=lambda world: world.mail.faults.switch_on(fault))


def mends(at: datetime, what: str, fault: MailFault) -> Event:
    """Switch a mail fault off again."""
    return Event(at=at, what=what, happen=lambda world: world.mail.faults.switch_off(fault))


def freezes(at: datetime, what: str) -> Event:
    """Show others from now on what stands in the calendars at this moment."""
    return Event(at=at, what=what, happen=lambda world: world.graph.calendars.freeze())
