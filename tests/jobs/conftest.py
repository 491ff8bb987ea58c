"""Every adapter of the jobs port, over an empty store."""

from collections.abc import AsyncIterator

import pytest

from bot.jobs.engine import install
from bot.store import Store
from tests.jobs.adapters import Adapter, EngineAdapter, Journal, TableAdapter

ADAPTERS = ("table on sqlite", "engine on postgresql")


@pytest.fixture(params=ADAPTERS)
async def adapter(request: pytest.FixtureRequest) -> AsyncIterator[Adapter]:
    """Put each adapter through the suite."""
    engine = request.param == "engine on postgresql"
    url: str = request.getfixturevalue("postgres_url" if engine else "sqlite_url")
    async with await Store.open(url) as store:
        if engine:
            await install(store)
        yield (EngineAdapter if engine else TableAdapter)(store, url)


@pytest.fixture
def journal() -> Journal:
    """Write down what runs."""
    return Journal()
