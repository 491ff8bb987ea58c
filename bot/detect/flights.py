"""Test messages and the routes that they travel, as the detector keeps them: bounded in number."""

import math
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from bot.detect.baseline import RouteUsual
from bot.detect.family import TYPICAL, Tables, Trouble, Vector, bin_of
from bot.detect.places import Held
from bot.types import Leg, Route, Skew

LEAST_KEPT, MOST_KEPT, CONTROL_KEPT, SPARE = 40, 200, 20, 20
LATELY = 10
"""Messages whose folder is remembered."""
BAD_UNDER_WAY, BAD, GOOD = 30.0, 20.0, 0.5
"""Likelihood ratios from and up to which a message is called bad or good."""


class Fate(IntEnum):
    """What became of a test message; ``void`` ones are evidence of nothing."""

    UNDER_WAY = 0
    ARRIVED = 1
    REFUSED = 2
    BOUNCED = 3
    UNREACHABLE = 4
    LOST = 5
    VOID = 6


@dataclass(slots=True, eq=False)
class Flight:
    """One test message; ``row`` is what it says now, ``u`` its log time under way against the usual."""

    on: "ref[Track]"
    """Weak, as the route keeps its messages: a machine that is read anew every minute goes at once, tables and all."""
    probe: str
    sent: float
    centre: float
    tables: Tables
    fate: Fate = Fate.UNDER_WAY
    ended: float = 0.0
    latency: float = 0.0
    u: float = 0.0
    reply: str = ""
    permanent: bool = False
    copies: int = 1
    junk: bool = False
    held: Held | None = None
    spent: bool = False
    """Held back by a trouble that is over: it says nothing about a new one."""
    row: Vector | None = None

    @property
    def track(self) -> "Track":
        """Give the route that it travels, which outlives it; raises ReferenceError where that is not so."""
        track = self.on()
        if track is None:
            raise ReferenceError("a test message whose route is gone")
        return track

    def verdict(self) -> Vector:
        """Look up what the message says, as it stands."""
        if self.fate is Fate.ARRIVED:
            return _row(self.tables.arrived, self.u)
        if self.fate is Fate.REFUSED:
            return self.tables.permanent if self.permanent else self.tables.temporary
        if self.fate is Fate.BOUNCED:
            return self.tables.bounced
        if self.fate is Fate.UNREACHABLE:
            return self.tables.unreachable
        return _row(self.tables.pending, self.u)

    def late(self) -> bool:
        """Tell whether the message came late, or is under way for longer than is usual."""
        if self.row is None or self.fate in {Fate.REFUSED, Fate.BOUNCED, Fate.UNREACHABLE, Fate.VOID}:
            return False
        return self.is_bad(likelihood_ratio(self.row, *TYPICAL[Trouble.TIMING]))

    def is_bad(self, ratio: float) -> bool:
        """Tell whether a likelihood ratio is enough to call the message bad."""
        return ratio > (BAD_UNDER_WAY if self.fate is Fate.UNDER_WAY else BAD)


def _row(table: Vector, u: float) -> Vector:
    row: Vector = table[bin_of(u)]
    return row


def likelihood_ratio(row: Vector, column: int, share: float) -> float:
    """Give the likelihood ratio of a message that is hit by a fault against one that is not."""
    return max((math.exp(row[column]) - (1 - share)) / share, 0.0)


@dataclass(slots=True, weakref_slot=True, eq=False)
class Track:
    """A route with what is usual on it and its last test messages; ``rows`` are the groups that it counts in."""

    route: Route
    index: int
    rows: NDArray[np.intp]
    usual: RouteUsual
    ring: deque[Flight] = field(default_factory=deque)
    by_probe: dict[str, Flight] = field(default_factory=dict)
    last_sent: float = 0.0
    last_arrived: float = 0.0
    last_latency: float = 0.0
    last_accepted: float | None = None
    last_legs: tuple[Leg, ...] = ()
    last_skew: Skew | None = None
    folders: int = 0
    """A bit for each of the last messages that arrived, the newest lowest: 1 in the junk folder."""
    foldered: int = 0
    """How many those are."""
    centre: float = 0.0
    centre_until: float = 0.0
    tables: Tables | None = None
    own_troubles: int = 0
    own_reply: str = ""
    own_since: float = 0.0
    unread: bool = False
    """The mailbox that the route ends in cannot be read: nobody knows what has arrived."""
    interval: float = 0.0
    deadline: float = 0.0
    kept: int = CONTROL_KEPT

    def __post_init__(self) -> None:
        """Work out the lengths that are needed often."""
        self.interval = self.route.interval.total_seconds()
        self.deadline = self.route.deadline.total_seconds()
        if not self.route.control:
            self.kept = int(min(max(self.deadline / self.interval + SPARE, LEAST_KEPT), MOST_KEPT))

    @property
    def mail(self) -> bool:
        """Tell whether the route is mail, and no control route."""
        return not self.route.control

    def keep(self, flight: Flight) -> None:
        """Remember a message, and forget the oldest beyond the bound."""
        self.ring.append(flight)
        self.by_probe[flight.probe] = flight
        if len(self.ring) > self.kept:
            forgotten = self.ring.popleft()
            del self.by_probe[forgotten.probe]
            if self.unread and forgotten.fate is Fate.UNDER_WAY:
                # Its arrival will not be known as its own.
                forgotten.fate = Fate.VOID

    def arrived_in(self, *, junk: bool) -> None:
        """Remember in which folder a message was."""
        self.folders = (self.folders << 1 | junk) & (1 << LATELY) - 1
        self.foldered = min(self.foldered + 1, LATELY)

    def under_way(self) -> list[Flight]:
        """Give the messages of which nothing was heard yet."""
        return [flight for flight in self.ring if flight.fate is Fate.UNDER_WAY]
