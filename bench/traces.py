"""Made-up days of test messages with one known fault each, to measure detection on.

A day is drawn from a seed: every route has its usual time under way with a daily rhythm and now and then a straggler,
a refusal or a bounce, as real mail has. A fault changes what becomes of a share of the messages on some routes.
"""

import math
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.types import Arrived, Bounced, Direction, ProbeObservation, Refused, Route, Sent, Symptom, Unreachable

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)
HOUR, DAY = 3600.0, 86400.0
BROKEN, BUSY = "503 5.5.1 Bad sequence of commands", "451 4.7.500 Server busy. Please try again later"
NO_ANSWER = "connect: timed out"
RHYTHM = 0.25
SYMPTOMS = {"held": Symptom.DELAYED, "slow": Symptom.DELAYED, "lost": Symptom.LOST, "bounced": Symptom.BOUNCED}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What befalls a share of the messages on some routes, from and until a second of the trace."""

    kind: str
    begin: float
    end: float
    where: frozenset[str]
    share: float = 1.0
    held: float = 0.0
    factor: float = 3.0
    symptom: Symptom = Symptom.SEND_FAILS


@dataclass(kw_only=True)
class Day:
    """A trace: routes, troubles, and how healthy mail behaves on it."""

    name: str
    routes: list[Route]
    usual: Mapping[str, float]
    troubles: list[Trouble] = field(default_factory=list)
    end: float = 1.6 * DAY
    spread: float = 0.35
    stragglers: float = 0.004
    refusals: float = 0.0005
    bounces: float = 0.0002

    def median(self, route: str, t: float) -> float:
        """Give the usual seconds under way at a time of day."""
        return self.usual[route] * (1 + RHYTHM * math.sin(2 * math.pi * (t / DAY - 0.3)))


@dataclass(frozen=True)
class Drawn:
    """A message as it was drawn: when it was sent, what became of it and when that was seen."""

    route: str
    sent: float
    fate: str
    seen: float


def chances(seed: str) -> random.Random:
    """Give the chances of a seed: the same each time."""
    return random.Random(seed)  # noqa: S311  # made-up days hold no secrets


def draw(day: Day, chance: random.Random) -> list[Drawn]:
    """Draw every message of a day."""
    messages = []
    for route in day.routes:
        interval = route.interval.total_seconds()
        t = chance.uniform(0, interval)
        while t < day.end:
            messages.append(_message(day, route.name, t, chance))
            t += interval * chance.uniform(0.98, 1.02)
    return messages


def _message(day: Day, route: str, t: float, chance: random.Random) -> Drawn:
    hit = next(
        (f for f in day.troubles if route in f.where and f.begin <= t < f.end and chance.random() < f.share), None
    )
    took = day.median(route, t) * math.exp(chance.gauss(0, day.spread))
    if chance.random() < day.stragglers:
        took *= chance.uniform(3, 20)
    if hit is None:
        return Drawn(route, t, *_healthy(day, t, took, chance))
    match hit.kind:
        case "refused":
            return Drawn(route, t, "refused", t + chance.uniform(0.05, 0.4))
        case "unanswered":
            return Drawn(route, t, "unanswered", t + 10)
        case "bounced" | "lost" as fate:
            return Drawn(route, t, fate, t + took if fate == "bounced" else math.inf)
        case "slow":
            return Drawn(route, t, "arrived", t + took * hit.factor)
        case _:
            held = min(hit.held * chance.uniform(0.6, 1.4), hit.end - t + chance.uniform(0, 120))
            return Drawn(route, t, "arrived", t + took + max(held, 0))


def _healthy(day: Day, t: float, took: float, chance: random.Random) -> tuple[str, float]:
    if chance.random() < day.refusals:
        return "busy", t + 0.2
    return ("bounced" if chance.random() < day.bounces else "arrived"), t + took


def observations(day: Day, messages: Sequence[Drawn]) -> list[ProbeObservation]:
    """Write down what a canary would have seen of the messages, in order of time."""
    seen: list[ProbeObservation] = []
    for number, message in enumerate(messages):
        seen.extend(_seen(message, f"probe-{number}"))
    end = moment(day.end)
    return sorted((one for one in seen if one.at < end), key=lambda one: one.at)


def _seen(message: Drawn, probe: str) -> Iterator[ProbeObservation]:
    route, begun = message.route, moment(message.sent)
    if message.fate == "unanswered":
        yield Unreachable(at=moment(message.seen), route=route, probe=probe, error=NO_ANSWER)
        return
    yield Sent(at=begun, route=route, probe=probe)
    if message.fate == "lost":
        return
    at = moment(message.seen)
    match message.fate:
        case "refused" | "busy":
            yield Refused(at=at, route=route, probe=probe, reply=BROKEN if message.fate == "refused" else BUSY)
        case "bounced":
            yield Bounced(at=at, route=route, probe=probe, status="5.4.1")
        case _:
            yield Arrived(at=at, route=route, probe=probe, latency=at - begun)


def moment(t: float) -> datetime:
    """Give the moment of a second of a trace."""
    return EPOCH + timedelta(seconds=t)


def _far(day: Day, direction: str) -> frozenset[str]:
    return frozenset(route.name for route in day.routes if route.name.startswith(direction))


def _on(direction: str, kind: str, share: float = 1.0) -> Callable[[Day, float, float], list[Trouble]]:
    def troubles(day: Day, begin: float, end: float) -> list[Trouble]:
        where, symptom = _far(day, direction), SYMPTOMS.get(kind, Symptom.SEND_FAILS)
        return [Trouble(kind=kind, begin=begin, end=end, where=where, share=share, symptom=symptom)]

    return troubles


def _held(direction: str, held: float, share: float = 1.0) -> Callable[[Day, float, float], list[Trouble]]:
    def troubles(day: Day, begin: float, end: float) -> list[Trouble]:
        return [replace(one, held=held) for one in _on(direction, "held", share)(day, begin, end)]

    return troubles


def _one_place(day: Day, begin: float, end: float) -> list[Trouble]:
    return [Trouble(kind="refused", begin=begin, end=end, where=frozenset({day.routes[0].name}))]


def _blind_place(day: Day, begin: float, end: float) -> list[Trouble]:
    here = frozenset(route.name for route in day.routes if route.vantage == day.routes[0].vantage)
    return [Trouble(kind="unanswered", begin=begin, end=end, where=here, symptom=Symptom.UNMEASURABLE)]


def _on_and_off(day: Day, begin: float, _end: float) -> list[Trouble]:
    out = _far(day, "outbound")
    return [Trouble(kind="refused", begin=begin + n * 1800, end=begin + n * 1800 + 1000, where=out) for n in range(6)]


def _none(_day: Day, _begin: float, _end: float) -> list[Trouble]:
    return []


CLASSES: Mapping[str, Callable[[Day, float, float], list[Trouble]]] = {
    "all refused": _on("outbound", "refused"),
    "a third refused": _on("outbound", "refused", 0.33),
    "a tenth refused": _on("outbound", "refused", 0.1),
    "one place refused": _one_place,
    "a quarter of an hour late": _held("outbound", 900.0),
    "four minutes late": _held("outbound", 240.0),
    "a third late, in and out": _held("", 900.0, 0.33),
    "incoming late": _held("inbound", 1500.0),
    "three times slower": _on("outbound", "slow"),
    "half lost": _on("outbound", "lost", 0.5),
    "half bounced": _on("outbound", "bounced", 0.5),
    "no answer anywhere": _on("outbound", "unanswered"),
    "one place blind": _blind_place,
    "on and off": _on_and_off,
    "quiet days": _none,
    "noisy days": _none,
}
LONG = {"quiet days", "noisy days"}


def build(name: str, seed: str, *, interval: float = 60.0, vantages: Sequence[str] = ("north", "south")) -> Day:
    """Draw a day of a class: its routes' usual times, and when its trouble begins and ends."""
    chance = chances(f"{seed}/{name}/build")
    names = [f"{kind}-{v}" for kind in ("outbound", "inbound", "control") for v in vantages]
    names.append(f"internal-{vantages[0]}")
    routes = [_route(route, interval) for route in names]
    day = Day(name=name, routes=routes, usual={route: chance.uniform(4, 25) for route in names})
    begin = DAY + chance.uniform(3, 8) * HOUR
    day.troubles = CLASSES[name](day, begin, begin + chance.uniform(1.5, 3) * HOUR)
    if name in LONG:
        day.end = 5 * DAY
    if name == "noisy days":
        day.spread, day.stragglers, day.refusals, day.bounces = 0.6, 0.02, 0.003, 0.001
    return day


def _route(name: str, interval: float) -> Route:
    kind, vantage = name.split("-")
    direction = Direction.OUTBOUND if kind == "control" else Direction(kind)
    length = timedelta(seconds=interval)
    return Route(name=name, direction=direction, vantage=vantage, control=kind == "control", interval=length)


if __name__ == "__main__":
    sys.stdout.write(f"{len(CLASSES)} classes of days: {', '.join(CLASSES)}\n")
