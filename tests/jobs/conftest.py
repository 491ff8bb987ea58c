"""Every adapter of the jobs port, over an empty store."""

from collections.abc import AsyncIterator

import pytest

from bot.store import Store
from tests.jobs.adapters import Adapter, Journal, TableAdapter

ADAPTERS = ("table on sqlite", "table on postgresql")


@pytest.fixture(params=ADAPTERS)
async def adapter(request: pytest.FixtureRequest) -> AsyncIterator[Adapter]:
    """Put each adapter through the suite."""
    database = request.param.partition(" on ")[2]
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[database])
    async with await Store.open(url) as store:
        yield TableAdapter(store, url)


@pytest.fixture
def journal() -> Journal:
    """Write down what runs."""
    return Journal()
