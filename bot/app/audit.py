"""What people and the bot did, written a line each."""

import json
from collections.abc import Callable
from datetime import timedelta

from bot.app.clock import SystemClock
from bot.settings import Settings
from bot.store import Store


async def audit(settings: Settings, tenant: str, length: timedelta, *, write: Callable[[str], None]) -> None:
    """Write one tenant's deeds of the last ``length`` as JSON Lines, the oldest first; raises StoreError."""
    now = SystemClock().now()
    async with await Store.open(settings.store_url) as store, store.read() as tx:
        deeds = await tx.audit.between(tenant, now - length, now + timedelta(minutes=1))
    for one in deeds:
        line = {"at": one.at.isoformat(), "who": one.who, "what": one.what, "about": one.about}
        write(json.dumps(line, ensure_ascii=False))
