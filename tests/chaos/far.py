"""A far vantage whose test messages are refused all evening, and the bot's own way to hear of it."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot.demo.clock import StoryClock
from bot.types import Refused, Sent
from bot.vantage.push import Pusher, PushError
from bot.vantage.spool import open_spool
from tests.chaos.oracle import Ring

NAME, ROUTE = "far", "between-colleagues"
SECRET = SecretStr("the secret of a far vantage")
SETTINGS = f"""
[vantages.{NAME}]
secret_env = "FAR_SECRET"

[routes.{ROUTE}]
from = "ana"
to = "ben"
direction = "internal"
vantage = "{NAME}"
"""
EVERY = timedelta(seconds=20)
MEASURED = Ring(name="measured", says="Mail between colleagues is refused")


@asynccontextmanager
async def far_vantage(folder: Path, address: str, clock: StoryClock) -> AsyncIterator[None]:
    """Send and push until the end of the block, as a vantage's own process does."""
    async with httpx.AsyncClient() as http:
        with open_spool(folder, now=clock.now) as spool:
            pusher = Pusher(
                url=address,
                vantage=NAME,
                secret=SECRET,
                spool=spool,
                http=http,
                clock=clock,
                chance=random.Random(1),  # noqa: S311 - jitter
            )
            looking = asyncio.create_task(_look(pusher, clock))
            try:
                yield
            finally:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)


async def _look(pusher: Pusher, clock: StoryClock) -> None:
    """Send a message, and push what waits: while the bot is dead it waits for the next time, as from cron."""
    for number in itertools.count(1):
        probe, at = f"{number:016x}", clock.now()
        refused = Refused(at=at, route=ROUTE, probe=probe, reply="503 5.5.1 Bad sequence of commands")
        pusher.spool.append([Sent(at=at, route=ROUTE, probe=probe), refused])
        with suppress(PushError):
            await pusher.flush()
        await clock.sleep(EVERY)
