"""The detector: observations in, findings out; pure, and the same for the live bot, backtest and replay."""

import heapq
import itertools
import math
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from bot.detect.baseline import PoolUsual, RouteUsual
from bot.detect.evidence import CAP, Evidence, thresholds
from bot.detect.family import OF_TROUBLE, SIZE, SLOW, Tables, Trouble, Vector, bin_of, tables
from bot.detect.flights import Fate, Flight, Track
from bot.detect.replies import is_own_trouble, is_permanent
from bot.detect.sight import CONNECT_LIMIT, Sight
from bot.detect.trouble import Open, column_of, verdict_of
from bot.types import (
    Arrived,
    Bounced,
    Direction,
    Finding,
    Evidence as Reason,
    ProbeObservation,
    Refused,
    Route,
    Sent,
    Symptom,
    Tally,
    Unreachable,
)

NOTHING: Vector = np.zeros(SIZE)
BURST = 300.0


def seconds(moment: datetime) -> float:
    return moment.timestamp()


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


class Detector:
    def __init__(
        self, routes: Sequence[Route], *, false_alarms_a_year: float = 4.0, state: bytes | None = None
    ) -> None:
        self.ring_at = thresholds(routes, false_alarms_a_year)
        self.evidence = Evidence(routes, self.ring_at)
        self.pool = PoolUsual()
        self.tracks = {}
        for i, r in enumerate(routes):
            iv = r.interval.total_seconds()
            kept = int(min(max(r.deadline.total_seconds() / iv + 20, 40), 200)) if not r.control else 20
            self.tracks[r.name] = Track(
                route=r,
                index=i,
                rows=np.array(self.evidence.rows(i, r), dtype=np.intp),
                usual=RouteUsual(interval=iv),
                interval=iv,
                deadline=r.deadline.total_seconds(),
                kept=kept,
            )
        self.by_index = list(self.tracks.values())
        self.sight = Sight(self.by_index)
        self.looks: list[tuple[float, int, Flight]] = []
        self.count = itertools.count()
        self.shortest = min((t.interval for t in self.by_index), default=60.0)
        self.last_seen = 0.0
        self.open: dict[Trouble, Open] = {}
        self.ended: list[Open] = []
        self.cache: dict[int, Tables] = {}
        self.cache_version = -1
        self.stretches = 0
        self.batch: list[ProbeObservation] = []
        self.batch_at: datetime | None = None
        self.stirred = False

    # --- observations
    def observe(self, observation: ProbeObservation) -> None:
        if self.batch and observation.at != self.batch_at:
            self.flush()
        self.batch.append(observation)
        self.batch_at = observation.at

    def flush(self) -> None:
        batch, self.batch = self.batch, []
        if len(batch) > 1:
            batch.sort(key=lambda o: (not isinstance(o, Sent), type(o).__name__, o.route, o.probe))
        for o in batch:
            self.take(o)

    def take(self, o: ProbeObservation) -> None:
        track = self.tracks.get(o.route)
        if track is None:
            return
        now = o.at.timestamp()
        self.advance(now)
        self.last_seen = max(self.last_seen, now)
        if isinstance(o, Sent):
            self.sent(track, o.probe, now)
        elif isinstance(o, Arrived):
            self.arrived(track, o, now)
        elif isinstance(o, Refused):
            self.refused(track, o, now)
        elif isinstance(o, Unreachable):
            self.unreachable(track, o, now)
        else:
            self.bounced(track, o, now)

    def centre(self, track: Track, now: float) -> None:
        track.centre = track.usual.centre(self.pool.at_hour(now))
        track.centre_until = now + 300 if track.usual.recent > 60 else now
        spread = track.usual.spread(now)
        if self.cache_version != self.pool.version:
            self.cache, self.cache_version = {}, self.pool.version
        key = round(math.log(spread) / 0.05)
        if key not in self.cache:
            self.cache[key] = tables(self.pool.usual(math.exp(key * 0.05)), CAP * self.evidence.most)
        track.tables = self.cache[key]

    def begin(self, track: Track, probe: str, sent: float) -> Flight:
        if sent >= track.centre_until:
            self.centre(track, sent)
        f = Flight(track, probe, sent, track.centre)
        f.tables = track.tables
        track.keep(f)
        return f

    def sent(self, track: Track, probe: str, now: float) -> None:
        if probe in track.by_probe:
            return
        f = self.begin(track, probe, now)
        track.last_sent = now
        if len(track.rows):
            self.look_at(f, now + math.exp(f.centre + f.tables.first_u))

    def look_at(self, f: Flight, when: float) -> None:
        heapq.heappush(self.looks, (when, next(self.count), f))

    def advance(self, now: float) -> None:
        limit = min(now, self.last_seen + max(15.0, 0.5 * self.shortest)) if self.last_seen else now
        while self.looks and self.looks[0][0] <= limit:
            when, _, f = heapq.heappop(self.looks)
            if f.fate is Fate.UNDER_WAY:
                self.look(f, when)

    def look(self, f: Flight, when: float) -> None:
        age = when - f.sent
        if not len(f.track.rows):
            return
        if age >= f.track.deadline:
            f.fate = Fate.LOST
            self.say(f, f.row if f.row is not None else NOTHING)
            return
        f.u = math.log(age) - f.centre
        i = bin_of(f.u)
        self.say(f, f.tables.pending[i])
        if i >= f.tables.last_bin:
            self.look_at(f, f.sent + f.track.deadline)
        else:
            self.look_at(f, f.sent + min(max(age * 1.06, age + 2), f.track.deadline))

    def reached(self, f: Flight, now: float) -> None:
        for other in self.sight.reached(f.track, f.sent, now):
            self.say(other, other.tables.unreachable)

    def say(self, f: Flight, row: Vector) -> None:
        if self.sight.vantages[f.track.route.vantage].dark or not len(f.track.rows):
            return
        self.evidence.say(f, row)
        for o in self.open.values():
            self.tell(o, f, row)

    def tell(self, o: Open, f: Flight, row: Vector) -> None:
        t = f.track
        if f.sent < o.since:
            return
        if t.index in o.tracks:
            o.note(f, row)
        elif verdict_of(f, o.ratio(row)) and (
            t.route.direction in o.scope or self.evidence.of_track(t, o.kind) > 0.6 * self.ring_at[o.kind]
        ):
            o.tracks[t.index] = t
            o.scope.add(t.route.direction)
            o.note(f, row)

    def end(self, track: Track, o: ProbeObservation, sent: float, fate: Fate, now: float) -> Flight | None:
        f = track.by_probe.get(o.probe)
        if f is None:
            f = self.begin(track, o.probe, sent)
        elif f.fate not in (Fate.UNDER_WAY, Fate.LOST):
            return None
        f.fate, f.ended = fate, now
        return f

    def arrived(self, track: Track, o: Arrived, now: float) -> None:
        took = o.latency.total_seconds()
        f = self.end(track, o, now - took, Fate.ARRIVED, now)
        if f is None:
            return
        track.own_trouble = 0
        self.reached(f, now)
        track.last_arrived, track.last_latency = now, took
        if not len(track.rows):
            return
        f.latency = took
        log_took = math.log(max(took, 0.05))
        f.u = log_took - f.centre
        self.say(f, f.tables.arrived[bin_of(f.u)])
        self.learn(track, f, log_took)

    def calm(self) -> bool:
        return not self.open

    def learn(self, track: Track, f: Flight, log_took: float) -> None:
        timing = self.open.get(Trouble.TIMING)
        if timing is not None and track.index in timing.tracks:
            return
        rhythm = self.pool.at_hour(f.sent)
        if track.usual.count > 20 and not self.open:
            c = self.pool.counts(f.ended)
            c.messages += 1
            c.late(f.u)
            self.pool.learn_rhythm(
                f.sent, log_took - rhythm - track.usual.level, 86400 / track.interval * len(self.by_index)
            )
        track.usual.learn(log_took, rhythm, f.ended)

    def refused(self, track: Track, o: Refused, now: float) -> None:
        f = self.end(track, o, now, Fate.REFUSED, now)
        if f is None:
            return
        self.reached(f, now)
        f.reply = o.reply
        if not len(track.rows):
            return
        if is_own_trouble(o.reply):
            f.fate = Fate.VOID
            track.own_trouble += 1
            track.own_reply = o.reply
            if track.own_trouble == 1:
                track.own_since = f.sent
            self.say(f, NOTHING)
            return
        track.own_trouble = 0
        f.permanent = is_permanent(o.reply)
        self.say(f, f.tables.permanent if f.permanent else f.tables.temporary)
        if not self.open:
            c = self.pool.counts(now)
            c.messages += 1
            if f.permanent:
                c.permanent += 1
            else:
                c.temporary += 1
        self.stirred = True

    def unreachable(self, track: Track, o: Unreachable, now: float) -> None:
        f = self.end(track, o, now - CONNECT_LIMIT, Fate.UNREACHABLE, now)
        if f is None:
            return
        f.reply = o.error
        use, drop = self.sight.failed(f, now)
        for x in drop:
            self.evidence.say(x, NOTHING) if len(x.track.rows) else None
        for x in use:
            self.say(x, x.tables.unreachable)
        if self.sight.vantages[track.route.vantage].dark:
            self.blinded(track.route.vantage)
        self.stirred = True

    def blinded(self, vantage: str) -> None:
        for t in self.by_index:
            if t.route.vantage == vantage and len(t.rows):
                for f in t.ring:
                    if f.fate is Fate.UNDER_WAY:
                        f.fate = Fate.VOID
                        if f.row is not None:
                            self.evidence.say(f, NOTHING)

    def bounced(self, track: Track, o: Bounced, now: float) -> None:
        f = self.end(track, o, now, Fate.BOUNCED, now)
        if f is None:
            return
        f.reply = o.status
        self.reached(f, now)
        if not len(track.rows):
            return
        self.say(f, f.tables.bounced)
        if not self.open:
            c = self.pool.counts(now)
            c.messages += 1
            c.bounced += 1

    # --- findings
    def tick(self, now: datetime) -> tuple[Finding, ...]:
        self.flush()
        t = now.timestamp()
        self.advance(t)
        if self.evidence.hot:
            self.ring(t)
            self.evidence.cool()
        out = []
        for o in tuple(self.open.values()):
            o.measure()
            if o.over(t):
                o.ended = t
                del self.open[o.kind]
                self.evidence.clear(o.kind)
            out.append(self.finding(o))
        out.extend(self.blind(t))
        return tuple(out)

    def ring(self, now: float) -> None:
        for kind in Trouble:
            if kind in self.open:
                continue
            ripe = [(self.evidence.strongest(g, kind), g) for g in self.evidence.hot]
            ripe = [x for x in ripe if x[0] >= self.ring_at[kind]]
            for _, g in sorted(ripe, reverse=True):
                if self.start(g, kind, now):
                    break

    def members(self, g: int) -> list[Track]:
        return [t for t in self.by_index if g in t.rows]

    def start(self, g: int, kind: Trouble, now: float) -> bool:
        column = column_of(self.evidence.sums[g], kind)
        members = self.members(g)
        flights = sorted(
            (f for t in members for f in t.ring if f.row is not None and f.fate is not Fate.VOID), key=lambda f: f.sent
        )
        values = np.array([f.row[column] for f in flights])
        suffix = np.cumsum(values[::-1])[::-1]
        start = int(np.argmax(suffix))
        since = flights[start].sent
        after = flights[start:]
        if column >= SLOW.start:
            spread = sum(1 for t in members if self.evidence.sums[t.index, SLOW].max() > 2)
            if spread < 2 and now - since < BURST:
                return False
        if not self.open:
            self.stretches += 1
        stretch = f"{int(since)}-{self.stretches}" if not self.open else next(iter(self.open.values())).stretch
        o = Open(
            kind=kind, column=column, id=f"{stretch}/{kind.name}", stretch=stretch, since=since, found=now, scope=set()
        )
        hit = {f.track.index for f in after if verdict_of(f, o.ratio(f.row))} or {t.index for t in members}
        o.tracks = {i: self.by_index[i] for i in hit}
        o.scope = {t.route.direction for t in o.tracks.values()}
        for f in after:
            if f.track.index in hit:
                o.note(f, f.row)
        self.open[kind] = o
        self.pool.forget_since(since)
        return True

    def finding(self, o: Open) -> Finding:
        d = o.scope
        direction = next(iter(d)) if len(d) == 1 else Direction.BOTH
        tracks = sorted(o.tracks.values(), key=lambda t: t.index)
        return Finding(
            id=f"{o.id}/{o.symptom}",
            stretch=o.stretch,
            symptom=o.symptom,
            direction=direction,
            routes=tuple(t.route.name for t in tracks),
            vantages=tuple(sorted({t.route.vantage for t in tracks})),
            since=moment(o.since),
            found=moment(o.found),
            share=min(o.share, 1.0),
            sure=0.99,
            evidence=Reason(bad=int(o.bad), of=int(o.of), reply=o.reply),
            ended=moment(o.ended) if o.ended else None,
        )

    def blind(self, now: float) -> Iterable[Finding]:
        for v in self.sight.vantages.values():
            if not v.dark:
                continue
            lit, since = v.lit, v.dark_since
            if lit:
                v.dark_since = v.lit = None
            yield Finding(
                id=f"blind-{v.name}-{int(since)}",
                stretch=f"blind-{v.name}-{int(since)}",
                symptom=Symptom.UNMEASURABLE,
                direction=Direction.NONE,
                routes=(),
                vantages=(v.name,),
                since=moment(since),
                found=moment(v.found),
                share=1.0,
                sure=1.0,
                evidence=Reason(bad=1, of=1),
                ended=moment(lit) if lit else None,
            )
