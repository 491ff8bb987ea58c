from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Store
from tests.vantage.rig import Bot, Far, Hand, far_side


@pytest.fixture
def bot(sqlite_store: Store) -> Bot:
    """Give a bot with an empty store."""
    return Bot(sqlite_store, Hand())


@pytest.fixture
async def far(bot: Bot, tmp_path: Path) -> AsyncIterator[Far]:
    """Give the far side of it, connected over a real port."""
    async with far_side(bot, tmp_path / "spool") as opened:
        yield opened
