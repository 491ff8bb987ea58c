"""Destinations that the bot gave up for now: doctor has those that look sound tried at once."""

import random

from bot.app.clock import SystemClock
from bot.app.operator import by_hand
from bot.jobs import open_jobs
from bot.outbox import try_now
from bot.settings import DestinationTable
from bot.store import Store


async def tried_again(store: Store, table: DestinationTable, name: str, fault: str) -> str:
    """Have the bot try a destination that is shut, where nothing is wrong with it any more; say so."""
    clock = SystemClock()
    async with store.read() as tx:
        gap = await tx.gaps.get(table.tenant, name)
    if fault or gap is None:
        return ""
    jobs = await open_jobs(store, clock, random.SystemRandom())
    async with store.begin() as tx:
        await tx.audit.note(table.tenant, by_hand("try a destination again", destination=name))
        await try_now(jobs, table.tenant, name, clock.now(), tx)
    return f"took nothing since {gap.since:%Y-%m-%d %H:%M} UTC ({gap.why}); it is tried again at once"
