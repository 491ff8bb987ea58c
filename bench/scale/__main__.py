"""Runs the bench: ``python -m bench.scale [SIZE ...]``, by default 1,000 and 10,000 companies, after a few.

Prints one line of JSON a size, and whether a company costs more among many. Ends with 1 where it does by over 10 %, and
where companies were not read, read late, or not told: what a size did not keep is said in a line of its own.
The last size has two faults as well, which ``--quiet`` leaves out; ``--settle`` and ``--window`` set the seconds before
the quiet stretch and its length, ``--save`` names a file that the lines are added to, for ``bench.scale.model``;
``--bots`` says how many processes share the companies, one of which answers people as well.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from bench.scale.processes import bots, peer
from bench.scale.run import Figures, Plan, Scene, measure, told
from bench.scale.town import Town
from bot.settings.forms import length
from tests.store.postgres import postgres_server

BASE = 10
"""Companies of the bot whose cost is what any bot costs."""
SIZES = (1_000, 10_000)
MOST = 1.1
"""A company may cost so many times as much among many as among few."""
LATE = timedelta(seconds=30)
"""So much later than it is due a company may be read."""


async def one_size(size: int, plan: Plan) -> Figures:
    """Start everything for a size, and measure it."""
    async with AsyncExitStack() as stack:
        server = stack.enter_context(postgres_server(on_disk=True))
        store = server.url(server.create())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailstatus-scale-")))
        world = await stack.enter_async_context(peer("bench.scale.world"))
        town = Town(size=size, world=await world.hear(), poll=plan.poll)
        town.settle(folder, store)
        started, port, ready = await stack.enter_async_context(bots(folder, plan.bots))
        scene = Scene(
            town=town, world=world, bots=started, port=port, database=server.process, store=store, ready=ready
        )
        return await measure(scene, plan)


def cost(figures: Figures, base: Figures) -> dict[str, float]:
    """Give what one company costs beyond the base: millionths of a core, of bot and database, and KiB of memory."""
    more = figures.size - base.size
    share = figures.bot_share + figures.database_share - base.bot_share - base.database_share
    return {"cpu": share / more * 1e6, "memory": (figures.bot_memory - base.bot_memory) * 1024 / more}


def judge(base: Figures, few: Figures, many: Figures) -> bool:
    """Say what a company costs at two sizes; True where it is not more among many."""
    one, other = cost(few, base), cost(many, base)
    for name, unit in (("cpu", "millionths of a core"), ("memory", "KiB")):
        times = other[name] / one[name]
        print(f"{name} a company: {one[name]:.0f} {unit} of {few.size}, {other[name]:.0f} of {many.size}: {times:.2f}")
    return all(other[name] <= MOST * one[name] for name in one)


def missed(figures: Figures, poll: str) -> list[str]:
    """Say what one size did not keep of what companies count on; empty where it kept all."""
    longest = (length(poll) + LATE).total_seconds()
    said = (
        (figures.unread > 0, f"{figures.unread} were never read"),
        (
            figures.longest_gap > longest,
            f"one was not read for {figures.longest_gap:.0f} s, {longest:.0f} at most are fine",
        ),
        (figures.untold > 0, f"{figures.untold} were not handed all of their messages"),
    )
    return [f"FAILED, of {figures.size} companies: {words}" for is_so, words in said if is_so]


def verdict(measured: Sequence[Figures], poll: str) -> bool:
    """Say what was not kept, and what a company costs from the second size to the last; True where all is well."""
    base, *sizes = measured
    failures = [line for figures in measured for line in missed(figures, poll)]
    cheap = len(sizes) < 2 or judge(base, sizes[0], sizes[-1])
    for line in failures:
        print(line)
    return cheap and not failures


def main() -> bool:
    """Measure every size, print, and judge."""
    asked = argparse.ArgumentParser(prog="python -m bench.scale", description="What companies cost.")
    asked.add_argument("sizes", type=int, nargs="*", default=SIZES)
    asked.add_argument("--window", type=float, default=60.0)
    asked.add_argument("--settle", type=float, default=600.0)
    asked.add_argument("--quiet", action="store_true")
    asked.add_argument("--save", type=Path)
    asked.add_argument("--bots", type=int, default=2)
    given = asked.parse_args()
    measured = []
    for size in (BASE, *given.sizes):
        faults = size == given.sizes[-1] and not given.quiet
        plan = Plan(settle=given.settle, window=given.window, faults=faults, bots=given.bots)
        measured.append(asyncio.run(one_size(size, plan)))
        print(told(measured[-1]), flush=True)
        if given.save:
            with given.save.open("a") as file:
                file.write(told(measured[-1]) + "\n")
    return verdict(measured, Plan().poll)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
