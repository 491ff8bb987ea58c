"""Trouble that is open: who is hit, how bad, and when it is over."""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from bot.detect.family import LATE, OF_TROUBLE, SLOW, SLOW_SHARE, TYPICAL, Trouble, Vector
from bot.detect.flights import BAD, GOOD, Fate, Flight, Track, likelihood_ratio
from bot.types import Direction, Symptom

TRAIL, TRAIL_A_ROUTE = 400, 8
MEASURE_EVERY = 10.0
YOUNG, YOUNG_HOLD = 1800.0, 1200.0
HOLD, LONGEST_HOLD = 120.0, 3600.0
LONGER_THAN_BEFORE = 1.3
NEARLY, AT_MOST = 0.9, 1.2
LONGEST_GAP = 3.0
"""Intervals without a message, after which we were not watching."""
RELIEF_BY_LENGTH = 1.4
"""Relief that ends a trouble, by the log of the messages in it: each is a chance for a chance run."""
FADED_OF, FADED_BAD = 200, 4
"""Of so many messages so few bad ones: one in fifty, a fourth of the smallest share that is looked for."""
CONFIDENT = 1.0
LOWEST, HIGHEST = 0.06, 0.95
TYPICALLY_SLOW = SLOW.start + 1
SLOW_BAD, MOST_RATIO, FEW = 3.0, 1e3, 10.0
LOST_AT_LEAST, LOST_TO_LATE = 3, 4
CLEARLY_SLOW = 0.7


