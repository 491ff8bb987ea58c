"""What is usual: learned from each route's own history, robust to outliers, and from all routes together.

A route has its own level and spread of log time under way; the daily rhythm, the tail of late messages and the rates
of stray refusals and bounces are rare things, so they are learned from all routes of the installation together.
"""

import math
from dataclasses import dataclass, field

from bot.detect.family import TAIL_BINS, TAIL_FROM, TAIL_STEP, Usual

HOUR = 3600.0
DAY = 86400.0

PRIOR_LEVEL = math.log(30.0)
PRIOR_SPREAD = 0.5
PRIOR_WEIGHT = 30.0
UNKNOWN_SPREAD = 1.2
"""Spread of u on a route that has not delivered anything yet."""
STALE_AFTER = 1200.0
WANDERS = 0.08
"""How far the level may have moved in an hour in which nothing arrived."""
CLIP = 1.5
CLIPPED_VARIANCE = 0.7784
"""Of a standard normal variable clipped at CLIP."""

PRIOR_MESSAGES = 2000.0
PRIOR_TEMPORARY, PRIOR_PERMANENT, PRIOR_UNREACHABLE, PRIOR_BOUNCED = 1.5, 0.3, 0.3, 0.7
PRIOR_TAIL_MESSAGES, PRIOR_TAIL = 300.0, 3.0
MEMORY = 30 * DAY
UNCONFIRMED = 2
"""Stretches of an hour that wait to be known as healthy."""


@dataclass(slots=True)
class RouteUsual:
    """Level and spread of one route's log time under way; bounded influence, so that no message moves them far."""

    interval: float
    count: float = 0.0
    level: float = PRIOR_LEVEL
    drift: float = 0.0
    variance: float = PRIOR_SPREAD**2
    at: float = 0.0
    recent: float = 0.0

    @property
    def lasting(self) -> float:
        """Messages over which the level of the last hour or two is averaged."""
        return min(max(5400.0 / self.interval, 15.0), 120.0)

    def centre(self, rhythm: float) -> float:
        """Give the log of the usual time under way."""
        return self.level + self.drift + rhythm

    def spread(self, now: float) -> float:
        """Give the spread of u, what is not known of the level included."""
        if not self.count:
            return UNKNOWN_SPREAD
        unsure = 1 / max(2 * min(self.recent, self.lasting), 1.0)
        stale = min(WANDERS * max(now - self.at - STALE_AFTER, 0.0) / HOUR, 0.5)
        return math.sqrt(self.variance * (1 + unsure) + 0.04**2 + stale**2)

    def learn(self, log_time: float, rhythm: float, now: float) -> None:
        """Take one healthy message into account."""
        self.count += 1
        if now - self.at > STALE_AFTER:
            self.recent = min(self.recent, self.lasting) * math.exp(-(now - self.at - STALE_AFTER) / HOUR)
        self.at = max(self.at, now)
        self.recent += 1
        if self.count == 1:
            self.level = log_time - rhythm
            return
        reach = CLIP * math.sqrt(self.variance)
        off = log_time - self.level - rhythm
        near = off - self.drift
        self.drift += _clip(near, reach) / max(min(self.recent, self.lasting), 2.0)
        self.level += _clip(off, reach) / min(self.count, 2 * DAY / self.interval)
        weight = 1 / (min(self.count, 2000.0) + PRIOR_WEIGHT)
        self.variance += (min(near * near, reach * reach) / CLIPPED_VARIANCE - self.variance) * weight
        self.variance = max(self.variance, 0.05**2)


def _clip(value: float, reach: float) -> float:
    return min(max(value, -reach), reach)


