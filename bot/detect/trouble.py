"""Trouble that is open: who is hit, how bad, and when it is over."""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from bot.detect.family import LATE, OF_TROUBLE, SLOW, SLOW_SHARE, TYPICAL, Trouble, Vector
from bot.detect.flights import Fate, Flight, Track
from bot.types import Direction, Symptom

BAD_UNDER_WAY, BAD, GOOD = 30.0, 3.0, 0.5
"""Likelihood ratios from and up to which a message is called bad or good."""
TRAIL = 400
YOUNG, YOUNG_HOLD = 1800.0, 1200.0
HOLD = 120.0
LONGEST_HOLD = 3600.0
CONFIDENT = 1.28
LOST_AT_LEAST = 3
TOO_SOON = 0.04


@dataclass(slots=True, eq=False)
class Open:
    """One class of trouble while it lasts, with the messages that show how it goes on."""

    kind: Trouble
    column: int
    id: str
    stretch: str
    since: float
    found: float
    scope: set[Direction]
    tracks: dict[int, Track] = field(default_factory=dict)
    trail: dict[Flight, float] = field(default_factory=dict)
    last_bad: float = 0.0
    spell: float = 0.0
    reply: str = ""
    lost: int = 0
    came_late: int = 0
    lates: deque[float] = field(default_factory=lambda: deque(maxlen=50))
    bad: float = 0.0
    of: float = 0.0
    relief: float = 0.0
    touched: bool = True
    noted: int = 0
    ended: float | None = None

    def note(self, flight: Flight, row: Vector) -> None:
        """Take in what a message on a route that is hit says now."""
        self.touched = True
        ratio = self.ratio(row)
        verdict = verdict_of(flight, ratio)
        if flight not in self.trail:
            self.noted += 1
            if len(self.trail) > TRAIL + 8 * len(self.tracks):
                del self.trail[next(iter(self.trail))]
        self.trail[flight] = ratio
        if verdict:
            self._bad(flight)

    def ratio(self, row: Vector) -> float:
        """Give the likelihood ratio of a message that is hit by the fault against one that is not."""
        index, share = (self.column, SLOW_SHARE) if self.column >= SLOW.start else TYPICAL[self.kind]
        return max((math.exp(row[index]) - (1 - share)) / share, 0.0)

    def _bad(self, flight: Flight) -> None:
        if flight.sent > self.last_bad:
            if self.last_bad and self.relief > 0.9 * self.needed():
                self.spell = max(self.spell, flight.sent - self.last_bad)
            self.last_bad = flight.sent
        if flight.reply:
            self.reply = flight.reply
        if flight.fate is Fate.LOST:
            self.lost += 1
        if flight.fate is Fate.ARRIVED:
            self.came_late += 1
            self.lates.append(flight.latency)

    def measure(self) -> None:
        """Work out the share of bad messages and the relief: evidence that the newest ones are healthy."""
        if not self.touched:
            return
        self.touched = False
        flights = sorted(self.trail, key=lambda flight: flight.sent)
        ratios = np.array([self.trail[flight] for flight in flights])
        upto = np.array([flight.sent <= self.last_bad for flight in flights], dtype=bool)
        self.bad = float((ratios[upto] > BAD).sum())
        self.of = float((ratios[upto] > BAD).sum() + (ratios[upto] < GOOD).sum())
        low = _low_end(self.bad, max(self.of, 1.0))
        steps = -np.log((1 - low) + low * np.minimum(ratios, 1e3))
        sums = np.cumsum(steps[::-1])
        self.relief = float(max(sums.max(initial=0.0), 0.0))

    def needed(self) -> float:
        """Give the relief that ends the trouble: more, the more often a chance run may look like it."""
        return math.log((20 + self.noted) / TOO_SOON)

    def hold(self) -> float:
        """Give the time without a bad message that is waited for at least."""
        interval = max(track.interval for track in self.tracks.values())
        if self.spell:
            return min(max(1.3 * self.spell + interval, YOUNG_HOLD + interval), LONGEST_HOLD)
        return YOUNG_HOLD + interval if self.last_bad - self.since < YOUNG else HOLD

    def over(self, now: float) -> bool:
        """Tell whether mail is shown to flow again."""
        return self.relief >= self.needed() and now - self.last_bad >= self.hold()

    @property
    def share(self) -> float:
        """Give the share of messages that are hit."""
        return self.bad / self.of if self.of else 1.0

    @property
    def symptom(self) -> Symptom:
        """Give what people feel."""
        if self.kind is Trouble.SENDING:
            return Symptom.SEND_FAILS
        if self.kind is Trouble.BOUNCING:
            return Symptom.BOUNCED
        return Symptom.LOST if self.lost >= LOST_AT_LEAST and self.lost > 4 * self.came_late else Symptom.DELAYED


def verdict_of(flight: Flight, ratio: float) -> bool:
    """Tell whether a message is bad by its likelihood ratio."""
    return ratio > (BAD_UNDER_WAY if flight.fate is Fate.UNDER_WAY else BAD)


def column_of(sums: Vector, kind: Trouble) -> int:
    """Choose the hypothesis that explains best; "slower by a factor" only where "held back" does not do as well."""
    where = OF_TROUBLE[kind]
    if kind is Trouble.TIMING and sums[LATE].max() >= 0.7 * sums[SLOW].max():
        where = LATE
    return where.start + int(np.argmax(sums[where]))


def _low_end(bad: float, of: float) -> float:
    """Give the low end of the share of bad messages (Wilson's interval)."""
    share, z2 = bad / of, CONFIDENT * CONFIDENT
    middle = share + z2 / (2 * of)
    reach = CONFIDENT * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return min(max((middle - reach) / (1 + z2 / of), 0.02), 0.95)
