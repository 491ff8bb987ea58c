"""A recording's further lines: one observation each, with ``t`` in seconds since the epoch."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.recording.header import Line
from bot.types import (
    DEFAULT_TENANT,
    AdvisoryGone,
    AdvisorySeen,
    Arrived,
    Bounced,
    CalendarSeen,
    Duplicated,
    Observation,
    ProbeObservation,
    Refused,
    Reported,
    Sent,
    SourceBack,
    SourceBlind,
    Unreachable,
)
from bot.types.way import read_legs, server_name, write_legs


def write(observation: Observation, *, epoch: datetime) -> str:
    """Make the line of one observation."""
    event, fields = _fields(observation)
    return json.dumps({"t": round((observation.at - epoch).total_seconds(), 3), **fields, "event": event})


def _sent(at: datetime, tenant: str, event: Line) -> Observation:
    taken = event.get("accepted_s")
    accepted = None if taken is None else float(str(taken))
    return Sent(at=at, tenant=tenant, route=str(event["route"]), probe=str(event["probe"]), accepted_seconds=accepted)


def _refused(at: datetime, tenant: str, event: Line) -> Observation:
    route, probe, stage = str(event["route"]), str(event["probe"]), str(event.get("stage", ""))
    return Refused(at=at, tenant=tenant, route=route, probe=probe, reply=str(event["reply"]), stage=stage)


def _unreachable(at: datetime, tenant: str, event: Line) -> Observation:
    route, probe = str(event["route"]), str(event["probe"])
    return Unreachable(at=at, tenant=tenant, route=route, probe=probe, error=str(event.get("error", "")))


def _arrived(at: datetime, tenant: str, event: Line) -> Observation:
    return Arrived(
        at=at,
        tenant=tenant,
        route=str(event["route"]),
        probe=str(event["probe"]),
        latency=timedelta(seconds=float(str(event["latency_s"]))),
        folder=str(event.get("folder", "inbox")),
        legs=read_legs(event.get("legs", ())),
        skew_seconds=float(str(event.get("skew_s", 0.0))),
        skew_by=server_name(str(event.get("skew_by", ""))),
    )


def _duplicated(at: datetime, tenant: str, event: Line) -> Observation:
    route, probe, folder = str(event["route"]), str(event["probe"]), str(event.get("folder", "inbox"))
    return Duplicated(at=at, tenant=tenant, route=route, probe=probe, folder=folder)


def _bounced(at: datetime, tenant: str, event: Line) -> Observation:
    route, probe, reply = str(event["route"]), str(event["probe"]), str(event.get("reply", ""))
    return Bounced(at=at, tenant=tenant, route=route, probe=probe, status=str(event["status"]), reply=reply)


def _calendar(at: datetime, tenant: str, event: Line) -> Observation:
    return CalendarSeen(
        at=at,
        tenant=tenant,
        calendar=str(event["calendar"]),
        change=str(event["change"]),
        age_seconds=float(str(event["age_s"])),
        limit_seconds=float(str(event["limit_s"])),
        fresh=bool(event["fresh"]),
    )


def _advisory(at: datetime, tenant: str, event: Line) -> Observation:
    issue = event["issue"]
    if not isinstance(issue, Mapping):
        raise TypeError("an advisory's issue is an object")
    return AdvisorySeen(at=at, tenant=tenant, source=str(event["source"]), issue=issue)


def _advisory_gone(at: datetime, tenant: str, event: Line) -> Observation:
    return AdvisoryGone(at=at, tenant=tenant, source=str(event["source"]), id=str(event["id"]))


def _source_blind(at: datetime, tenant: str, event: Line) -> Observation:
    source, error = str(event["source"]), str(event.get("error", ""))
    return SourceBlind(
        at=at, tenant=tenant, source=source, error=error, routes=_routes(event), leaving=_routes(event, "leaving")
    )


def _source_back(at: datetime, tenant: str, event: Line) -> Observation:
    source, leaving = str(event["source"]), _routes(event, "leaving")
    return SourceBack(at=at, tenant=tenant, source=source, routes=_routes(event), leaving=leaving)


def _routes(event: Line, name: str = "routes") -> tuple[str, ...]:
    routes = event.get(name, ())
    if not isinstance(routes, Sequence):
        raise TypeError(f"{name} are a list")
    return tuple(map(str, routes))


def _reported(at: datetime, tenant: str, event: Line) -> Observation:
    works = event.get("works")
    return Reported(
        at=at,
        tenant=tenant,
        person=str(event["person"]),
        text=str(event["text"]),
        works=None if works is None else bool(works),
    )


_READERS: Mapping[str, Callable[[datetime, str, Line], Observation]] = {
    "sent": _sent,
    "refused": _refused,
    "unreachable": _unreachable,
    "arrived": _arrived,
    "duplicated": _duplicated,
    "bounced": _bounced,
    "calendar": _calendar,
    "advisory": _advisory,
    "advisory_gone": _advisory_gone,
    "source_blind": _source_blind,
    "source_back": _source_back,
    "reported": _reported,
}


def observation_of(event: Line, *, epoch: datetime, tenant: str = DEFAULT_TENANT) -> Observation | None:
    """Read one line's event; None where its kind is not known.

    Raises KeyError, TypeError, ValueError or OverflowError where it is broken.
    """
    read = _READERS.get(str(event["event"]))
    return read(epoch + timedelta(seconds=float(str(event["t"]))), tenant, event) if read else None


def _fields(observation: Observation) -> tuple[str, Line]:
    """Give an observation's event name and what its line holds besides the time."""
    match observation:
        case Reported(person=person, text=text, works=works):
            return "reported", {"person": person, "text": text, "works": works}
        case CalendarSeen(calendar=calendar, change=change, fresh=fresh):
            ages = {"age_s": round(observation.age_seconds, 3), "limit_s": observation.limit_seconds}
            return "calendar", {"calendar": calendar, "change": change, "fresh": fresh, **ages}
        case AdvisorySeen() | AdvisoryGone() | SourceBlind() | SourceBack():
            return _feed_fields(observation)
        case _:
            return _probe_fields(observation)


