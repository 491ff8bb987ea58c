"""Has the bot look: the shards that are its own, and what keeps them so."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.app.eyes import Tooling, open_pages
from bot.app.holder import ALL, Holder
from bot.app.loops import Loop, Loops
from bot.app.rounds import Rounds
from bot.app.shards import Shards
from bot.app.tenants import Tenants
from bot.app.upkeep import Upkeep
from bot.app.watched import Opener
from bot.app.worker_name import worker_name
from bot.pipeline import Pipeline
from bot.store import Store

if TYPE_CHECKING:
    from bot.app.bot import Bot

SHARDS_DEADLINE, LEASES_DEADLINE = timedelta(seconds=30), timedelta(minutes=1)


def open_shards(tooling: Tooling, tenants: Tenants, store: Store, *, pipeline: Pipeline, loops: Loops) -> Shards:
    """Make what watches the companies of a directory."""
    pages = open_pages(tooling.settings, tooling.http)
    return Shards(
        tenants=tenants.names,
        opener=Opener(tooling=tooling, tenants=tenants, store=store, pipeline=pipeline, loops=loops, pages=pages),
        rounds=Rounds(
            pipeline=pipeline,
            clock=tooling.clock,
            poll_every=tooling.settings.installation.rules.poll_every,
            pages=pages,
        ),
        chance=tooling.chance,
    )


@asynccontextmanager
async def watching(bot: "Bot", *, probing: Callable[[], bool] = lambda: True) -> AsyncIterator[None]:
    """Have the bot look within the block; ``probing`` is asked before each test message whether it may be sent."""
    if not bot.role.watches:
        yield
        return
    bot.shards.rounds.probing = probing
    bot.tenants.listen(bot.shards.follow)
    Upkeep(jobs=bot.jobs, store=bot.store, clock=bot.clock).register()
    loop = Loop(name="shards", run=bot.shards.run, deadline=SHARDS_DEADLINE)
    async with bot.loops.running(loop), _held(bot):
        yield


@asynccontextmanager
async def _held(bot: "Bot") -> AsyncIterator[None]:
    """Hold shards by leases where several machines can share a store; on SQLite we are alone, and all are ours."""
    if bot.store.address is None:
        bot.shards.hold(ALL)
        async with aclosing(bot.shards):
            yield
        return
    with worker_name(bot.settings.state, bot.chance) as name:
        holder = Holder(leases=bot.store.leases, shards=bot.shards, owner=name, chance=bot.chance)
        async with aclosing(holder), bot.loops.running(Loop(name="leases", run=holder.run, deadline=LEASES_DEADLINE)):
            yield
