"""Tasks that tell the tests what ran, and workers that know them."""

import asyncio
from datetime import timedelta

from bot.jobs import Args, Jobs, Pace, Task
from tests.jobs.adapters import QUICK, Adapter, Journal


class BusinessError(Exception):
    """Something went wrong in the transaction that a job is part of."""


def noting(journal: Journal) -> Task:
    """Make a task that writes its number down."""

    async def note(args: Args) -> None:
        journal.write(str(args["n"]))

    return note


def gated(journal: Journal, gate: asyncio.Event) -> Task:
    """Make a task that writes down its beginning and its end, and waits between them."""

    async def wait(args: Args) -> None:
        journal.write(f"{args['n']} begins")
        await gate.wait()
        journal.write(f"{args['n']} ends")

    return wait


def worker(adapter: Adapter, task: Task, *, skew: timedelta = timedelta(), pace: Pace = QUICK) -> Jobs:
    """Make a worker that knows one task."""
    jobs = adapter.jobs(skew=skew, pace=pace)
    jobs.register("note", task)
    return jobs
