"""Stores for any test: SQLite in a file, and a real PostgreSQL that is started once."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.store import Store
from tests.store.postgres import FAST, Postgres, postgres_server

# A busy machine is no failure, and the same tests are run each time.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start PostgreSQL once for all tests."""
    with postgres_server(*FAST) as server:
        yield server


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty SQLite store to copy."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    _make(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def empty_postgres(postgres: Postgres) -> str:
    """Make an empty PostgreSQL store to copy."""
    name = postgres.create()
    _make(postgres.url(name))
    return name


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """Give an empty SQLite store of this test alone."""
    return f"sqlite:///{shutil.copy(empty_sqlite, tmp_path / 'store.db')}"


@pytest.fixture
def postgres_url(postgres: Postgres, empty_postgres: str) -> Iterator[str]:
    """Give an empty PostgreSQL store of this test alone."""
    name = postgres.create(empty_postgres)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Run the test on both databases."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """Open an empty store, on both databases."""
    async with await Store.open(store_url) as opened:
        yield opened


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """Open an empty SQLite store, for tests that are about something else."""
    async with await Store.open(sqlite_url) as opened:
        yield opened


def _make(url: str) -> None:
    async def make() -> None:
        await (await Store.open(url)).close()

    with ThreadPoolExecutor(1) as thread:  # a test's own event loop may be running here
        thread.submit(lambda: asyncio.run(make())).result()
