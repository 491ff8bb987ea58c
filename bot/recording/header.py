"""A recording's first line, which describes the canary: routes, intervals and, where it is known, when t = 0 was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from bot.types import DEFAULT_TENANT, Direction, Route

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


def read_header(line: str, *, tenant: str = DEFAULT_TENANT) -> Header:
    """Read a recording's first line; RecordingError where it is none."""
    try:
        head = json.loads(line)
        epoch = _aware(datetime.fromisoformat(head["epoch"])) if head.get("epoch") else NO_EPOCH
        routes = tuple(_route(head, info, tenant) for info in head["routes"])
        end = epoch + timedelta(seconds=head["end_s"]) if "end_s" in head else None
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise RecordingError(f"the first line describes no recording: {error!r}") from error
    return Header(name=str(head.get("name", "recording")), epoch=epoch, routes=routes, end=end)


def write_header(header: Header) -> str:
    """Make a recording's first line; intervals and deadlines that differ are written at their route."""
    interval = header.routes[0].interval.total_seconds() if header.routes else DEFAULT_INTERVAL_S
    deadline = header.routes[0].deadline.total_seconds() if header.routes else DEFAULT_DEADLINE_S
    head: dict[str, object] = {"type": "trace", "name": header.name, "epoch": header.epoch.isoformat()}
    head |= {"interval_s": interval, "deadline_s": deadline}
    if header.end is not None:
        head["end_s"] = header.t(header.end)
    return json.dumps(head | {"routes": [_route_line(route, interval, deadline) for route in header.routes]})


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _route(head: Line, info: Line, tenant: str) -> Route:
    return Route(
        name=str(info["route"]),
        direction=Direction(str(info["direction"])),
        vantage=str(info["vantage"]),
        control=bool(info.get("control", False)),
        far=bool(info.get("far", False)),
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
    if route.far:
        line["far"] = True
    if route.interval.total_seconds() != interval:
        line["interval_s"] = route.interval.total_seconds()
    if route.deadline.total_seconds() != deadline:
        line["deadline_s"] = route.deadline.total_seconds()
    return line
