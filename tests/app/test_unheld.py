"""A web notices that no worker is left."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from bot.app.health import HANDOVER, Pulse
from bot.app.holder import ALL, names
from bot.store import Store


async def test_shards_that_nobody_holds_for_long_are_said_not_to_be_seen(store: Store) -> None:
    """Not while they are handed over, and never on SQLite, where one process has all of them."""
    nobody: Any = SimpleNamespace(eyes={})
    pulse: Pulse = object.__new__(Pulse)
    pulse.store, pulse.shards, pulse.alone = store, nobody, 0
    for _ in range(HANDOVER):
        await pulse._count_shards()
    assert pulse._sees()
    await pulse._count_shards()
    assert pulse._sees() is (store.address is None)
    for name in names(ALL):
        await store.leases.take("one", name, timedelta(hours=1))
    await pulse._count_shards()
    assert pulse._sees()
