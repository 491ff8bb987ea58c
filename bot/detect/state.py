"""All that a detector knows as bytes and back: compact JSON, so that a restart forgets nothing."""

import itertools
import json
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeAlias
from weakref import ref

from bot.detect.baseline import Counts, PoolUsual, RouteUsual
from bot.detect.family import SIZE, Trouble
from bot.detect.flights import Fate, Flight, Track
from bot.detect.installation import Installation
from bot.detect.intake import Intake
from bot.detect.ringing import Ringing
from bot.detect.sight import Sight
from bot.detect.times import Times
from bot.detect.trouble import Open
from bot.types import Direction, Where

Json: TypeAlias = dict[str, Any]

VERSION = 1
ROUTE = "route "
TRACK_FIELDS = (
    "last_sent",
    "last_arrived",
    "last_latency",
    "own_troubles",
    "own_reply",
    "own_since",
    "unread",
    "folders",
    "foldered",
)
VANTAGE_FIELDS = ("last_fail", "last_reached", "dark_since", "found", "error")
OPEN_FIELDS = (
    "column", "id", "stretch", "since", "found", "peak", "noted", "last_bad", "spell", "reply", "lost", "came_late",
    "bad", "of", "relief", "low", "measured",
)  # fmt: skip


def dump(known: Installation, ringing: Ringing, times: Times) -> bytes:
    """Write down what is usual, the messages, the evidence and the open troubles."""
    state: Json = {
        "version": VERSION,
        "times": asdict(times),
        "pool": asdict(known.pool),
        "tracks": {track.route.name: _track(track) for track in known.tracks},
        "groups": {_group_name(known, n): known.evidence.sums[n].round(4).tolist() for n in _groups(known)},
        "vantages": {name: _vantage(known.sight, name) for name in known.sight.vantages},
        "contacts": {name: asdict(contact) for name, contact in known.contacts.items()},
        "unproven": _reference(known.sight.unproven),
        "open": {kind.name: _open(trouble) for kind, trouble in ringing.open.items()},
        "cleared": {kind.name: at for kind, at in ringing.cleared.items()},
        "stretches": ringing.stretches,
        "opened": ringing.opened,
    }
    return zlib.compress(json.dumps(state, separators=(",", ":")).encode(), 1)


def load(state: bytes, known: Installation, ringing: Ringing, intake: Intake, times: Times) -> None:
    """Take up where a dump left off; of routes that are gone nothing is kept, and a dump that is broken is no dump.

    Raises ValueError where it speaks of what is not known here: a newer program made it.
    """
    try:
        read = json.loads(zlib.decompress(state))
    except (zlib.error, ValueError):
        return
    if not isinstance(read, dict) or read.get("version") != VERSION:
        return
    try:
        _take_up(read, known, ringing, intake, times)
    except (KeyError, TypeError) as error:
        raise ValueError(f"a dump of another version: {error!r}") from error


def _take_up(read: Json, known: Installation, ringing: Ringing, intake: Intake, times: Times) -> None:
    known.pool = _read_pool(read["pool"])
    for name, values in (read["times"] | {"shortest": times.shortest}).items():
        setattr(times, name, values)
    _read_contacts(known, read.get("contacts", {}))
    for track in known.tracks:
        if track.route.name in read["tracks"]:
            _read_track(track, read["tracks"][track.route.name], known)
    same = read["tracks"].keys() == known.by_name.keys()
    _read_groups(known, {name: sums for name, sums in read["groups"].items() if same or name.startswith(ROUTE)})
    _read_sight(known, read)
    _read_ringing(known, ringing, read)
    for flight in itertools.chain.from_iterable(track.under_way() for track in known.tracks):
        intake.plan(flight) if flight.row is None else intake.look_at(flight, times.newest)


def _groups(known: Installation) -> range:
    return range(len(known.evidence.sums))


def _group_name(known: Installation, number: int) -> str:
    first = known.evidence.first_direction
    if number < first:
        return f"{ROUTE}{known.tracks[number].route.name}"
    if number < len(known.evidence.sums) - 1:
        return f"direction {known.evidence.directions[number - first]}"
    return "all"


def _read_groups(known: Installation, groups: Mapping[str, list[float]]) -> None:
    for number in _groups(known):
        sums = groups.get(_group_name(known, number))
        if sums is not None and len(sums) == SIZE:
            known.evidence.sums[number] = sums
    known.evidence.hot = {n for n in _groups(known) if known.evidence.sums[n].max() >= known.evidence.low}


