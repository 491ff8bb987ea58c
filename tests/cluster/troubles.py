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
    """Kill one worker, cut another one off, and bring the third up to date while the others are not."""
    dies, is_cut_off, stops = around.workers
    dies.do("kill")
    is_cut_off.do("cut")
    await asyncio.sleep(CUT_OFF_S)
    is_cut_off.do("heal")
    await _renewed(around, stops)


async def _renewed(around: City, one: Machine) -> None:
    """Have a newer build follow on a process, which changes the tables where it is the first."""
    lives = one.said(READY)
    around.stops.append(await one.stop(around.newer))
    while one.said(READY) == lives:  # noqa: ASYNC110 - another process gets there
        await asyncio.sleep(LOOK_S)


def long(chance: random.Random, length_s: float) -> Trouble:
    """Kill one every few seconds; the database dies once, one worker is cut off once, and all get a newer build."""

    async def trouble(around: City) -> None:
        await asyncio.gather(
            _killing(around, chance, length_s),
            _crashing(around, length_s / 4),
            _cutting(chance.choice(around.workers), length_s / 2),
            _upgrading(around, length_s * 0.7),
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


async def _upgrading(around: City, after: float) -> None:
    """Bring one machine after the other up to date, the one that answers people last."""
    await asyncio.sleep(after)
    for one in (*around.workers, around.web):
        await _renewed(around, one)
