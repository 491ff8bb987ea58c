"""What Prometheus reads: made anew at each scrape from snapshots and health; no label ever names a tenant."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from bot.types import Direction, Severity, Snapshot
from bot.web.health import Count, Health, alive, conditions, ready, stuck
from bot.web.ways import State, state_of

COUNTED = {
    Count.OBSERVATIONS: "What watchers saw",
    Count.CHANGES: "Changes of incidents, rung or not",
    Count.DELIVERIES_SENT: "Messages that landed in a channel",
    Count.DELIVERIES_FAILED: "Attempts to send that failed and are tried again",
    Count.DELIVERIES_GIVEN_UP: "Messages that no attempt could deliver",
    Count.JOBS_DONE: "Jobs done",
    Count.JOBS_FAILED: "Jobs that raised an error",
}
WAYS = (Direction.OUTBOUND, Direction.INBOUND, Direction.INTERNAL)


def installed() -> str:
    """Give the installed version, or ``unknown`` where the program runs from a bare folder."""
    try:
        return version("mailstatus")
    except PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Reads what is told at the moment of the scrape."""

    snapshots: Callable[[], Sequence[Snapshot]]
    health: Callable[[], Health]
    clients: Callable[[], int]

    def collect(self) -> Iterator[Metric]:
        """Give every metric."""
        health, snapshots = self.health(), self.snapshots()
        yield _gauge("build_info", "The version, as a label; always 1", {installed(): 1}, label="version")
        yield from _own(health)
        yield from _beats(health)
        yield from _mail(snapshots)
        yield _sources(snapshots, by_kind=health.several)
        yield from _counts(health)
        yield _gauge("page_clients", "Open pages that are kept up to date", {"": self.clients()})

    def registry(self) -> CollectorRegistry:
        """Make a registry with these metrics and those of the process."""
        registry = CollectorRegistry()
        registry.register(self)
        ProcessCollector(registry=registry)
        return registry


def _own(health: Health) -> Iterator[Metric]:
    held = {condition.value: int(holds) for condition, holds in conditions(health).items()}
    oldest = (health.at - health.oldest).total_seconds() if health.oldest else 0.0
    yield _gauge("alive", "1 while every loop comes round", {"": int(alive(health))})
    yield _gauge("ready", "1 while the bot sees, keeps and can tell", {"": int(ready(health))})
    yield _gauge("condition", "1 while the condition holds; see the runbook", held, label="condition")
    mute = Counter({mouth.name: 0 for mouth in health.mouths})
    mute.update(mouth.name for mouth in health.mouths if mouth.error)
    yield _gauge("destination_mute", "How many of these destinations take no messages", mute, label="destination")
    yield _gauge("deliveries_waiting", "Messages that wait to be sent", {"": health.waiting})
    yield _gauge("deliveries_oldest_seconds", "For how long the oldest of them has been due", {"": max(oldest, 0.0)})


def _beats(health: Health) -> Iterator[Metric]:
    hanging = set(stuck(health))
    ages = {beat.loop: beat.age.total_seconds() for beat in health.beats}
    yield _gauge("loop_age_seconds", "Since the loop last came round", ages, label="loop")
    yield _gauge(
        "loop_stuck",
        "1 when it should have come round by now",
        {beat.loop: int(beat.loop in hanging) for beat in health.beats},
        label="loop",
    )
    restarts = CounterMetricFamily("mailstatus_loop_restarts", "How often a loop was begun anew", labels=("loop",))
    for beat in (beat for beat in health.beats if not beat.task):
        restarts.add_metric((beat.loop,), beat.restarts)
    yield restarts
    yield CounterMetricFamily("mailstatus_event_loop_blocked", "How often the event loop hung", value=health.blocked)


def _mail(snapshots: Sequence[Snapshot]) -> Iterator[Metric]:
    yield _directions(snapshots)
    loudness = Counter(incident.severity for one in snapshots for incident in one.open)
    incidents = {severity.value: loudness[severity] for severity in Severity}
    yield _gauge("open_incidents", "Incidents that are open", incidents, label="severity")
    slowest: dict[str, float] = {}
    for now in (now for one in snapshots for now in one.directions if now.last_latency is not None):
        seconds = now.last_latency.total_seconds() if now.last_latency else 0.0
        slowest[now.direction] = max(slowest.get(now.direction, 0.0), seconds)
    yield _gauge("latency_seconds", "Delay of the last test message, the longest one", slowest, label="direction")


def _sources(snapshots: Sequence[Snapshot], *, by_kind: bool) -> Metric:
    """Count tenants by what they cannot see; of a kind, as the rest of a name is some company's mailbox or place."""
    blind: Counter[str] = Counter()
    for one in snapshots:
        labels = {now: now.source.partition(":")[0] if by_kind else now.source for now in one.sources}
        blind.update(dict.fromkeys(labels.values(), 0))
        blind.update({label for now, label in labels.items() if now.blind_since})
    return _gauge("source_blind", "Tenants for which the source cannot be read", blind, label="source")


def _directions(snapshots: Sequence[Snapshot]) -> Metric:
    states = Counter((now.direction, state_of(now)) for one in snapshots for now in one.directions)
    family = GaugeMetricFamily(
        "mailstatus_direction_state", "Tenants whose direction is in the state", labels=("direction", "state")
    )
    for way in WAYS:
        for state in State:
            family.add_metric((way.value, state.value), states[way, state])
    return family


def _counts(health: Health) -> Iterator[Metric]:
    for count, says in COUNTED.items():
        yield CounterMetricFamily(f"mailstatus_{count.value}", says, value=health.counts.get(count, 0))


def _gauge(name: str, says: str, values: dict[str, float] | dict[str, int], *, label: str = "") -> Metric:
    family = GaugeMetricFamily(f"mailstatus_{name}", says, labels=(label,) if label else ())
    for key, value in values.items():
        family.add_metric((key,) if label else (), value)
    return family
