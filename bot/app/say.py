"""One test message to each destination, through the real outbox."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.app.bot import Bot, open_bot
from bot.app.clock import SystemClock
from bot.app.operator import by_hand
from bot.app.wiring import destinations
from bot.outbox import call, plan, try_now
from bot.settings import Settings
from bot.store import KeptDelivery, State
from bot.types import Message, Reason, Severity

LIMIT = timedelta(seconds=60)
LOOK = timedelta(seconds=0.2)
UNENDED = frozenset({State.WAITING, State.CLAIMED})


async def say(settings: Settings, text: str, *, show: Callable[[str], None]) -> bool:
    """Send the text to every destination and say what came of it; True if all of them took it."""
    async with open_bot(settings, SystemClock(), random.SystemRandom()) as bot:
        ids = await _save(bot, text)
        jobs = asyncio.create_task(bot.jobs.run())
        try:
            ended = await _ended(bot, ids)
        finally:
            jobs.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await jobs
    for one in ended:
        show(f"{one.destination}: {_outcome(one)}")
    if not ended:
        show("No destination is set: name one in mailstatus.toml. Example: [destinations.ops]")
    return bool(ended) and all(one.state is State.SENT for one in ended)


def _outcome(one: KeptDelivery) -> str:
    """Say no more than is known: a webhook that takes a message may still not show it."""
    if one.state is not State.SENT:
        return f"not delivered: {one.error}"
    return "delivered" if one.landed else "accepted"


async def _save(bot: Bot, text: str) -> set[int]:
    now = bot.clock.now()
    message = Message(at=now, reason=Reason.UPDATED, severity=Severity.INFO, headline=(text,), advice=())
    ids: set[int] = set()
    async with bot.store.begin() as tx:
        for destination in destinations(bot.settings):
            own = replace(message, tenant=destination.tenant, language=destination.language)
            ids |= set(await tx.deliveries.save(plan(own, [destination], heads=(), rings=True), now))
            await tx.audit.note(destination.tenant, by_hand("say", destination=destination.name))
            await try_now(bot.jobs, destination.tenant, destination.name, now, tx)
            await call(bot.jobs, destination.tenant, destination.name, transaction=tx)
    return ids


async def _ended(bot: Bot, ids: set[int]) -> list[KeptDelivery]:
    """Wait until each delivery was tried at least once, or the time is over."""
    until = bot.clock.now() + LIMIT
    while True:
        async with bot.store.read() as tx:
            recent = [one for tenant in bot.pipeline.tenants for one in await tx.deliveries.recent(tenant)]
        found = [one for one in recent if one.id in ids]
        if all(one.error or one.state not in UNENDED for one in found) or bot.clock.now() >= until:
            return found
        await bot.clock.sleep(LOOK)