@dataclass(slots=True)
class Counts:
    """Messages of a stretch of time by what became of them."""

    since: float = 0.0
    messages: float = 0.0
    temporary: float = 0.0
    permanent: float = 0.0
    unreachable: float = 0.0
    bounced: float = 0.0
    timed: float = 0.0
    tail: list[float] = field(default_factory=lambda: [0.0] * TAIL_BINS)

    def add(self, other: "Counts", keep: float) -> None:
        """Add another stretch, after forgetting all but a share of this one."""
        for name in ("messages", "temporary", "permanent", "unreachable", "bounced", "timed"):
            setattr(self, name, getattr(self, name) * keep + getattr(other, name))
        self.tail = [a * keep + b for a, b in zip(self.tail, other.tail, strict=True)]

    def late(self, u: float) -> None:
        """Count an arrival by its u."""
        self.timed += 1
        if u >= TAIL_FROM:
            self.tail[min(int((u - TAIL_FROM) / TAIL_STEP), TAIL_BINS - 1)] += 1


@dataclass(slots=True)
class PoolUsual:
    """What all routes have in common; a stretch counts only after an hour without trouble has confirmed it."""

    known: Counts = field(default_factory=Counts)
    fresh: list[Counts] = field(default_factory=list)
    rhythm: list[float] = field(default_factory=lambda: [0.0] * 24)
    rhythm_count: list[float] = field(default_factory=lambda: [0.0] * 24)
    version: int = 0

    def counts(self, now: float) -> Counts:
        """Give the counts of the current stretch; older ones are taken as known when they are an hour old."""
        if not self.fresh or now - self.fresh[-1].since >= HOUR:
            self.fresh.append(Counts(since=now))
            while len(self.fresh) > UNCONFIRMED:
                self._confirm(self.fresh.pop(0))
        return self.fresh[-1]

    def forget_since(self, since: float) -> None:
        """Drop the counts of stretches that reach into a time of trouble."""
        self.fresh = [counts for counts in self.fresh if counts.since + HOUR <= since]

    def at_hour(self, now: float) -> float:
        """Give the daily rhythm's part in the log time at a moment, even between the middles of the hours."""
        place = (now % DAY) / HOUR - 0.5
        low = math.floor(place)
        part = place - low
        return self.rhythm[low % 24] * (1 - part) + self.rhythm[(low + 1) % 24] * part

    def learn_rhythm(self, now: float, off: float, per_day: float) -> None:
        """Learn the hour's part from how far a healthy message was off its route's level."""
        hour = int((now % DAY) / HOUR)
        self.rhythm_count[hour] = min(self.rhythm_count[hour] + 1, per_day / 24 * 7)
        self.rhythm[hour] += _clip(off - self.rhythm[hour], 0.8) / (self.rhythm_count[hour] + 60)

    def usual(self, spread: float) -> Usual:
        """Put together what a healthy day is like on a route with this spread."""
        known, all_of = self.known, self.known.messages + PRIOR_MESSAGES
        return Usual(
            sigma=spread,
            tail=self._tail(spread),
            temporary=(known.temporary + PRIOR_TEMPORARY) / all_of,
            permanent=(known.permanent + PRIOR_PERMANENT) / all_of,
            unreachable=(known.unreachable + PRIOR_UNREACHABLE) / all_of,
            bounced=(known.bounced + PRIOR_BOUNCED) / all_of,
        )

    def _confirm(self, counts: Counts) -> None:
        self.known.add(counts, math.exp(-HOUR / MEMORY))
        self.version += 1

    def _tail(self, spread: float) -> tuple[float, ...]:
        """Masses of the tail's bins: what was counted beyond the normal core, and a little that could be."""
        timed = self.known.timed
        masses = []
        for index in range(TAIL_BINS):
            low = TAIL_FROM + TAIL_STEP * index
            expected = timed * (_beyond(low / spread) - _beyond((low + TAIL_STEP) / spread))
            prior = PRIOR_TAIL * (math.exp(-TAIL_STEP * index) - math.exp(-TAIL_STEP * (index + 1)))
            extra = max(self.known.tail[index] - expected - math.sqrt(expected), 0.0)
            masses.append((extra + prior) / (timed + PRIOR_TAIL_MESSAGES))
        return tuple(masses)


def _beyond(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2))
