"""A worker in a process of its own: says on standard output which jobs it begins and ends, and hangs where told to."""

import asyncio
import random
import sys

from bot.jobs import Args, Jobs, TableJobs
from bot.jobs.engine import ProcrastinateJobs
from bot.store import Store
from tests.jobs.adapters import QUICK, SkewedClock


def table(store: Store) -> Jobs:
    """Make the adapter over the job table."""
    return TableJobs(store, SkewedClock(), random.Random(0), pace=QUICK)  # noqa: S311 - jitter


def engine(store: Store) -> Jobs:
    """Make the adapter over procrastinate."""
    return ProcrastinateJobs(store, SkewedClock(), random.Random(0), pace=QUICK)  # noqa: S311 - jitter


ADAPTERS = {"table": table, "engine": engine}


def say(line: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"> {line}\n")
    sys.stdout.flush()


async def note(args: Args) -> None:
    """Say what runs; a job told to hang goes on only when something comes in on standard input."""
    say(f"begins {args['n']}")
    if args.get("hangs"):
        await asyncio.to_thread(sys.stdin.readline)
    say(f"ends {args['n']}")


async def main(adapter: str, url: str) -> None:
    """Run until killed."""
    async with await Store.open(url) as store:
        jobs = ADAPTERS[adapter](store)
        jobs.register("note", note)
        jobs.register("only there", note)
        await jobs.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
