"""Runs a bot with its page until it is told to stop."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import structlog

from bot.app.bot import Bot, open_bot
from bot.app.health import CHECK_DEADLINE
from bot.app.heap import collecting
from bot.app.heartbeat import DEADLINE as HEARTBEAT_DEADLINE
from bot.app.loops import Beat, Loop
from bot.app.roles import Role
from bot.app.site import open_site
from bot.app.stopping import stopped
from bot.app.systemd import READY, STOPPING, Systemd
from bot.app.tenant_folder import LOOK_DEADLINE, TenantWatch
from bot.app.turning import turning
from bot.app.watching import watching
from bot.settings import Settings
from bot.store import StoreError
from bot.types import Clock
from bot.web.server import bind, server

log = structlog.get_logger(__name__)

STOP_SECONDS = 3.0
"""That the page has to end after everything else did: it was told before."""
NOBODY = Systemd(None)
REFRESH = timedelta(seconds=1)
"""Whoever asks another program of ours hears of an order after so long at most."""
REFRESH_DEADLINE = timedelta(minutes=2)
PAGE_DEADLINE, JOBS_DEADLINE = timedelta(seconds=30), timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A bot that is on: the address of its page, and the server of it, which must not end before the bot does."""

    address: str
    page: asyncio.Task[None]


async def run(settings: Settings, clock: Clock, chance: random.Random, role: Role = Role.ALL) -> None:
    """Do what the role says until SIGTERM or SIGINT; raises SettingsError, StoreError and ServeError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    stopping = asyncio.create_task(stop.wait())
    life = asyncio.create_task(_live(open_bot(settings, clock, chance, role), stopping), name="life")
    await asyncio.wait({life, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    await stopped(life)


async def _live(opening: AbstractAsyncContextManager[Bot], stopping: asyncio.Task[Literal[True]]) -> None:
    """Go on until it is time to stop, or the page ends by itself."""
    systemd = Systemd(os.environ.get("NOTIFY_SOCKET"))
    async with opening as bot, running(bot, systemd=systemd) as on, watching(bot), bot.loops.running(collecting()):
        log.info("ready", page=on.address)
        systemd.tell(READY)
        done, _ = await asyncio.wait({stopping, on.page}, return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
        systemd.tell(STOPPING)
        for ended in done - {stopping}:
            ended.result()  # a server that ends by itself died of something: let it be seen


@asynccontextmanager
async def running(
    bot: Bot, *, links: Mapping[str, str] | None = None, systemd: Systemd = NOBODY
) -> AsyncIterator[Running]:
    """Run every loop and the page within the block; both are over ten seconds after its end."""
    host, _, port = bot.settings.environment.listen.rpartition(":")
    host = host.strip("[]")
    async with open_site(bot, links=links) as app:
        listening = bind(host, int(port), guarded=bot.settings.environment.page_is_guarded)
        serving = server(app, beat=bot.loops.watch("page", PAGE_DEADLINE))
        page = asyncio.create_task(serving.serve(sockets=[listening]), name="page")
        bot.pulse.watchdog.start()
        try:
            async with bot.loops.running(*_loops(bot, systemd)):
                try:
                    yield Running(address=f"http://{host}:{listening.getsockname()[1]}/", page=page)
                finally:
                    serving.should_exit = True
        finally:
            bot.pulse.watchdog.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await asyncio.gather(page, return_exceptions=True)


def _loops(bot: Bot, systemd: Systemd) -> Sequence[Loop]:
    """Name every loop that the bot has whatever its settings; the ways in from the chat platforms add their own."""
    return (
        turning(bot.pulse.watchdog, bot.loops, systemd),
        *([Loop(name="jobs", run=bot.jobs.run, deadline=JOBS_DEADLINE)] if bot.role.watches else []),
        Loop(name="check", run=bot.pulse.run, deadline=CHECK_DEADLINE),
        *_outward(bot),
        *_tenants(bot),
        *_shared(bot),
    )


def _outward(bot: Bot) -> Sequence[Loop]:
    heartbeat = bot.pulse.heartbeat
    return [Loop(name="heartbeat", run=heartbeat.run, deadline=HEARTBEAT_DEADLINE)] if heartbeat else []


def _tenants(bot: Bot) -> Sequence[Loop]:
    """Follow the folder of companies, where there is one."""
    if bot.settings.environment.tenants is None:
        return ()
    watch = TenantWatch(folder=bot.folder, tenants=bot.tenants, clock=bot.clock)
    return [Loop(name="tenants", run=watch.run, deadline=LOOK_DEADLINE)]


def _shared(bot: Bot) -> Sequence[Loop]:
    """Keep up with what other programs on the same store see and do; on SQLite there are none."""
    if bot.store.address is None:
        return ()

    async def refresh(beat: Beat) -> None:
        while True:
            try:
                for tenant in await bot.pipeline.refresh():
                    bot.shards.stir(tenant)
            except StoreError as error:
                log.warning("not_refreshed", why=str(error))
            beat()
            await asyncio.sleep(REFRESH.total_seconds())

    return [Loop(name="refresh", run=refresh, deadline=REFRESH_DEADLINE)]
