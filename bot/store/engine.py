"""Opening SQLite and PostgreSQL so that both behave the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import aiosqlite
from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, event, make_url
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.errors import StoreError

PATIENCE = 10.0
"""Seconds that anybody waits for a lock, a connection or the one writer."""
READS_ONLY = "mailstatus_reads_only"
NEVER_SILENT: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A PostgreSQL that is gone without a word must not silence us: the kernel gives up after these times."""
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def open_engine(url: str) -> AsyncEngine:
    """Make the engine for a store's URL; raises StoreError, which never shows a password, where that makes no sense."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return _postgresql(parsed)


def _parsed(url: str) -> URL:
    example = "for example sqlite:///mailstatus.db or postgresql://user@host/mailstatus"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(f"the store's URL cannot be read; {example}", passing=False) from None
    driver = DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        message = f"the store is SQLite or PostgreSQL, not {parsed.drivername}; {example}"
        raise StoreError(message, passing=False)
    return parsed.set(drivername=driver)


def _sqlite(url: URL) -> AsyncEngine:
    in_memory = url.database in {None, "", ":memory:"}
    if url.database and not in_memory:
        _make_private(Path(url.database))
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1 if in_memory else 5,  # a database in memory is its one connection
        max_overflow=0,
        pool_timeout=PATIENCE,
        # The driver would begin transactions by itself, and only at the first change: too late to be the one writer.
        connect_args={"timeout": PATIENCE, "isolation_level": None},
    )
    event.listen(engine.sync_engine, "connect", _tune_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def file_of(url: URL) -> tuple[int, int] | None:
    """Give device and inode of SQLite's file; None where there is none. Raises StoreError where nobody can tell."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    try:
        found = Path(url.database).stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"store: its file cannot be looked at: {error.strerror}") from error
    return found.st_dev, found.st_ino


def _make_private(path: Path) -> None:
    """Keep others on the machine from reading it: it holds what people and vendors wrote."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"the store {path} cannot be written: {error.strerror}", passing=False) from error


def _tune_sqlite(connection: AdaptedConnection, _record: object) -> None:
    connection.run_async(_tune)


async def _tune(driver: aiosqlite.Connection) -> None:
    await driver.execute("PRAGMA journal_mode = WAL")
    # In WAL mode a killed process loses nothing with NORMAL; a power cut may undo the last moments, never more.
    await driver.execute("PRAGMA synchronous = NORMAL")
    await driver.execute("PRAGMA temp_store = MEMORY")
    await driver.execute("PRAGMA journal_size_limit = 67108864")


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(READS_ONLY, False)
    begin = "BEGIN" if reads_only else "BEGIN IMMEDIATE"
    adapted = cast("AdaptedConnection", connection.connection.dbapi_connection)
    adapted.run_async(lambda driver: driver.execute(begin))  # one trip to the driver's thread instead of three


def open_leasing(engine: AsyncEngine) -> AsyncEngine:
    """Make the engine of the leases: a connection of their own, as a lease that waits for others' statements runs out.

    On SQLite there is one process, and nothing to wait for.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return create_async_engine(
        engine.url,
        pool_size=1,
        max_overflow=0,
        pool_timeout=PATIENCE,
        isolation_level="AUTOCOMMIT",
        connect_args={**NEVER_SILENT, "options": "-c lock_timeout=2s -c statement_timeout=3s"},
    )


def _postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=10,
        max_overflow=0,
        pool_timeout=PATIENCE,
        pool_pre_ping=True,
        connect_args={
            **NEVER_SILENT,
            # A client that is cut off in a transaction must not keep a tenant from whoever takes it over.
            "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s"
            " -c idle_in_transaction_session_timeout=10s",
        },
    )
