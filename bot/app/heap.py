"""Python's garbage collection, kept short however much there is in memory."""

import asyncio
import gc
from datetime import timedelta

from bot.app.loops import Beat, Loop

APART = timedelta(minutes=1)
"""Between two times that what lives on is set apart."""
SWEEP = 60
"""So many times apart everything is visited: what was set apart and then forgotten in a circle takes room till then."""
DEADLINE = timedelta(minutes=5)


def collecting() -> Loop:
    """Give the loop that collects what was made lately, and sets apart what is still there after that.

    A full collection visits every object that is not set apart, and all else waits meanwhile: seconds where there
    are thousands of companies, in which test messages look late. Python begins one by itself once enough is old.
    """
    return Loop(name="heap", run=_collect, deadline=DEADLINE)


async def _collect(beat: Beat) -> None:
    while True:
        gc.unfreeze()
        for _ in range(SWEEP):
            gc.collect()
            gc.freeze()
            beat()
            await asyncio.sleep(APART.total_seconds())
