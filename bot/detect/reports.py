"""What the detector says: findings of open troubles, tallies, and how mail is now."""

import math
import statistics
from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.detect.flights import Fate, Flight, Track
from bot.detect.moments import moment
from bot.detect.places import agreed
from bot.detect.trouble import Open
from bot.types import Direction, DirectionNow, Evidence, Finding, Junk, Symptom, Tally

WINDOW = 10
ENOUGH_BAD = 3
MOST_LATES, ENOUGH_LATES = 50, 5
JUNK_SHARE, JUNK_ENOUGH = 0.2, 2
"""A route on which so many of the last messages that arrived were in the junk folder has trouble with it."""
MOST_SKEWS = 3
FAILED = {Fate.REFUSED, Fate.UNREACHABLE}


def finding(trouble: Open, *, ring_at: float, now: float, tenant: str) -> Finding:
    """Say an open trouble, or one that has just ended, as a finding."""
    tracks = sorted(trouble.tracks.values(), key=lambda track: track.index)
    return Finding(
        id=f"{trouble.id}-{trouble.symptom}",
        stretch=trouble.stretch,
        symptom=trouble.symptom,
        direction=trouble.direction,
        routes=tuple(track.route.name for track in tracks),
        vantages=tuple(sorted({track.route.vantage for track in tracks})),
        since=moment(trouble.since),
        found=moment(trouble.found),
        share=trouble.share,
        sure=1 - 0.05 * math.exp(min(ring_at - trouble.peak, 0.0)),
        evidence=_evidence(trouble, tracks, now),
        ended=None if trouble.ended is None else moment(trouble.ended),
        tenant=tenant,
    )


def _evidence(trouble: Open, tracks: Sequence[Track], now: float) -> Evidence:
    """Give the facts behind a finding: of the newest messages, more of them where few are bad."""
    decided = trouble.decided()
    window = WINDOW
    while sum(bad for _, bad in decided[-window:]) < ENOUGH_BAD and window < len(decided):
        window *= 2
    newest = decided[-window:]
    late = trouble.late() if trouble.symptom in {Symptom.DELAYED, Symptom.LOST} else []
    lates = _lates(late, now)
    return Evidence(
        bad=sum(bad for _, bad in newest),
        of=len(newest),
        reply=trouble.reply,
        usual=_usual(tracks),
        late_median=timedelta(seconds=statistics.median(lates)) if lates else None,
        late_worst=timedelta(seconds=lates[-1]) if lates else None,
        place=agreed([(flight.held, flight.latency) for flight in late if flight.fate is Fate.ARRIVED]),
    )


def _lates(late: Sequence[Flight], now: float) -> list[float]:
    """Give how long the last late messages took, or while hardly any arrived, are under way; shortest first."""
    took = [flight.latency for flight in late if flight.fate is Fate.ARRIVED][-MOST_LATES:]
    waiting = [now - flight.sent for flight in late if flight.fate in {Fate.UNDER_WAY, Fate.LOST}]
    return sorted([*took, max(waiting, default=0.0)] if len(took) >= ENOUGH_LATES else [*took, *waiting])


def _usual(tracks: Sequence[Track]) -> timedelta | None:
    known = [math.exp(track.centre) for track in tracks if track.usual.count]
    return timedelta(seconds=round(statistics.median(known), 1)) if known else None


def tally(tracks: Sequence[Track], since: float, directions: Collection[Direction] | None) -> Tally:
    """Count the test messages that were sent since a time, control routes left out."""
    wanted = [t for t in tracks if t.mail and (directions is None or t.route.direction in directions)]
    flights = [f for track in wanted for f in _sent_since(track, since) if f.fate is not Fate.VOID]
    times = [flight.latency for flight in flights if flight.fate is Fate.ARRIVED]
    return Tally(
        sent=len(flights),
        arrived=len(times),
        refused=sum(flight.fate in FAILED for flight in flights),
        bounced=sum(flight.fate is Fate.BOUNCED for flight in flights),
        late=sum(flight.late() for flight in flights),
        waiting=sum(flight.fate in {Fate.UNDER_WAY, Fate.LOST} for flight in flights),
        median=timedelta(seconds=statistics.median(times)) if times else None,
        junk=sum(flight.junk for flight in flights),
        twice=sum(flight.copies > 1 for flight in flights),
    )


def _sent_since(track: Track, since: float) -> list[Flight]:
    return [flight for flight in track.ring if flight.sent >= since]


def direction_now(
    direction: Direction, tracks: Sequence[Track], troubles: Collection[Open], *, blind: set[int], since: float
) -> DirectionNow:
    """Say how mail in one direction is, by the routes in it."""
    hit = {track.index for track in tracks}
    symptoms = tuple(sorted({t.symptom for t in troubles if hit & t.tracks.keys()}))
    if not symptoms and hit <= blind:
        symptoms = (Symptom.UNMEASURABLE,)
    last = max(tracks, key=lambda track: track.last_arrived)
    return DirectionNow(
        direction=direction,
        symptoms=symptoms,
        last_arrived=moment(last.last_arrived) if last.last_arrived else None,
        last_latency=timedelta(seconds=last.last_latency) if last.last_arrived else None,
        usual=_usual(tracks),
        last_accepted=None if last.last_accepted is None else timedelta(seconds=last.last_accepted),
        last_legs=last.last_legs,
        skews=tuple(dict.fromkeys(track.last_skew for track in tracks if track.last_skew))[:MOST_SKEWS],
        junk=_junk(tracks),
        recent=tally(tracks, since, None),
    )


def _junk(tracks: Sequence[Track]) -> Junk | None:
    """Count what landed in the junk folder, on those routes where that is no accident."""
    counts = [(track.folders.bit_count(), track.foldered) for track in tracks if track.folders]
    hit = [(junk, of) for junk, of in counts if junk >= max(JUNK_ENOUGH, JUNK_SHARE * of)]
    return Junk(n=sum(junk for junk, _ in hit), of=sum(of for _, of in hit)) if hit else None