@dataclass(slots=True, eq=False)
class Open:
    """One class of trouble while it lasts; ``trail`` holds its last messages with their likelihood ratios."""

    kind: Trouble
    column: int
    id: str
    stretch: str
    since: float
    found: float
    peak: float
    scope: set[Direction] = field(default_factory=set)
    tracks: dict[int, Track] = field(default_factory=dict)
    trail: dict[Flight, float] = field(default_factory=dict)
    noted: int = 0
    last_bad: float = 0.0
    spell: float = 0.0
    reply: str = ""
    lost: int = 0
    came_late: int = 0
    bad: float = 0.0
    of: float = 0.0
    relief: float = 0.0
    low: float = 0.3
    measured: float = 0.0
    touched: bool = True
    faded: bool = False
    ended: float | None = None

    def ratio(self, row: Vector) -> float:
        """Give the likelihood ratio of a message that is hit by this trouble against one that is not."""
        held = likelihood_ratio(row, *TYPICAL[self.kind])
        if self.kind is not Trouble.TIMING:
            return held
        # Held back or only slow: that is often known much later than that it is trouble.
        slow = self.column if self.column >= SLOW.start else TYPICALLY_SLOW
        return max(held, likelihood_ratio(row, slow, SLOW_SHARE))

    def note(self, flight: Flight, row: Vector) -> None:
        """Take in what a message on a route that is hit says now."""
        self.touched = True
        if flight not in self.trail:
            self.noted += 1
            if len(self.trail) >= TRAIL + TRAIL_A_ROUTE * len(self.tracks):
                del self.trail[next(iter(self.trail))]
        ratio = self.trail[flight] = self.ratio(row)
        if self.is_bad(flight, ratio):
            self.reply = flight.reply or self.reply
            self.lost += flight.fate is Fate.LOST
            self.came_late += flight.fate is Fate.ARRIVED

    def is_bad(self, flight: Flight, ratio: float) -> bool:
        """Tell whether a likelihood ratio is enough to call a message bad: less where all are only slow."""
        if self.column >= SLOW.start and flight.fate is not Fate.UNDER_WAY:
            return ratio > SLOW_BAD
        return flight.is_bad(ratio)

    def measure(self, now: float) -> None:
        """Work out the share of bad messages and the relief, in the order of sending: messages held back matter not."""
        if not self.touched or not self.trail or now - self.measured < MEASURE_EVERY:
            return
        self.touched, self.measured = False, now
        flights = sorted(self.trail, key=_by_sending)
        ratios = np.array([self.trail[flight] for flight in flights])
        eases = -np.log((1 - self.low) + self.low * np.minimum(ratios, MOST_RATIO))
        lasted = self._ease(flights, eases.tolist())
        self._count(ratios[: lasted + 1])
        self.faded = self._has_faded(ratios)

    def _ease(self, flights: list[Flight], eases: list[float]) -> int:
        """Sum up what speaks for the end, bounded so that new bad messages soon outweigh it; gives the last bad one.

        Where the trouble had seemed over and came again, the pause is remembered: there may be another.
        """
        enough = self.needed()
        relief, last, seemed_over = 0.0, 0, False
        for place, ease in enumerate(eases):
            relief = min(max(relief + ease, 0.0), AT_MOST * enough)
            seemed_over = seemed_over or relief >= NEARLY * enough
            if not relief:
                if seemed_over:
                    self.spell = max(self.spell, self._watched(flights[last : place + 1]))
                last, seemed_over = place, False
        self.relief = relief
        self.last_bad = max(self.last_bad, flights[last].sent)
        return last

    def _has_faded(self, ratios: Vector) -> bool:
        """Tell whether so few of the last messages are bad that it is what a noisy day brings.

        Nothing is learned of such days while a trouble is open, so chance alone could keep it open for ever.
        """
        bad_from = SLOW_BAD if self.column >= SLOW.start else BAD
        known = ratios[(ratios > bad_from) | (ratios < GOOD)][-FADED_OF:]
        return len(known) == FADED_OF and int((known > bad_from).sum()) <= FADED_BAD

    def _watched(self, flights: list[Flight]) -> float:
        """Give the seconds that messages were sent in; a stretch in which we sent none says nothing of the trouble."""
        longest = LONGEST_GAP * max(track.interval for track in self.tracks.values())
        gaps = (later.sent - earlier.sent for earlier, later in pairwise(flights))
        return sum(gap for gap in gaps if gap <= longest)

    def _count(self, ratios: Vector) -> None:
        """Count the bad messages while the trouble lasted, unless too few of them are still remembered."""
        bad_from = SLOW_BAD if self.column >= SLOW.start else BAD
        bad = float((ratios > bad_from).sum())
        of = bad + float((ratios < GOOD).sum())
        if of < FEW <= self.of:
            return
        self.bad, self.of = bad, of
        # The first bad message chose the beginning, so it says nothing of the share.
        self.low = low_end(self.bad - 1, self.of - 1)

    def needed(self) -> float:
        """Give the relief that ends the trouble: more, the more often a chance run may look like it."""
        return RELIEF_BY_LENGTH * math.log(5 + self.noted)

    def hold(self) -> float:
        """Give the seconds without a bad message that are waited for at least: more where it comes and goes."""
        interval = max(track.interval for track in self.tracks.values())
        if self.spell:
            return min(max(LONGER_THAN_BEFORE * self.spell, YOUNG_HOLD) + interval, LONGEST_HOLD)
        return YOUNG_HOLD + interval if self.last_bad - self.since < YOUNG else HOLD

    def over(self, now: float) -> bool:
        """Tell whether mail is shown to flow again."""
        return self.faded or (self.relief >= self.needed() and now - self.last_bad >= self.hold())

    @property
    def share(self) -> float:
        """Give the share of messages that are hit."""
        return self.bad / self.of if self.of else 1.0

    @property
    def symptom(self) -> Symptom:
        """Give what people feel; late messages are lost once their deadline passed and hardly any came late."""
        if self.kind is Trouble.SENDING:
            return Symptom.SEND_FAILS
        if self.kind is Trouble.BOUNCING:
            return Symptom.BOUNCED
        lost = self.lost >= LOST_AT_LEAST and self.lost > LOST_TO_LATE * self.came_late
        return Symptom.LOST if lost else Symptom.DELAYED

    @property
    def direction(self) -> Direction:
        """Give the direction that is hit; internal mail takes part in what it is seen together with."""
        hit = self.scope - {Direction.INTERNAL} if len(self.scope) > 1 else self.scope
        return next(iter(hit)) if len(hit) == 1 else Direction.BOTH

    def decided(self) -> list[tuple[Flight, bool]]:
        """Give the messages that are known to be bad or good, in the order of sending."""
        known = ((flight, self.is_bad(flight, ratio), ratio) for flight, ratio in self.trail.items())
        sure = [(flight, bad) for flight, bad, ratio in known if bad or ratio < GOOD]
        return sorted(sure, key=lambda pair: _by_sending(pair[0]))

    def late(self) -> list[Flight]:
        """Give the messages that are late, in the order of sending."""
        return [flight for flight, bad in self.decided() if bad]


def _by_sending(flight: Flight) -> tuple[float, int, str]:
    return flight.sent, flight.track.index, flight.probe


def column_of(sums: Vector, kind: Trouble) -> int:
    """Choose the hypothesis that explains best; "slower by a factor" only where "held back" does not do as well."""
    where = OF_TROUBLE[kind]
    if kind is Trouble.TIMING and sums[LATE].max() >= CLEARLY_SLOW * sums[SLOW].max():
        where = LATE
    return int(where.start) + int(np.argmax(sums[where]))


def low_end(bad: float, of: float) -> float:
    """Give the low end of the share of bad messages (Wilson's interval)."""
    of = max(of, 1.0)
    share, z2 = min(max(bad, 0.0) / of, 1.0), CONFIDENT * CONFIDENT
    middle = share + z2 / (2 * of)
    reach = CONFIDENT * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return min(max((middle - reach) / (1 + z2 / of), LOWEST), HIGHEST)
