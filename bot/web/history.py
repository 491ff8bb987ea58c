"""What the page reads from the past: delays of test messages by direction, from the store's roll-ups."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

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


class Stretch(Protocol):
    """A roll-up of one route, as the store keeps it for a minute or a quarter of an hour."""

    @property
    def route(self) -> str:
        """Name the route."""

    @property
    def at(self) -> datetime:
        """Give the start."""

    @property
    def arrived(self) -> int:
        """Count the messages that arrived."""

    @property
    def refused(self) -> int:
        """Count the refused ones."""

    @property
    def bounced(self) -> int:
        """Count the bounced ones."""

    @property
    def unreachable(self) -> int:
        """Count those that no server took."""

    @property
    def latency_median(self) -> timedelta | None:
        """Give the median delay of those that arrived."""

    @property
    def latency_max(self) -> timedelta | None:
        """Give the longest delay of those that arrived."""


class Reads(Protocol):
    """The two reads that the store has."""

    async def minutes(self, tenant: str, since: datetime, until: datetime) -> Sequence[Stretch]:
        """Read the minutes of [since, until)."""

    async def quarters(self, tenant: str, since: datetime, until: datetime) -> Sequence[Stretch]:
        """Read the quarter-hours of [since, until)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupHistory:
    """History over the store's roll-ups; ``directions`` names the routes that count as mail, so no control route."""

    reads: Callable[[], AbstractAsyncContextManager[Reads]]
    """Opens a transaction and gives its roll-ups."""
    directions: Mapping[str, Direction]

    async def delays(self, tenant: str, *, since: datetime, until: datetime, step: timedelta) -> Sequence[DelayPoint]:
        """Read quarter-hours where the step allows, and minutes where none is finished yet."""
        async with self.reads() as rollups:
            quarters = await rollups.quarters(tenant, since, until) if step >= QUARTER else ()
            rest = max((one.at + QUARTER for one in quarters), default=since)
            minutes = await rollups.minutes(tenant, rest, until)
        return gather([*quarters, *minutes], self.directions, since=since, step=step)


def gather(
    stretches: Iterable[Stretch], directions: Mapping[str, Direction], *, since: datetime, step: timedelta
) -> tuple[DelayPoint, ...]:
    """Sum stretches up by direction and step; routes without a direction are left out."""
    groups: dict[tuple[int, Direction], list[Stretch]] = defaultdict(list)
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


def _median(group: Iterable[Stretch]) -> timedelta | None:
    """Give the middle of the medians, each weighed by its messages: near the true one, and all that is kept."""
    known = sorted((one.latency_median, one.arrived) for one in group if one.latency_median is not None)
    half = sum(weight for _, weight in known) / 2
    passed = 0
    for median, weight in known:
        passed += weight
        if passed >= half:
            return median
    return None
