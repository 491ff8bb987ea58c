"""What is done to the machines."""

import asyncio
import random

from tests.cluster.city import LOOK_S, READY, City, Machine
from tests.cluster.trial import Trouble

CUT_OFF_S = 14.0
"""Longer than a lease."""
DOWN_S = 2.0
"""That the database is away."""


async def one_of_each(around: City) -> None:
    """Kill one worker, cut another one off, and tell the third to stop."""
    dies, is_cut_off, stops = around.workers
    dies.do("kill")
    is_cut_off.do("cut")
    await asyncio.sleep(CUT_OFF_S)
    is_cut_off.do("heal")
    around.stops.append(await stops.stop())


def long(chance: random.Random, length_s: float) -> Trouble:
    """Kill one every few seconds; the database dies once, one worker is cut off once, and one is told to stop."""

    async def trouble(around: City) -> None:
        await asyncio.gather(
            _killing(around, chance, length_s),
            _crashing(around, length_s / 4),
            _cutting(chance.choice(around.workers), length_s / 2),
            _stopping(around, chance.choice(around.workers), length_s * 0.9),
        )

    return trouble


async def _killing(around: City, chance: random.Random, length_s: float) -> None:
    """Kill one after the other, each when the one before is back."""
    loop = asyncio.get_running_loop()
    until = loop.time() + length_s
    while loop.time() < until:
        await asyncio.sleep(chance.uniform(3.0, 6.0))
        one = chance.choice(around.workers)
        lives = one.said(READY)
        one.do("kill")
        while one.said(READY) == lives and loop.time() < until:  # noqa: ASYNC110 - another process gets there
            await asyncio.sleep(LOOK_S)


async def _crashing(around: City, after: float) -> None:
    await asyncio.sleep(after)
    around.database.crash()
    await asyncio.sleep(DOWN_S)
    around.database.start()


async def _cutting(one: Machine, after: float) -> None:
    await asyncio.sleep(after)
    one.do("cut")
    await asyncio.sleep(2 * CUT_OFF_S)
    one.do("heal")


async def _stopping(around: City, one: Machine, after: float) -> None:
    await asyncio.sleep(after)
    around.stops.append(await one.stop())
