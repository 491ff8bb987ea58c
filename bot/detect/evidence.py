"""Evidence: Page's CUSUM of every hypothesis on each route, each direction over all vantages, and all mail."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.detect.family import OF_TROUBLE, SIZE, Trouble, Vector
from bot.detect.flights import Flight, Track
from bot.types import Direction, Route

YEAR = 365.25 * 86400.0
MANY_WAYS: Mapping[Trouble, float] = {Trouble.SENDING: 2.5, Trouble.BOUNCING: 1.5, Trouble.TIMING: 3.0}
"""Added to a class's threshold for the groups and hypotheses in it; found by simulation (docs/why-it-rang.md)."""
FEWEST_MESSAGES = 100.0
MOST = 3.0
"""Evidence is kept up to so many thresholds: more would only be slow to fade."""
CAP = 0.52
"""One message says at most so much of the threshold: it takes two to ring."""
LOW = 0.3


def thresholds(routes: Sequence[Route], false_alarms_a_year: float) -> dict[Trouble, float]:
    """Give the evidence of each class that rings so rarely on healthy days, from the number of messages a year."""
    mail = [route for route in routes if not route.control]
    messages = sum(YEAR / route.interval.total_seconds() for route in mail)
    least = math.log(max(messages / false_alarms_a_year, FEWEST_MESSAGES))
    return {trouble: least + more for trouble, more in MANY_WAYS.items()}


class Evidence:
    """The sums of log-likelihood ratios, a row a group: routes first, then directions, then all mail."""

    def __init__(self, routes: Sequence[Route], ring_at: Mapping[Trouble, float]) -> None:
        """Start without evidence."""
        self.ring_at = ring_at
        self.most = max(ring_at.values())
        self.low = LOW * self.most
        self.directions: tuple[Direction, ...] = tuple(sorted({r.direction for r in routes if not r.control}))
        self.first_direction = len(routes)
        self.sums: Vector = np.zeros((len(routes) + len(self.directions) + 1, SIZE))
        self.hot: set[int] = set()

    def rows(self, index: int, route: Route) -> NDArray[np.intp]:
        """Name the groups that a route's messages count in; none for a control route."""
        if route.control:
            return np.array([], dtype=np.intp)
        direction = self.first_direction + self.directions.index(route.direction)
        return np.array([index, direction, len(self.sums) - 1], dtype=np.intp)

    def say(self, flight: Flight, row: Vector) -> None:
        """Let a message say this from now on, in place of what it said before."""
        delta = row if flight.row is None else row - flight.row
        flight.row = row
        where = flight.track.rows
        sums = self.sums[where]
        sums += delta
        np.maximum(sums, 0.0, out=sums)
        self.sums[where] = sums
        if sums.max() >= self.low:
            self.hot.update(where.tolist())

    def unsay(self, flight: Flight) -> None:
        """Take back what a message said against the mail.

        What it said in favour stays: given back after the sums had met their floor, it would pile up as evidence.
        """
        if flight.row is not None:
            self.say(flight, np.minimum(flight.row, 0.0))
            flight.row = None

    def strongest(self, group: int, trouble: Trouble) -> float:
        """Give the highest sum of a class of faults in a group."""
        return float(self.sums[group, OF_TROUBLE[trouble]].max())

    def of_track(self, track: Track, trouble: Trouble) -> float:
        """Give the strongest evidence on one mail route."""
        return self.strongest(track.index, trouble)

    def ringing(self, trouble: Trouble) -> list[int]:
        """Give the groups in which a class of faults is beyond its threshold, the strongest first."""
        strengths = [(self.strongest(group, trouble), group) for group in self.hot]
        return [group for strength, group in sorted(strengths, reverse=True) if strength >= self.ring_at[trouble]]

    def cool(self) -> None:
        """Bound the sums of the groups that are hot, and drop those that are so no more."""
        for group in tuple(self.hot):
            np.minimum(self.sums[group], MOST * self.most, out=self.sums[group])
            if self.sums[group].max() < self.low:
                self.hot.discard(group)

    def clear(self, trouble: Trouble) -> None:
        """Begin anew for a class of faults that is over."""
        self.sums[:, OF_TROUBLE[trouble]] = 0.0
