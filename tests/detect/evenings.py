"""Short evenings written by hand: test messages every minute, healthy unless a fault says otherwise."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from bot.detect import Detector
from bot.types import Arrived, Bounced, Direction, Finding, ProbeObservation, Refused, Route, Sent, Unreachable

T0 = datetime(2026, 3, 2, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

Fate: TypeAlias = str | float
"""``refused 503 …``, ``bounced 5.4.1``, ``unreachable``, ``lost``, or seconds under way."""
Fault: TypeAlias = Callable[[Route, datetime, int], Fate | None]
"""What becomes of a message on a route, sent at a time, by its number; None where the fault leaves it alone."""

USUAL = (9.0, 12.0, 10.0, 14.0, 11.0, 8.0, 13.0, 10.5)


def at(minutes: float) -> datetime:
    """Give the moment so many minutes into the evening."""
    return T0 + timedelta(minutes=minutes)


def routes(*names: str, interval: timedelta = MINUTE) -> list[Route]:
    """Make routes of names like ``outbound-eu`` and ``control-eu``."""
    made = []
    for name in names:
        direction, vantage = name.split("-")
        control = direction == "control"
        made.append(
            Route(
                name=name,
                direction=Direction.OUTBOUND if control else Direction(direction),
                vantage=vantage,
                control=control,
                interval=interval,
            )
        )
    return made


EVERYWHERE = routes("outbound-eu", "outbound-us", "inbound-eu", "inbound-us", "internal-eu", "control-eu", "control-us")


def healthy(_route: Route, _sent: datetime, _number: int) -> Fate | None:
    """Leave every message alone."""
    return None


def evening(
    known: Sequence[Route], fault: Fault = healthy, *, minutes: float, start: float = 0.0
) -> list[ProbeObservation]:
    """Write down all that is seen in an evening, in order of time."""
    seen: list[ProbeObservation] = []
    for place, route in enumerate(known):
        sent, number = at(start) + place * route.interval / len(known), int(start)
        while sent < at(start + minutes):
            seen.extend(_message(route, sent, number, fault(route, sent, number)))
            sent, number = sent + route.interval, number + 1
    end = at(start + minutes)
    return sorted((one for one in seen if one.at < end), key=lambda one: one.at)


def _message(route: Route, sent: datetime, number: int, fate: Fate | None) -> Iterator[ProbeObservation]:
    name, probe = route.name, f"{route.name}-{number}"
    if fate is None:
        fate = USUAL[(number * 7 + len(name)) % len(USUAL)]
    if fate == "unreachable":
        yield Unreachable(at=sent + 10 * SECOND, route=name, probe=probe, error="connect: timed out")
        return
    yield Sent(at=sent, route=name, probe=probe)
    if isinstance(fate, float):
        latency = timedelta(seconds=fate)
        yield Arrived(at=sent + latency, route=name, probe=probe, latency=latency)
    elif fate.startswith("refused "):
        yield Refused(at=sent + SECOND / 5, route=name, probe=probe, reply=fate.removeprefix("refused "))
    elif fate.startswith("bounced "):
        yield Bounced(at=sent + 10 * SECOND, route=name, probe=probe, status=fate.removeprefix("bounced "))


def watch(
    detector: Detector, seen: Sequence[ProbeObservation], *, until: datetime | None = None
) -> list[tuple[datetime, Finding]]:
    """Let a detector watch, its clock ticking every five seconds; give all that it said, with the time."""
    said: list[tuple[datetime, Finding]] = []
    due = seen[0].at
    for one in seen:
        while due < one.at:
            said.extend((due, finding) for finding in detector.tick(due))
            due += 5 * SECOND
        detector.observe(one)
    end = until or seen[-1].at
    while due <= end:
        said.extend((due, finding) for finding in detector.tick(due))
        due += 5 * SECOND
    return said


def stretches(said: Sequence[tuple[datetime, Finding]]) -> list[str]:
    """Name the stretches of trouble that were told of, in order."""
    return list(dict.fromkeys(finding.stretch for _, finding in said))


def first(said: Sequence[tuple[datetime, Finding]]) -> tuple[datetime, Finding]:
    """Give what was said first."""
    return said[0]


def ends(said: Sequence[tuple[datetime, Finding]]) -> list[datetime]:
    """Give the times at which something was said to be over."""
    return [when for when, finding in said if finding.ended is not None]


def between(start: float, end: float, fate: Fate, *, where: str = "outbound", every: int = 1) -> Fault:
    """Make a fault: every so-manieth message of the routes of that name, between two minutes, meets this fate."""

    def fault(route: Route, sent: datetime, number: int) -> Fate | None:
        hit = route.name.startswith(where) and at(start) <= sent < at(end) and number % every == 0
        return fate if hit else None

    return fault


def both(*faults: Fault) -> Fault:
    """Let several faults be at work, the first of them first."""

    def fault(route: Route, sent: datetime, number: int) -> Fate | None:
        fates = (one(route, sent, number) for one in faults)
        return next((fate for fate in fates if fate is not None), None)

    return fault
