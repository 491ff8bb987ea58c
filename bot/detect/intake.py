"""Observations in: each message's fate becomes evidence when it is known, and its waiting while it is not."""

import heapq
import itertools
import math
from collections.abc import Callable
from typing import TypeAlias

from bot.detect.family import Vector, bin_of
from bot.detect.flights import Fate, Flight, Track
from bot.detect.installation import Installation
from bot.detect.places import held
from bot.detect.replies import is_own_trouble, is_permanent
from bot.detect.ringing import Ringing
from bot.detect.sight import CONNECT_LIMIT
from bot.types import (
    Arrived,
    Bounced,
    Duplicated,
    ProbeObservation,
    Refused,
    Sent,
    SightObservation,
    Skew,
    SourceBlind,
    Unreachable,
)

Take: TypeAlias = Callable[[Track, ProbeObservation, float], None]
Looks: TypeAlias = list[tuple[float, int, Flight]]

SHORTEST_TIME = 0.05
LOOK_AGAIN, LOOK_AGAIN_S = 1.06, 2.0
"""A message under way is looked at again when it is so much older."""
SENT_LATELY = 60.0
"""A "sent" that is told later than this is no evidence: its arrival may have been told before."""


class Intake:
    """Turns observations of test messages into evidence, and looks again at those that are under way."""

    def __init__(self, known: Installation, ringing: Ringing) -> None:
        """Start with nothing under way."""
        self._known = known
        self._ringing = ringing
        self._looks: Looks = []
        self._far_looks: Looks = []
        self._number = itertools.count()
        self._read: list[Track] = []

    def take(self, seen: ProbeObservation, now: float, newest: float) -> None:
        """Take in one observation, made at now, where the newest one was made at newest."""
        track = self._known.by_name.get(seen.route)
        if track is None:
            return
        match seen:
            case Sent():
                self._sent(track, seen, now, lately=newest - now <= SENT_LATELY)
            case Arrived():
                self._arrived(track, seen, now)
            case Refused():
                self._refused(track, seen, now)
            case Unreachable():
                self._unreachable(track, seen, now)
            case Duplicated():
                self._duplicated(track, seen)
            case _:
                self._bounced(track, seen, now)

    def see(self, seen: SightObservation) -> None:
        """Take in whether a mailbox can be read: while it cannot, waiting says nothing of the routes that end there."""
        for name in seen.routes:
            track = self._known.by_name.get(name)
            if track is None:
                continue
            track.unread = isinstance(seen, SourceBlind)
            if track.unread and track.mail:
                for flight in track.under_way():
                    self._known.evidence.unsay(flight)

    def settle(self) -> None:
        """Know, once all of one look was taken in, that a mailbox is read from which something came."""
        for track in self._read:
            track.unread = False
        self._read.clear()

    def look(self, limit: float) -> None:
        """Look at the messages under way that are due until a time."""
        looks = self._looks
        while looks and looks[0][0] <= limit:
            when, _, flight = heapq.heappop(looks)
            if flight.fate is not Fate.UNDER_WAY:
                continue
            if flight.track.unread:
                self.look_at(flight, limit + LOOK_AGAIN_S)
            else:
                self._look(flight, when)

    def look_far(self, now: float) -> None:
        """Look at the messages of far places that are due, as far as we were told of them."""
        looks = self._far_looks
        while looks and looks[0][0] <= now:
            when, _, flight = heapq.heappop(looks)
            if flight.fate is not Fate.UNDER_WAY:
                continue
            heard_until = self._known.contacts[flight.track.route.vantage].evidence_until
            if when <= heard_until and not flight.track.unread:
                self._look(flight, when)
            else:
                self.look_at(flight, now + LOOK_AGAIN_S)

    def look_at(self, flight: Flight, when: float) -> None:
        """Plan a look."""
        looks = self._far_looks if flight.track.route.far else self._looks
        heapq.heappush(looks, (when, next(self._number), flight))

    def plan(self, flight: Flight) -> None:
        """Plan the first look at a message: before that its waiting says nothing."""
        if flight.track.mail:
            self.look_at(flight, flight.sent + math.exp(flight.centre + flight.tables.first_u))

    def _look(self, flight: Flight, when: float) -> None:
        age, deadline = when - flight.sent, flight.track.deadline
        if age >= deadline:
            flight.fate = Fate.LOST
            self._say(flight, flight.verdict())
            return
        flight.u = math.log(age) - flight.centre
        self._say(flight, flight.verdict())
        if bin_of(flight.u) >= flight.tables.last_bin:
            self.look_at(flight, flight.sent + deadline)
        else:
            self.look_at(flight, flight.sent + min(max(age * LOOK_AGAIN, age + LOOK_AGAIN_S), deadline))

    def _say(self, flight: Flight, row: Vector) -> None:
        if flight.spent or not flight.track.mail or self._known.sight.dark(flight.track):
            return
        self._known.evidence.say(flight, row)
        self._ringing.note(flight, row)

    def _sent(self, track: Track, seen: Sent, now: float, *, lately: bool) -> None:
        if seen.probe in track.by_probe:
            return
        flight = self._known.begin(track, seen.probe, now)
        if now >= track.last_sent:
            track.last_sent, track.last_accepted = now, seen.accepted_seconds
        if lately:
            self.plan(flight)
        else:
            flight.fate = Fate.VOID

    def _end(self, track: Track, seen: ProbeObservation, sent: float, now: float) -> Flight | None:
        """Find the message that an observation ends, or take it up; None where its end is known already."""
        flight = track.by_probe.get(seen.probe)
        if flight is None:
            flight = self._known.begin(track, seen.probe, sent)
        elif flight.fate not in {Fate.UNDER_WAY, Fate.LOST}:
            return None
        flight.ended = now
        return flight

    def _answered(self, flight: Flight, now: float) -> None:
        if flight.sent > flight.track.own_since:
            flight.track.own_troubles = 0
        for failed in self._known.sight.reached(flight.track, flight.sent, now):
            self._say(failed, failed.verdict())

    def _arrived(self, track: Track, seen: Arrived, now: float) -> None:
        took = seen.latency.total_seconds()
        if now >= track.last_arrived:  # word from afar may be late
            track.last_arrived, track.last_latency, track.last_legs = now, took, seen.legs
            track.last_skew = Skew(seconds=seen.skew_seconds, by=seen.skew_by) if seen.skew_seconds else None
        flight = self._end(track, seen, now - max(took, 0.0), now)
        if flight is None:
            return
        if took < 0 or now < flight.sent:  # arrived before it was sent: some clock is wrong
            flight.fate = Fate.VOID
            self._known.evidence.unsay(flight)
            return
        self._read.append(track)
        flight.fate, flight.latency, flight.junk = Fate.ARRIVED, took, seen.folder == "junk"
        flight.held = held(seen)
        track.arrived_in(junk=flight.junk)
        self._answered(flight, now)
        if track.mail:
            flight.u = math.log(max(took, SHORTEST_TIME)) - flight.centre
            self._say(flight, flight.verdict())
            if self._ringing.is_usual(flight):
                self._known.learn_time(flight, calm=not self._ringing.open)

    def _duplicated(self, track: Track, seen: Duplicated) -> None:
        flight = track.by_probe.get(seen.probe)
        if flight is not None:
            flight.copies += 1

    def _refused(self, track: Track, seen: Refused, now: float) -> None:
        flight = self._end(track, seen, now, now)
        if flight is None:
            return
        flight.fate, flight.reply, flight.permanent = Fate.REFUSED, seen.reply, is_permanent(seen.reply)
        self._ended(flight, now)

    def _own_trouble(self, flight: Flight) -> None:
        track = flight.track
        if not track.own_troubles:
            track.own_since = flight.sent
        track.own_troubles += 1
        track.own_reply = flight.reply
        flight.fate = Fate.VOID
        self._known.evidence.unsay(flight)

    def _bounced(self, track: Track, seen: Bounced, now: float) -> None:
        flight = self._end(track, seen, now, now)
        if flight is None:
            return
        flight.fate, flight.reply = Fate.BOUNCED, f"{seen.status} {seen.reply}".strip()
        self._ended(flight, now)

    def _ended(self, flight: Flight, now: float) -> None:
        if is_own_trouble(flight.reply):
            self._own_trouble(flight)
            return
        self._answered(flight, now)
        if not flight.track.mail:
            return
        self._say(flight, flight.verdict())
        if not self._ringing.open:
            self._known.learn_fate(flight)

    def _unreachable(self, track: Track, seen: Unreachable, now: float) -> None:
        flight = self._end(track, seen, now - CONNECT_LIMIT, now)
        if flight is None:
            return
        flight.fate, flight.reply = Fate.UNREACHABLE, seen.error
        self._known.evidence.unsay(flight)
        for failed in self._known.sight.failed(flight, now):
            self._say(failed, failed.verdict())
            self._known.learn_fate(failed)
        withdrawn = self._known.sight.withdrawn(track.route.vantage)
        if withdrawn is not None:
            self._known.evidence.unsay(withdrawn)
        if self._known.sight.dark(track):
            self._known.void([t for t in self._known.tracks if t.route.vantage == track.route.vantage])
