"""What a change gives to say, saved as drafts, each destination's job enqueued in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.jobs import Jobs
from bot.outbox.calls import call
from bot.outbox.drafts import Audience, drafts
from bot.store import Transaction
from bot.types import Change, Destination, Reading


async def draft(
    change: Change,
    destinations: Sequence[Destination],
    doubts: Mapping[str, Reading],
    *,
    jobs: Jobs,
    now: datetime,
    tx: Transaction,
) -> None:
    """Save what each channel and each subscriber of the tenant is to get; ``doubts`` are as ``Audience`` has them."""
    people = [one.destination() for one in await tx.subscriptions.of(change.tenant)]
    heads = await tx.deliveries.heads(change.tenant, change.incident.id) if change.incident else frozenset()
    drafted = list(drafts(change, Audience(destinations=[*destinations, *people], heads=heads, doubts=doubts), now))
    await tx.deliveries.save(drafted, now)
    first: dict[str, datetime] = {}
    for one in drafted:
        first[one.destination] = min(one.due, first.get(one.destination, one.due))
    for name, due in first.items():
        await call(jobs, change.tenant, name, due=due, transaction=tx)
