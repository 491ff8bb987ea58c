"""When to ring: evidence beyond its threshold opens a trouble, and measured relief ends it."""

import math
from collections.abc import Sequence

import numpy as np

from bot.detect.family import SLOW, Trouble, Vector
from bot.detect.flights import Fate, Flight, Track
from bot.detect.installation import Installation
from bot.detect.trouble import Open, column_of

JOINS_AT = 0.6
"""Share of the threshold from which a route of another direction counts as hit, too."""
BURST, BURST_U = 300.0, math.log(5.0)
"""Some minutes in which a single route is a few times slower are no fault."""
SLOW_ROUTE = 2.0
PLAIN = 2.0
"""Within so many spreads of the usual time a message was not held back."""


class Ringing:
    """The troubles that are open, each class on its own; all that are open at a time are one stretch."""

    def __init__(self, known: Installation) -> None:
        """Start in peace."""
        self._known = known
        self.open: dict[Trouble, Open] = {}
        self.cleared: dict[Trouble, float] = {}
        self.stretches = 0
        self.opened = 0

    def is_usual(self, flight: Flight) -> bool:
        """Tell whether an arrival shows what is usual on its route: not what a trouble does to it."""
        timing = self.open.get(Trouble.TIMING)
        if timing is None or flight.track.index not in timing.tracks:
            return True
        return timing.column < SLOW.start and abs(flight.u) < PLAIN * flight.tables.sigma

    def note(self, flight: Flight, row: Vector) -> None:
        """Let every open trouble take in what a message says now."""
        for trouble in self.open.values():
            if flight.sent >= trouble.since and self._is_hit(trouble, flight, row):
                trouble.note(flight, row)

    def check(self, now: float) -> None:
        """Open the troubles whose evidence is beyond the threshold."""
        evidence = self._known.evidence
        if not evidence.hot:
            return
        for kind in Trouble:
            if kind not in self.open:
                any(self._start(group, kind, now) for group in evidence.ringing(kind))
        evidence.cool()

    def end_those_over(self, now: float) -> list[Open]:
        """End the troubles that are over and give them."""
        over = []
        for trouble in tuple(self.open.values()):
            trouble.measure(now)
            if trouble.over(now):
                over.append(trouble)
                self._end(trouble, now)
        return over

    def _is_hit(self, trouble: Open, flight: Flight, row: Vector) -> bool:
        track = flight.track
        if track.index in trouble.tracks:
            return True
        if not trouble.is_bad(flight, trouble.ratio(row)):
            return False
        evidence = self._known.evidence
        enough = JOINS_AT * evidence.ring_at[trouble.kind]
        if track.route.direction not in trouble.scope and evidence.of_track(track, trouble.kind) < enough:
            return False
        trouble.tracks[track.index] = track
        trouble.scope.add(track.route.direction)
        return True

    def _start(self, group: int, kind: Trouble, now: float) -> bool:
        sums = self._known.evidence.sums[group]
        column = column_of(sums, kind)
        members = [track for track in self._known.tracks if group in track.rows]
        flights = self._since_change(members, column, self.cleared.get(kind, 0.0))
        if not flights:
            return False
        if self._is_burst(members, kind, flights, now):
            np.minimum(sums, self._known.evidence.ring_at[kind], out=sums)  # so that it fades as soon as it is over
            return False
        stretch = self._stretch(flights[0].sent)
        self.opened += 1
        trouble = Open(kind, column, f"{stretch}.{self.opened}", stretch, flights[0].sent, now, float(sums[column]))
        hit = {f.track.index for f in flights if f.row is not None and trouble.is_bad(f, trouble.ratio(f.row))}
        trouble.tracks = {track.index: track for track in members if not hit or track.index in hit}
        trouble.scope = {track.route.direction for track in trouble.tracks.values()}
        for flight in flights:
            if flight.track.index in trouble.tracks and flight.row is not None:
                trouble.note(flight, flight.row)
        self.open[kind] = trouble
        self._known.pool.forget_since(trouble.since)
        return True

    def _stretch(self, since: float) -> str:
        if self.open:
            return next(iter(self.open.values())).stretch
        self.stretches += 1
        return f"{int(since)}-{self.stretches}"

    @staticmethod
    def _since_change(members: Sequence[Track], column: int, after: float) -> list[Flight]:
        """Give the messages since the change point: the beginning, in order of sending, that says most."""
        flights = [f for track in members for f in track.ring if f.row is not None and f.sent > after]
        flights = [f for f in flights if not f.spent and f.fate is not Fate.VOID]
        if not flights:
            return []
        flights.sort(key=lambda f: (f.sent, f.track.index, f.probe))
        says = np.array([f.row[column] for f in flights if f.row is not None])
        return flights[int(np.argmax(np.cumsum(says[::-1])[::-1])) :]

    def _is_burst(self, members: Sequence[Track], kind: Trouble, flights: Sequence[Flight], now: float) -> bool:
        if kind is not Trouble.TIMING or now - flights[0].sent >= BURST:
            return False
        sums = self._known.evidence.sums
        slow = [track for track in members if float(sums[track.index, SLOW].max()) > SLOW_ROUTE]
        return len(slow) <= 1 and max(flight.u for flight in flights) < BURST_U

    def _end(self, trouble: Open, now: float) -> None:
        trouble.ended = now
        del self.open[trouble.kind]
        self.cleared[trouble.kind] = trouble.last_bad
        self._known.evidence.clear(trouble.kind)
        for track in trouble.tracks.values():
            for flight in track.ring:
                flight.spent = flight.spent or flight.sent <= trouble.last_bad
