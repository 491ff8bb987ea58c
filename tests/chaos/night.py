"""One evening under one kind of trouble, from the first ticket until everything is told."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from bot.types import Change
from tests.chaos.evening import Step, Strand, evening, rings
from tests.chaos.far import MEASURED, far_vantage
from tests.chaos.ledger import Ledger, Portrait, ledger, make_old
from tests.chaos.oracle import Asides, Told, Verdict, judge, judge_pictures, summed
from tests.chaos.process import Mortal, story_clock
from tests.chaos.town import Home, Town, town

LOOK_S = 0.2
ASIDES = Asides(asks="Perhaps this did not arrive here:", notices="This channel could not be reached for")

Trouble: TypeAlias = Callable[[Town], Coroutine[None, None, None]]
"""Sets traps and faults and does harm; the evening is over when all that was to be told is, and the harm is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and how fast an evening happens."""

    folder: Path
    store_url: str
    speed: float
    limit_s: float
    """After so many real seconds what is not told counts as lost."""
    old: bool = False
    """Whether the store has the tables of the first version when the bot starts."""
    teams_bot: bool = False
    """Whether the Teams bot is told as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an evening ended."""

    kills: int
    rings: int
    """Expected, at all destinations together."""
    verdict: Verdict
    incidents: Sequence[Portrait]
    heard: Mapping[str, Sequence[Told]]
    log: Sequence[str]


async def night(place: Place, trouble: Trouble) -> Outcome:
    """Play the evening to the end, whatever happens to the bot."""
    place.folder.mkdir(parents=True, exist_ok=True)
    if place.old:
        await make_old(place.store_url)
    anchor = time.time()
    clock = story_clock(anchor, place.speed)
    bot = Mortal(place.folder, clock, anchor=anchor)
    async with (
        ledger(place.store_url) as kept,
        town(bot, Home(folder=place.folder, store_url=place.store_url, teams_bot=place.teams_bot), clock) as around,
    ):
        strands = evening()
        with suppress(TimeoutError):  # what is not told by then is lost
            far = far_vantage(place.folder / "far", around.address, clock)
            async with asyncio.timeout(place.limit_s), bot.living(), far:
                await _happen(strands, around, kept, trouble)
        expected, heard = [*rings(strands), MEASURED], around.heard()
        return Outcome(
            kills=len(bot.deaths),
            rings=len(expected) * len(heard),
            verdict=summed([judge(expected, heard, ASIDES), judge_pictures(MEASURED, around.pictures())]),
            incidents=await kept.portraits(),
            heard=heard,
            log=bot.log,
        )


async def _happen(strands: Sequence[Strand], around: Town, kept: Ledger, trouble: Trouble) -> None:
    """Let everything happen, then wait until it is told."""
    async with asyncio.TaskGroup() as happening:
        doing = [happening.create_task(trouble(around))]
        doing += [happening.create_task(_play(strand, around, kept)) for strand in strands]
        doing.append(happening.create_task(kept.until(_is_measured)))
        while not all(one.done() for one in doing):
            await kept.look()
            await asyncio.sleep(LOOK_S)
    while not await kept.is_all_told():  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(LOOK_S)


async def _play(strand: Strand, around: Town, kept: Ledger) -> None:
    """Go on when the bot has taken a step in: what follows sooner would be told as one with it."""
    for step in strand.steps:
        around.graph.publish(strand.issue(step, around.clock.now()))
        await kept.until(partial(_is_ring_of, step))


def _is_ring_of(step: Step, change: Change) -> bool:
    claims = change.incident.claims if change.incident else ()
    return change.reason is step.reason and any(claim.reading.id == step.ticket.id for claim in claims)


def _is_measured(change: Change) -> bool:
    return change.incident is not None and bool(change.incident.findings)
