"""Runs a bot with its page until it is told to stop."""

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.app.bot import Bot, open_bot, watch
from bot.app.clock import SystemClock
from bot.app.site import open_site
from bot.settings import Settings
from bot.web.server import bind, server

log = structlog.get_logger(__name__)

STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A bot that is on: the address of its page, and what must not end before it does."""

    address: str
    loops: tuple[asyncio.Task[None], ...]


async def run(settings: Settings) -> None:
    """Watch, tell, listen and serve until SIGTERM or SIGINT; raises SettingsError, StoreError and ServeError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_bot(settings, SystemClock(), random.SystemRandom()) as bot, running(bot) as on:
        watch(bot)
        log.info("ready", page=on.address)
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({stopping, *on.loops}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        log.info("stopping")
        for ended in done - {stopping}:
            ended.result()  # a loop that ends by itself died of something: let it be seen


@asynccontextmanager
async def running(bot: Bot, *, links: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
    """Run jobs and page within the block; both have ten seconds to come to an end."""
    host, _, port = bot.settings.environment.listen.rpartition(":")
    host = host.strip("[]")
    async with open_site(bot, links=links) as app:
        listening = bind(host, int(port), token=bot.settings.environment.page_token)
        serving = server(app)
        jobs = asyncio.create_task(bot.jobs.run(), name="jobs")
        page = asyncio.create_task(serving.serve(sockets=[listening]), name="page")
        try:
            async with bot.followers.running():
                yield Running(address=f"http://{host}:{listening.getsockname()[1]}/", loops=(jobs, page))
        finally:
            serving.should_exit = True
            jobs.cancel()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await asyncio.gather(jobs, page, return_exceptions=True)
