"""A time of trouble for several machines, and what came of it."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import psycopg

from bot.app.clock import SystemClock
from tests.chaos.evening import Step, Strand, evening, rings
from tests.chaos.oracle import Verdict, judge
from tests.cluster.city import LOOK_S, POLL_S, READY, City, city
from tests.store.postgres import Postgres

SECOND_COPY_S = 2.0
"""Within so long after all is told, what is told twice is there."""
UNWATCHED_S, STOP_S = 30.0, 10.0
"""The most that a tenant may be left alone, and that a stop may take."""

Trouble: TypeAlias = Callable[[City], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large, and how long."""

    tenants: int
    strands: int
    """So many of the evening's happen in each tenant."""
    spread_s: float
    """Over so long the tenants' evenings begin."""
    limit_s: float
    """After so long what is not told counts as lost."""
    workers: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    verdict: Verdict
    rings: int
    unwatched_s: float
    """The longest time between two polls of a tenant, less what lies between them anyway."""
    ends: int
    """How often a worker's process ended."""
    stops_s: Sequence[float]
    revision: str
    """Of the tables at the end."""
    lapses: int
    """How often a worker let go of its leases by itself."""
    log: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Tell whether nothing was lost or told twice, nobody left alone for long, and every stop quick, of one or more."""
        stops_are_quick = bool(self.stops_s) and max(self.stops_s) <= STOP_S
        return self.verdict.is_good and self.unwatched_s <= UNWATCHED_S and stops_are_quick


async def trial(folder: Path, database: Postgres, plan: Plan, trouble: Trouble) -> Outcome:
    """Have tickets come and go in all tenants while the trouble goes on."""
    evenings = [evening()[: plan.strands] for _ in range(plan.tenants)]
    async with city(folder, database, tenants=plan.tenants, workers=plan.workers) as around:
        with suppress(TimeoutError):  # what is not told by then is lost
            async with asyncio.timeout(plan.limit_s), asyncio.TaskGroup() as happening:
                await _until(partial(_has_begun, around))
                happening.create_task(trouble(around))
                for number, (name, strands) in enumerate(zip(around.directory.graphs, evenings, strict=True)):
                    after = plan.spread_s * number / plan.tenants
                    for strand in strands:
                        happening.create_task(_play(strand, around, name, after))
        await asyncio.sleep(SECOND_COPY_S)
        expected = rings(evenings[0])
        return Outcome(
            verdict=judge(expected, around.heard()),
            rings=len(expected) * plan.tenants,
            unwatched_s=max(around.directory.unwatched(time.monotonic()) - POLL_S, 0.0),
            ends=sum(len(one.ends) for one in around.workers),
            stops_s=around.stops,
            revision=await asyncio.to_thread(_revision, database.url(around.store)),
            lapses=sum(one.said("leases_lapsed") for one in around.workers),
            log=[f"{one.name} {line}" for one in (*around.workers, around.web) for line in one.log],
        )


def _revision(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


async def _until(is_so: Callable[[], bool]) -> None:
    """Wait for what other processes do."""
    while not is_so():  # noqa: ASYNC110 - they set no event of ours
        await asyncio.sleep(LOOK_S)


def _has_begun(around: City) -> bool:
    """Tell whether every tenant is watched and people are answered."""
    return len(around.directory.polls) == len(around.directory.graphs) and around.web.said(READY) > 0


async def _play(strand: Strand, around: City, tenant: str, after: float) -> None:
    """Go on when people were told of a step: what follows sooner would be told as one with it."""
    await asyncio.sleep(after)
    for step in strand.steps:
        around.directory.graphs[tenant].publish(strand.issue(step, SystemClock().now()))
        await _until(partial(_is_told, step, around, tenant))


def _is_told(step: Step, around: City, tenant: str) -> bool:
    return any(re.search(step.says, one.text) for one in around.heard()[tenant])
