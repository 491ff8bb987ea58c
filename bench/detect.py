"""Measures detection on made-up days with known faults: ours beside peers' rules and an oracle, and what it costs."""

import math
import statistics
import sys
import time
import tracemalloc
from collections.abc import Sequence
from datetime import timedelta

from bench.traces import CLASSES, DAY, LONG, Day, Drawn, build, chances, draw, moment, observations
from bench.yardsticks import Oracle, bad_for_five_minutes, three_in_a_row
from bot.detect import Detector
from bot.types import Finding, ProbeObservation, Symptom

TICK = timedelta(seconds=2.5)
GRACE = 1800.0
COUNTED_FROM = DAY
MANY_ROUTES, MEASURED_ROUTES = 10_000, 1_000
SHOWN = "{:28}{:>8}{:>8}{:>10}{:>10}{:>8}{:>8}"


def watch(day: Day, seen: Sequence[ProbeObservation]) -> list[tuple[float, Finding]]:
    """Let the detector live through a day; gives each stretch's first word, and its last."""
    detector, due = Detector(day.routes), seen[0].at
    known: set[str] = set()
    said: list[tuple[float, Finding]] = []
    for one in seen:
        while due < one.at:
            for finding in detector.tick(due):
                key = f"{finding.stretch}{finding.symptom}{finding.ended is None}"
                if key not in known:
                    known.add(key)
                    said.append(((due - moment(0)).total_seconds(), finding))
            due += TICK
        detector.observe(one)
    return said


def wait(times: Sequence[float], day: Day) -> float | None:
    """Give the seconds from the trouble's beginning to the first word in it."""
    begin, end = day.troubles[0].begin, max(trouble.end for trouble in day.troubles)
    return min((t - begin for t in times if begin <= t <= end), default=None)


def false_alarms(said: Sequence[tuple[float, Finding]], day: Day) -> int:
    """Count the stretches that began outside every trouble."""
    first: dict[str, float] = {}
    for t, finding in said:
        first.setdefault(finding.stretch, t)
    late = [t for t in first.values() if t >= COUNTED_FROM]
    return sum(not any(f.begin <= t <= f.end + GRACE for f in day.troubles) for t in late)


def clear(said: Sequence[tuple[float, Finding]], day: Day) -> float | None:
    """Give the seconds from the trouble's end until we said so."""
    end = max(trouble.end for trouble in day.troubles)
    return max((t - end for t, finding in said if finding.ended is not None and t >= end), default=None)


def show(name: str, *columns: float | None) -> None:
    """Print one line of the table."""
    sys.stdout.write(SHOWN.format(name, *("-" if c is None else f"{c:.0f}" for c in columns)) + "\n")


def measure(name: str, seed: str, ratios: list[float]) -> tuple[int, float]:
    """Print how one day of a class went; gives false alarms and days counted."""
    day = build(name, seed)
    messages = draw(day, chances(f"{seed}/{name}/draw"))
    said = watch(day, observations(day, messages))
    wrong, counted = false_alarms(said, day), (day.end - COUNTED_FROM) / DAY
    if name in LONG:
        show(name, None, None, None, None, None, wrong)
        return wrong, counted
    ours = wait([t for t, finding in said if finding.symptom is not Symptom.UNMEASURABLE], day)
    if day.troubles[0].symptom is Symptom.UNMEASURABLE:
        wrong += ours is not None
        ours = wait([t for t, _ in said], day)
        show(name, None, ours, *_peers(messages, day), clear(said, day), wrong)
        return wrong, counted
    best = Oracle(day, day.troubles[0], messages).wait()
    if best is not None and ours is not None:
        ratios.append(ours / best)
    show(name, best, ours, *_peers(messages, day), clear(said, day), wrong)
    return wrong, counted


def _peers(messages: Sequence[Drawn], day: Day) -> tuple[float | None, float | None]:
    mail = {route.name for route in day.routes if not route.control}
    watched = [message for message in messages if message.route in mail]
    return wait(list(three_in_a_row(watched)), day), wait(list(bad_for_five_minutes(watched)), day)


def throughput() -> None:
    """Print how many observations a second one core takes in, ticks every 2.5 s included."""
    day = build("quiet days", "speed")
    seen = observations(day, draw(day, chances("speed")))
    start = time.process_time()
    watch(day, seen)
    took = time.process_time() - start
    sys.stdout.write(f"throughput: {len(seen)} observations in {took:.1f} s = {len(seen) / took:,.0f} a second\n")


def memory() -> None:
    """Print what ten thousand routes hold when each has all the messages that are kept of it."""
    day = build("quiet days", "memory", vantages=[f"v{n}" for n in range(MEASURED_ROUTES // 3)])
    full, hours = 80, 81 / 60
    day.end = hours * 3600
    seen = observations(day, draw(day, chances("memory")))
    tracemalloc.start()
    detector = Detector(day.routes)
    for one in seen:
        detector.observe(one)
    detector.tick(seen[-1].at)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    many = held / len(day.routes) * MANY_ROUTES / 2**20
    sys.stdout.write(f"memory: {held / len(day.routes):,.0f} bytes a route with {full} messages kept: ")
    sys.stdout.write(f"{many:,.0f} MiB for {MANY_ROUTES:,} routes\n")


def main() -> None:
    """Print the table, then the costs."""
    sys.stdout.write("seconds from a fault's beginning until it is known; clear: from its end until we say so\n")
    sys.stdout.write(SHOWN.format("day", "oracle", "ours", "3 bad", "5 minutes", "clear", "false") + "\n")
    ratios: list[float] = []
    outcomes = [measure(name, "bench", ratios) for name in CLASSES]
    mean = math.exp(statistics.fmean(math.log(ratio) for ratio in ratios))
    wrong, days = sum(w for w, _ in outcomes), sum(d for _, d in outcomes)
    sys.stdout.write(f"times the oracle: {mean:.2f}; false alarms: {wrong} in {days:.0f} days\n")
    throughput()
    memory()


if __name__ == "__main__":
    main()
