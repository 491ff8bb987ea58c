"""A stop is over in time: what hangs is broken off, and is there for whoever goes on."""

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.clock import SystemClock
from bot.app.loops import Loop, Loops
from bot.app.stopping import EACH, MOST, STOP_LIMIT, stopped
from bot.jobs import Args, TableJobs
from bot.store import Store
from handlers.saving import Saving

LONG = timedelta(minutes=1)
LIMIT_S = 4.0
"""Less than any one of the waits at a stop takes by itself."""


async def _life(store: Store, begun: asyncio.Event, stop: asyncio.Event, after: list[str]) -> None:
    chance = random.Random(1)  # noqa: S311 - the same each time
    jobs, saving = TableJobs(store, SystemClock(), chance), Saving()

    async def deliver(_: Args) -> None:
        begun.set()
        await asyncio.Event().wait()  # the channel does not answer

    jobs.register("deliver", deliver, limit=LONG)
    await jobs.enqueue("deliver", {})
    async with AsyncExitStack() as stack:
        stack.callback(after.append, "closed")
        saving.hold(asyncio.Event().wait())
        stack.push_async_callback(saving.drain)
        await stack.enter_async_context(Loops(chance).running(Loop(name="jobs", run=jobs.run, deadline=LONG)))
        await stop.wait()


async def _stop(url: str, after: list[str]) -> int:
    """Live until a delivery and a save hang, stop, and count the jobs that others then have to take over."""
    begun, stop = asyncio.Event(), asyncio.Event()
    async with await Store.open(url) as store:
        life = asyncio.create_task(_life(store, begun, stop, after))
        async with asyncio.timeout(LIMIT_S):
            await begun.wait()
            stop.set()
            await stopped(life, 0.01, each=0.01)
        assert life.done()
        async with store.read() as tx:
            return len(await tx.jobs.running(tasks=["deliver"], but=[]))


def test_a_delivery_and_a_save_that_hang_hold_no_stop_up(tmp_path: Path) -> None:
    """Not the program's end either; what comes after them is done, and the delivery is left for others to take over."""
    after: list[str] = []
    left = asyncio.run(_stop(f"sqlite:///{tmp_path / 'a.db'}", after))
    assert (after, left) == (["closed"], 1)


async def test_a_stop_that_ends_by_itself_is_waited_for_and_says_what_it_ended_of() -> None:
    """Nothing is broken off; an error is the caller's."""
    life = asyncio.create_task(asyncio.sleep(0))
    await stopped(life)
    assert not life.cancelled()
    with pytest.raises(OSError, match="the port is taken"):
        await stopped(asyncio.create_task(_refused()))


async def _refused() -> None:
    raise OSError("the port is taken")


def test_all_that_a_stop_may_take_is_ten_seconds() -> None:
    """As is promised, and half of what systemd is told to allow."""
    assert STOP_LIMIT + MOST * EACH <= 10.0
