"""Recordings: observations as JSON Lines, for replay, backtest and record.

The first line describes the canary (routes, intervals and, where it is known, the moment of t = 0), each further line
is one observation with ``t`` in seconds since then.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from bot.types import (
    DEFAULT_TENANT,
    AdvisoryGone,
    AdvisorySeen,
    Arrived,
    Bounced,
    Direction,
    Observation,
    Refused,
    Reported,
    Route,
    Sent,
    SourceBack,
    SourceBlind,
    Unreachable,
)

Line: TypeAlias = Mapping[str, object]

NO_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""The moment of t = 0 in a recording that does not say."""

DEFAULT_INTERVAL_S = 60.0
DEFAULT_DEADLINE_S = 3600.0


class RecordingError(ValueError):
    """A line of a recording cannot be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a recording says of itself in its first line."""

    name: str
    epoch: datetime
    routes: tuple[Route, ...]
    end: datetime | None = None
    """Up to when was recorded, where the recording says so."""

    def t(self, moment: datetime) -> float:
        """Seconds of the recording's clock at a moment."""
        return (moment - self.epoch).total_seconds()


@dataclass(slots=True)
class Recording:
    """A recording's header and, read once as a stream, its observations; ``skipped`` counts unknown events so far."""

    header: Header
    tenant: str
    skipped: int = 0
    _lines: Iterator[str] = field(default_factory=lambda: iter(()))

    def __iter__(self) -> Iterator[Observation]:
        """Yield the observations in the order of the lines; RecordingError names a line that is broken."""
        for number, line in enumerate(self._lines, start=2):
            if not line.strip():
                continue
            seen = self._observation(number, line)
            if seen is None:
                self.skipped += 1
            else:
                yield seen

    def _observation(self, number: int, line: str) -> Observation | None:
        try:
            event = json.loads(line)
            read = _READERS.get(event["event"])
            if read is None:
                return None
            return read(self.header.epoch + timedelta(seconds=event["t"]), self.tenant, event)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise RecordingError(f"line {number}: {error!r}") from error


def read(lines: Iterable[str], *, tenant: str = DEFAULT_TENANT) -> Recording:
    """Read a recording's first line and stand ready for the others; RecordingError where it is no header."""
    stream = iter(lines)
    return Recording(header=read_header(next(stream, ""), tenant=tenant), tenant=tenant, _lines=stream)


def read_header(line: str, *, tenant: str = DEFAULT_TENANT) -> Header:
    """Read a recording's first line; RecordingError where it is none."""
    try:
        head = json.loads(line)
        epoch = datetime.fromisoformat(head["epoch"]) if head.get("epoch") else NO_EPOCH
        routes = tuple(_route(head, info, tenant) for info in head["routes"])
        end = _aware(epoch) + timedelta(seconds=head["end_s"]) if "end_s" in head else None
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise RecordingError(f"the first line describes no recording: {error!r}") from error
    return Header(name=str(head.get("name", "recording")), epoch=_aware(epoch), routes=routes, end=end)


def write_header(header: Header) -> str:
    """Make a recording's first line; intervals and deadlines that differ are written at their route."""
    interval = header.routes[0].interval.total_seconds() if header.routes else DEFAULT_INTERVAL_S
    deadline = header.routes[0].deadline.total_seconds() if header.routes else DEFAULT_DEADLINE_S
    head: dict[str, object] = {"type": "trace", "name": header.name, "epoch": header.epoch.isoformat()}
    head |= {"interval_s": interval, "deadline_s": deadline}
    if header.end is not None:
        head["end_s"] = header.t(header.end)
    return json.dumps(head | {"routes": [_route_line(route, interval, deadline) for route in header.routes]})


def write(observation: Observation, *, epoch: datetime) -> str:
    """Make the line of one observation."""
    event, fields = _fields(observation)
    return json.dumps({"t": round((observation.at - epoch).total_seconds(), 3), **fields, "event": event})


def recording(header: Header, observations: Iterable[Observation]) -> Iterator[str]:
    """Make a whole recording, line by line without line ends."""
    yield write_header(header)
    for observation in observations:
        yield write(observation, epoch=header.epoch)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _route(head: Line, info: Line, tenant: str) -> Route:
    return Route(
        name=str(info["route"]),
        direction=Direction(str(info["direction"])),
        vantage=str(info["vantage"]),
        control=bool(info.get("control", False)),
        interval=_length(info, head, "interval_s", DEFAULT_INTERVAL_S),
        deadline=_length(info, head, "deadline_s", DEFAULT_DEADLINE_S),
        tenant=tenant,
    )


