"""What the store holds, written as a recording."""

from collections.abc import Callable
from datetime import timedelta

from bot.app import wiring
from bot.app.clock import SystemClock
from bot.recording import Header, recording
from bot.settings import Settings
from bot.store import Store


async def record(settings: Settings, tenant: str, length: timedelta, *, write: Callable[[str], None]) -> None:
    """Write one tenant's observations of the last ``length``, a line each; raises StoreError."""
    now = SystemClock().now()
    header = Header(name=tenant, epoch=now - length, routes=tuple(wiring.routes(settings, tenant)))
    async with await Store.open(settings.store_url) as store, store.read() as tx:
        seen = [one async for one in tx.observations.between(tenant, header.epoch, now)]
    for line in recording(header, seen):
        write(line.rstrip("\n"))
