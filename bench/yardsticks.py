"""What detection is measured beside: the rules that peers ship with, and an oracle that knows the fault."""

import math
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.traces import DAY, Day, Drawn, Trouble

LATE_AFTER = 300.0
IN_A_ROW = 3
FOR_SECONDS = 300.0
STEP, LONGEST = 5.0, 4 * 3600.0
NO_ANSWER_RATE, LOST_RATE = 1e-4, 1e-6
FLOOR = 1e-12


def _judged(messages: Sequence[Drawn]) -> list[tuple[float, str, bool]]:
    """Give when each message is known to be good or bad by an uptime tool: bad once five minutes old."""
    known = []
    for one in messages:
        late = one.seen - one.sent > LATE_AFTER
        known.append((one.sent + LATE_AFTER if late else one.seen, one.route, late or one.fate != "arrived"))
    return sorted(known)


def three_in_a_row(messages: Sequence[Drawn]) -> Iterator[float]:
    """Ring after three bad messages in a row on a route."""
    bad: dict[str, int] = {}
    for when, route, is_bad in _judged(messages):
        bad[route] = bad.get(route, 0) + 1 if is_bad else 0
        if bad[route] == IN_A_ROW:
            yield when


def bad_for_five_minutes(messages: Sequence[Drawn]) -> Iterator[float]:
    """Ring when the last message on a route was bad for five minutes on end."""
    since: dict[str, float] = {}
    rung: set[str] = set()
    for when, route, is_bad in _judged(messages):
        if not is_bad:
            since.pop(route, None)
            rung.discard(route)
        elif when - since.setdefault(route, when) >= FOR_SECONDS and route not in rung:
            rung.add(route)
            yield when


class Oracle:
    """Page's CUSUM that is told both distributions: no rule with as few false alarms is faster on average."""

    def __init__(self, day: Day, trouble: Trouble, messages: Sequence[Drawn]) -> None:
        """Keep the messages that count: on the routes that are hit, from shortly before the fault to its end."""
        near = [m for m in messages if m.route in trouble.where and trouble.begin - 1800 <= m.sent <= trouble.end]
        near.sort(key=lambda m: m.sent)
        self._day, self._trouble = day, trouble
        self._sent = np.array([m.sent for m in near])
        self._seen = np.array([m.seen for m in near])
        self._fate = np.array([m.fate for m in near])
        self._scale = np.array([day.median(m.route, m.sent) for m in near])
        routes = [route for route in day.routes if not route.control]
        self._ring_at = math.log(90 * DAY / routes[0].interval.total_seconds() * len(routes))

    def wait(self) -> float | None:
        """Give the seconds from the fault's beginning until it is known; None where it never is."""
        now = self._trouble.begin
        while now <= min(self._trouble.end, self._trouble.begin + LONGEST):
            begun = self._sent <= now
            says = self._says(now)[begun]
            if says.size and np.cumsum(says[::-1]).max() >= self._ring_at:
                return max(now - self._trouble.begin, STEP)
            now += STEP
        return None

    def _says(self, now: float) -> NDArray[np.float64]:
        share, day = self._trouble.share, self._day
        over = self._seen <= now
        passed = np.log1p(-min(share, 1 - 1e-9))
        match self._trouble.kind:
            case "refused":
                hit = np.isin(self._fate, ["refused", "busy"])
                gain = math.log((share + (1 - share) * day.refusals) / day.refusals)
            case "bounced":
                hit = self._fate == "bounced"
                gain = math.log(share / day.bounces)
            case "unanswered":
                hit = self._fate == "unanswered"
                gain = math.log(share / NO_ANSWER_RATE)
            case _:
                return self._says_of_time(now, over)
        accepted = over if self._trouble.kind == "bounced" else self._sent + 0.4 < now
        return np.where(over & hit, gain, np.where(accepted & ~hit, passed, 0.0))

    def _says_of_time(self, now: float, over: NDArray[np.bool_]) -> NDArray[np.float64]:
        age = np.maximum(np.where(over, self._seen, now) - self._sent, 1e-3) / self._scale
        share, trouble = self._trouble.share, self._trouble
        density, survival = self._density(age), self._survival(age) + LOST_RATE
        if trouble.kind == "lost":
            faulty_density, faulty_survival = np.zeros_like(age), np.ones_like(age)
        elif trouble.kind == "slow":
            faulty_density = self._density(age / trouble.factor) / trouble.factor
            faulty_survival = self._survival(age / trouble.factor)
        else:
            delays = trouble.held * np.linspace(0.6, 1.4, 16)[:, None] / self._scale
            faulty_density = self._density(np.maximum(age - delays, 1e-3)).mean(axis=0)
            faulty_survival = self._survival(np.maximum(age - delays, 1e-3)).mean(axis=0)
        healthy = np.where(over, density, survival)
        faulty = np.where(over, faulty_density, faulty_survival)
        timed = np.isin(self._fate, ["arrived", "lost"]) | ~over
        return np.where(timed, np.log(np.maximum(share * faulty + (1 - share) * healthy, FLOOR) / healthy), 0.0)

    def _parts(self, x: NDArray[np.float64]) -> Iterator[tuple[float, NDArray[np.float64]]]:
        """Give the healthy day's parts: their weights, and the log of the time in their own units."""
        yield 1 - self._day.stragglers, np.log(x)
        for factor in np.linspace(3, 20, 18):
            yield self._day.stragglers / 18, np.log(x / factor)

    def _density(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        spread = self._day.spread
        total = np.full_like(x, 1e-9)
        for weight, u in self._parts(x):
            total += weight * np.exp(-0.5 * (u / spread) ** 2) / (x * spread * math.sqrt(2 * math.pi))
        return total

    def _survival(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.full_like(x, 1e-9)
        for weight, u in self._parts(x):
            total += weight * _beyond(u / self._day.spread)
        return total


def _beyond(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the normal distribution's upper tail, to four digits (a table, as numpy has none)."""
    return np.interp(z, _Z, _TAIL)


_Z = np.linspace(-8, 8, 3201)
_TAIL = np.array([0.5 * math.erfc(z / math.sqrt(2)) for z in _Z])

if __name__ == "__main__":
    sys.stdout.write("three in a row; bad for five minutes; an oracle that knows the fault\n")
