"""The jobs of the outbox: one line of them a destination for words, and one for pictures."""

from datetime import datetime

from bot.jobs import Args, Jobs
from bot.store import Transaction

TASK = "deliver"
PICTURES = "pictures"
"""The task of what is sent beside the words; it has a line of its own, so that no words wait for it."""


async def call(
    jobs: Jobs, tenant: str, destination: str, *, due: datetime | None = None, transaction: Transaction | None = None
) -> None:
    """Have what waits for a destination delivered: enqueue it in the transaction that saves the drafts."""
    args = {"tenant": tenant, "destination": destination}
    await call_task(jobs, TASK, args, due=due, transaction=transaction)


async def call_task(
    jobs: Jobs, task: str, args: Args, *, due: datetime | None, transaction: Transaction | None
) -> None:
    """Have one of the two tasks run for a destination, once however often it is called."""
    key = f"{task}:{args['tenant']}:{args['destination']}"
    await jobs.enqueue(task, args, key=key, dedupe=key, run_at=due, transaction=transaction)