def _feed_fields(seen: AdvisorySeen | AdvisoryGone | SourceBlind | SourceBack) -> tuple[str, Line]:
    match seen:
        case AdvisorySeen(source=source, issue=issue):
            return "advisory", {"source": source, "issue": issue}
        case AdvisoryGone(source=source, id=advisory):
            return "advisory_gone", {"source": source, "id": advisory}
        case SourceBlind(source=source, error=error):
            return "source_blind", {"source": source, "error": error, **_bearing(seen)}
        case SourceBack(source=source):
            return "source_back", {"source": source, **_bearing(seen)}


def _probe_fields(seen: ProbeObservation) -> tuple[str, Line]:
    at = {"route": seen.route, "probe": seen.probe}
    match seen:
        case Sent(accepted_seconds=accepted):
            return "sent", {**at, **_unless("accepted_s", accepted, None)}
        case Refused(reply=reply, stage=stage):
            return "refused", {**at, "reply": reply, **_unless("stage", stage, "")}
        case Unreachable(error=error):
            return "unreachable", {**at, "error": error}
        case Arrived():
            return "arrived", {**at, **_arrived_fields(seen)}
        case Duplicated(folder=folder):
            return "duplicated", {**at, **_unless("folder", folder, "inbox")}
        case _:
            return "bounced", {**at, "status": seen.status, **_unless("reply", seen.reply, "")}


def _arrived_fields(seen: Arrived) -> Line:
    return {
        "latency_s": round(seen.latency.total_seconds(), 3),
        **_unless("folder", seen.folder, "inbox"),
        **_unless("legs", write_legs(seen.legs), []),
        **_unless("skew_s", seen.skew_seconds, 0.0),
        **_unless("skew_by", seen.skew_by, ""),
    }


def _bearing(seen: SourceBlind | SourceBack) -> Line:
    return {**_unless("routes", seen.routes, ()), **_unless("leaving", seen.leaving, ())}


def _unless(name: str, value: object, usual: object) -> Line:
    return {} if value == usual else {name: value}
