"""What is done to the machines."""

import asyncio
import random

from tests.cluster.city import LOOK_S, READY, City
from tests.cluster.trial import Trouble

CUT_OFF_S = 14.0
"""Longer than a lease."""


async def one_of_each(around: City) -> None:
    """Kill one worker, cut another one off, and tell the third to stop."""
    dies, is_cut_off, stops = around.workers
    dies.do("kill")
    is_cut_off.do("cut")
    await asyncio.sleep(CUT_OFF_S)
    is_cut_off.do("heal")
    around.stops.append(await stops.stop())


def long(chance: random.Random, length_s: float) -> Trouble:
    """Kill one every few seconds, when the one before is back; the database dies once, one worker is cut off once, and
    one is told to stop.
    """

    async def killing(around: City) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + length_s
        while loop.time() < until:
            await asyncio.sleep(chance.uniform(3.0, 6.0))
            one = chance.choice(around.workers)
            lives = one.said(READY)
            one.do("kill")
            while one.said(READY) == lives and loop.time() < until:
                await asyncio.sleep(LOOK_S)

    async def crashing(around: City) -> None:
        await asyncio.sleep(length_s / 4)
        around.database.crash()
        await asyncio.sleep(chance.uniform(1.0, 3.0))
        around.database.start()

    async def cutting(around: City) -> None:
        await asyncio.sleep(length_s / 2)
        one = chance.choice(around.workers)
        one.do("cut")
        await asyncio.sleep(2 * CUT_OFF_S)
        one.do("heal")

    async def stopping(around: City) -> None:
        await asyncio.sleep(length_s * 0.9)
        around.stops.append(await chance.choice(around.workers).stop())

    async def trouble(around: City) -> None:
        await asyncio.gather(killing(around), crashing(around), cutting(around), stopping(around))

    return trouble
