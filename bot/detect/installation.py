"""What the detector knows of one installation: its routes, what is usual on them, and the evidence on them."""

import math
from collections.abc import Mapping, Sequence
from weakref import ref

from bot.detect.baseline import DAY, PoolUsual, RouteUsual
from bot.detect.contact import Contact
from bot.detect.evidence import CAP, Evidence, thresholds
from bot.detect.family import Tables, tables
from bot.detect.flights import Fate, Flight, Track
from bot.detect.sight import Sight
from bot.types import DEFAULT_TENANT, Route

LEVEL_LASTS = 300.0
SETTLED = 60.0
"""Messages after which a route's level is looked up every few minutes only."""
LEARNED = 20.0
"""Messages after which a route's outliers are told from its level."""
SPREAD_STEP = 0.05
"""Routes whose spread is within so much of each other share their tables."""


class Installation:
    """Routes with their messages, what is usual, the evidence, and the vantages' sight."""

    def __init__(self, routes: Sequence[Route], false_alarms_a_year: float) -> None:
        """Start knowing nothing but the routes."""
        self.evidence = Evidence(routes, thresholds(routes, false_alarms_a_year))
        self.pool = PoolUsual()
        self.tracks = [
            Track(route, n, self.evidence.rows(n, route), RouteUsual(interval=route.interval.total_seconds()))
            for n, route in enumerate(routes)
        ]
        self.by_name: Mapping[str, Track] = {track.route.name: track for track in self.tracks}
        self.sight = Sight(self.tracks)
        self.near = [track for track in self.tracks if not track.route.far]
        self.shortest = _shortest(self.near)
        self.contacts = {name: Contact(_shortest(self.at(name))) for name in _far_vantages(routes)}
        self.tenant = routes[0].tenant if routes else DEFAULT_TENANT
        self._tables: dict[int, Tables] = {}
        self._tables_version = -1

    def at(self, vantage: str) -> list[Track]:
        """Give the routes of a vantage."""
        return [track for track in self.tracks if track.route.vantage == vantage]

    def begin(self, track: Track, probe: str, sent: float) -> Flight:
        """Take up a new message, to be judged by what is usual at the time of sending."""
        if sent >= track.centre_until or track.tables is None:
            track.centre = track.usual.centre(self.pool.at_hour(sent))
            track.centre_until = sent + (LEVEL_LASTS if track.usual.recent > SETTLED else 0.0)
            track.tables = self.tables_for(track, sent)
        flight = Flight(ref(track), probe, sent, track.centre, track.tables)
        track.keep(flight)
        return flight

    def tables_for(self, track: Track, now: float) -> Tables:
        """Give the tables for what is usual on a route now; they are worked out anew when rates or tail changed."""
        if self._tables_version != self.pool.version:
            self._tables, self._tables_version = {}, self.pool.version
        key = round(math.log(track.usual.spread(now)) / SPREAD_STEP)
        if key not in self._tables:
            usual = self.pool.usual(math.exp(key * SPREAD_STEP))
            self._tables[key] = tables(usual, CAP * self.evidence.most)
        return self._tables[key]

    def learn_time(self, flight: Flight, *, calm: bool) -> None:
        """Learn from an arrival what is usual; the tail and the rhythm only while all is calm."""
        track = flight.track
        log_time, rhythm = flight.u + flight.centre, self.pool.at_hour(flight.sent)
        if calm and track.usual.count > LEARNED:
            counts = self.pool.counts(flight.ended)
            counts.messages += 1
            counts.late(flight.u)
            a_day = DAY / track.interval * len(self.tracks)
            self.pool.learn_rhythm(flight.sent, log_time - rhythm - track.usual.level, a_day)
        track.usual.learn(log_time, rhythm, flight.ended)

    def learn_fate(self, flight: Flight) -> None:
        """Learn from a message that did not arrive how often that happens."""
        counts = self.pool.counts(flight.ended)
        counts.messages += 1
        if flight.fate is Fate.BOUNCED:
            counts.bounced += 1
        elif flight.fate is Fate.UNREACHABLE:
            counts.unreachable += 1
        elif flight.permanent:
            counts.permanent += 1
        else:
            counts.temporary += 1

    def void(self, tracks: Sequence[Track]) -> None:
        """Drop messages under way as evidence: nobody can know whether they arrived."""
        for track in tracks:
            for flight in track.under_way():
                flight.fate = Fate.VOID
                if track.mail:
                    self.evidence.unsay(flight)


def _shortest(tracks: Sequence[Track]) -> float:
    return min((track.interval for track in tracks), default=60.0)


def _far_vantages(routes: Sequence[Route]) -> list[str]:
    return sorted({route.vantage for route in routes if route.far})