def _length(info: Line, head: Line, name: str, default: float) -> timedelta:
    length = timedelta(seconds=float(str(info.get(name, head.get(name, default)))))
    if length <= timedelta(0):
        raise ValueError(f"{name} must be above 0")
    return length


def _route_line(route: Route, interval: float, deadline: float) -> Line:
    line: dict[str, object] = {"route": route.name, "direction": route.direction.value, "vantage": route.vantage}
    line["control"] = route.control
    if route.interval.total_seconds() != interval:
        line["interval_s"] = route.interval.total_seconds()
    if route.deadline.total_seconds() != deadline:
        line["deadline_s"] = route.deadline.total_seconds()
    return line


def _sent(at: datetime, tenant: str, event: Line) -> Observation:
    return Sent(at=at, tenant=tenant, route=str(event["route"]), probe=str(event["probe"]))


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
        held_by=str(event.get("held_by", "")),
        held_seconds=float(str(event.get("held_s", 0.0))),
        skew_seconds=float(str(event.get("skew_s", 0.0))),
    )


def _bounced(at: datetime, tenant: str, event: Line) -> Observation:
    route, probe, reply = str(event["route"]), str(event["probe"]), str(event.get("reply", ""))
    return Bounced(at=at, tenant=tenant, route=route, probe=probe, status=str(event["status"]), reply=reply)


def _advisory(at: datetime, tenant: str, event: Line) -> Observation:
    issue = event["issue"]
    if not isinstance(issue, Mapping):
        raise TypeError("an advisory's issue is an object")
    return AdvisorySeen(at=at, tenant=tenant, source=str(event["source"]), issue=issue)


def _advisory_gone(at: datetime, tenant: str, event: Line) -> Observation:
    return AdvisoryGone(at=at, tenant=tenant, source=str(event["source"]), id=str(event["id"]))


def _source_blind(at: datetime, tenant: str, event: Line) -> Observation:
    return SourceBlind(at=at, tenant=tenant, source=str(event["source"]), error=str(event.get("error", "")))


def _source_back(at: datetime, tenant: str, event: Line) -> Observation:
    return SourceBack(at=at, tenant=tenant, source=str(event["source"]))


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
    "bounced": _bounced,
    "advisory": _advisory,
    "advisory_gone": _advisory_gone,
    "source_blind": _source_blind,
    "source_back": _source_back,
    "reported": _reported,
}


def _fields(observation: Observation) -> tuple[str, Line]:
    """Give an observation's event name and what its line holds besides the time."""
    match observation:
        case AdvisorySeen(source=source, issue=issue):
            return "advisory", {"source": source, "issue": issue}
        case AdvisoryGone(source=source, id=advisory):
            return "advisory_gone", {"source": source, "id": advisory}
        case SourceBlind(source=source, error=error):
            return "source_blind", {"source": source, "error": error}
        case SourceBack(source=source):
            return "source_back", {"source": source}
        case Reported(person=person, text=text, works=works):
            return "reported", {"person": person, "text": text, "works": works}
        case _:
            return _probe_fields(observation)


def _probe_fields(seen: Sent | Refused | Unreachable | Arrived | Bounced) -> tuple[str, Line]:
    at = {"route": seen.route, "probe": seen.probe}
    match seen:
        case Sent():
            return "sent", at
        case Refused(reply=reply, stage=stage):
            return "refused", {**at, "reply": reply, **_unless("stage", stage, "")}
        case Unreachable(error=error):
            return "unreachable", {**at, "error": error}
        case Arrived():
            return "arrived", {**at, **_arrived_fields(seen)}
        case _:
            return "bounced", {**at, "status": seen.status, **_unless("reply", seen.reply, "")}


def _arrived_fields(seen: Arrived) -> Line:
    return {
        "latency_s": round(seen.latency.total_seconds(), 3),
        **_unless("folder", seen.folder, "inbox"),
        **_unless("held_by", seen.held_by, ""),
        **_unless("held_s", seen.held_seconds, 0.0),
        **_unless("skew_s", seen.skew_seconds, 0.0),
    }


def _unless(name: str, value: str | float, usual: str | float) -> Line:
    return {} if value == usual else {name: value}


__all__: Sequence[str] = (
    "NO_EPOCH",
    "Header",
    "Recording",
    "RecordingError",
    "read",
    "read_header",
    "recording",
    "write",
    "write_header",
)
