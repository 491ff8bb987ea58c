"""Test messages and the routes that they travel, as the detector keeps them: bounded, and each looked at when due."""

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from bot.detect.baseline import RouteUsual
from bot.detect.family import Tables, Vector
from bot.types import Route


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

    track: "Track"
    probe: str
    sent: float
    centre: float
    fate: Fate = Fate.UNDER_WAY
    ended: float = 0.0
    latency: float = 0.0
    u: float = 0.0
    reply: str = ""
    permanent: bool = False
    row: Vector | None = None
    tables: Tables | None = None


@dataclass(slots=True, eq=False)
class Track:
    """A route with what is usual on it and its last test messages."""

    route: Route
    index: int
    rows: NDArray[np.intp]
    usual: RouteUsual
    interval: float
    deadline: float
    kept: int
    ring: deque[Flight] = field(default_factory=deque)
    by_probe: dict[str, Flight] = field(default_factory=dict)
    last_sent: float = 0.0
    last_arrived: float = 0.0
    last_latency: float = 0.0
    centre: float = 0.0
    centre_until: float = 0.0
    tables: Tables | None = None
    tables_version: int = -1
    own_trouble: int = 0
    own_reply: str = ""
    own_since: float = 0.0

    def keep(self, flight: Flight) -> None:
        """Remember a message, and forget the oldest beyond the bound."""
        self.ring.append(flight)
        self.by_probe[flight.probe] = flight
        if len(self.ring) > self.kept:
            old = self.ring.popleft()
            if self.by_probe.get(old.probe) is old:
                del self.by_probe[old.probe]