def _track(track: Track) -> Json:
    flights = [_flight(flight) for flight in track.ring]
    return {"usual": asdict(track.usual), "flights": flights, **{name: getattr(track, name) for name in TRACK_FIELDS}}


def _flight(f: Flight) -> list[Any]:
    times = [round(f.sent, 3), round(f.centre, 4), round(f.ended, 3), round(f.latency, 3), round(f.u, 4)]
    more = [f.junk, f.copies, f.held] if f.junk or f.copies > 1 or f.held else []
    return [f.probe, *times, int(f.fate), f.reply, f.permanent, f.spent, f.row is not None, *more]


def _read_track(track: Track, state: Json, known: Installation) -> None:
    track.usual = RouteUsual(**(state["usual"] | {"interval": track.interval}))
    for name in TRACK_FIELDS:
        setattr(track, name, state.get(name, getattr(track, name)))
    track.ring = deque()
    for probe, sent, centre, ended, latency, u, fate, reply, permanent, spent, spoke, *more in state["flights"]:
        flight = Flight(ref(track), probe, sent, centre, known.tables_for(track, sent), Fate(fate), ended, latency, u)
        flight.reply, flight.permanent, flight.spent = reply, permanent, spent
        if more:
            flight.junk, flight.copies = more[0], more[1]
            flight.held = (Where(more[2][0]), more[2][1]) if more[2] else None
        flight.row = flight.verdict() if spoke else None
        track.keep(flight)


def _read_pool(state: Json) -> PoolUsual:
    known, fresh = Counts(**state["known"]), [Counts(**counts) for counts in state["fresh"]]
    return PoolUsual(**(state | {"known": known, "fresh": fresh}))


def _reference(flight: Flight | None) -> list[str] | None:
    return None if flight is None else [flight.track.route.name, flight.probe]


def _find(known: Installation, reference: list[str] | None) -> Flight | None:
    track = known.by_name.get(reference[0]) if reference else None
    return track.by_probe.get(reference[1]) if track is not None and reference else None


def _vantage(sight: Sight, name: str) -> Json:
    vantage = sight.vantages[name]
    run = [_reference(flight) for flight in vantage.run]
    return {"run": run, **{name: getattr(vantage, name) for name in VANTAGE_FIELDS}}


def _read_sight(known: Installation, state: Json) -> None:
    known.sight.unproven = _find(known, state["unproven"])
    for name, values in state["vantages"].items():
        vantage = known.sight.vantages.get(name)
        if vantage is None:
            continue
        vantage.run = [flight for flight in (_find(known, run) for run in values["run"]) if flight is not None]
        for field in VANTAGE_FIELDS:
            setattr(vantage, field, values[field])


def _read_contacts(known: Installation, contacts: Mapping[str, Json]) -> None:
    for name, contact in known.contacts.items():
        if name in contacts:
            contact.heard, contact.voided = contacts[name]["heard"], contacts[name]["voided"]


def _open(trouble: Open) -> Json:
    trail = [[flight.track.route.name, flight.probe, round(ratio, 4)] for flight, ratio in trouble.trail.items()]
    hit = {"tracks": [t.route.name for t in trouble.tracks.values()], "scope": sorted(trouble.scope), "trail": trail}
    return hit | {name: getattr(trouble, name) for name in OPEN_FIELDS}


def _read_ringing(known: Installation, ringing: Ringing, state: Json) -> None:
    ringing.stretches, ringing.opened = state["stretches"], state["opened"]
    ringing.cleared = {Trouble[kind]: at for kind, at in state["cleared"].items()}
    for kind, values in state["open"].items():
        tracks = [known.by_name[name] for name in values["tracks"] if name in known.by_name]
        if tracks:
            ringing.open[Trouble[kind]] = _read_open(Trouble[kind], values, tracks, known)


def _read_open(kind: Trouble, state: Json, tracks: list[Track], known: Installation) -> Open:
    trouble = Open(kind, **{name: state[name] for name in OPEN_FIELDS})
    trouble.tracks = {track.index: track for track in tracks}
    trouble.scope = {Direction(direction) for direction in state["scope"]}
    for name, probe, ratio in state["trail"]:
        flight = _find(known, [name, probe])
        if flight is not None:
            trouble.trail[flight] = ratio
    return trouble
