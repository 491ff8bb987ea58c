"""What the page reads from the past: delays of test messages by direction, from the store's roll-ups."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.store import RouteStretch, Store
from bot.types import Direction

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayPoint:
    """The test messages of one direction in one step of time; ``at`` is the step's start."""

    at: datetime
    direction: Direction
    arrived: int = 0
    failed: int = 0
    """Refused, bounced, or to a server that did not answer."""
    median: timedelta | None = None
    """Of those that arrived."""
    worst: timedelta | None = None


class History(Protocol):
    """Reads of the past."""

    async def delays(self, tenant: str, *, since: datetime, until: datetime, step: timedelta) -> Sequence[DelayPoint]:
        """Read the points of [since, until), in order of time; steps without test messages are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupHistory:
    """History over the store's roll-ups; ``directions`` names the routes that count as mail, so no control route."""

    store: Store
    directions: Mapping[str, Direction]

    async def delays(self, tenant: str, *, since: datetime, until: datetime, step: timedelta) -> Sequence[DelayPoint]:
        """Read quarter-hours where the step allows, and minutes where none is finished yet; may raise StoreError."""
        async with self.store.read() as tx:
            quarters = await tx.rollups.quarters(tenant, since, until) if step >= QUARTER else []
            rest = max((one.at + QUARTER for one in quarters), default=since)
            minutes = await tx.rollups.minutes(tenant, rest, until)
        return gather([*quarters, *minutes], self.directions, since=since, step=step)


def gather(
    stretches: Iterable[RouteStretch], directions: Mapping[str, Direction], *, since: datetime, step: timedelta
) -> tuple[DelayPoint, ...]:
    """Sum stretches up by direction and step; routes without a direction are left out."""
    groups: dict[tuple[int, Direction], list[RouteStretch]] = defaultdict(list)
    for stretch in stretches:
        if stretch.route in directions:
            groups[(stretch.at - since) // step, directions[stretch.route]].append(stretch)
    return tuple(
        DelayPoint(
            at=since + index * step,
            direction=direction,
            arrived=sum(one.arrived for one in group),
            failed=sum(one.refused + one.bounced + one.unreachable for one in group),
            median=_median(group),
            worst=max((one.latency_max for one in group if one.latency_max is not None), default=None),
        )
        for (index, direction), group in sorted(groups.items())
    )


def _median(group: Iterable[RouteStretch]) -> timedelta | None:
    """Give the middle of the medians, each weighed by its messages: near the true one, and all that is kept."""
    known = sorted((one.latency_median, one.arrived) for one in group if one.latency_median is not None)
    half = sum(weight for _, weight in known) / 2
    passed = 0
    for median, weight in known:
        passed += weight
        if passed >= half:
            return median
    return None
