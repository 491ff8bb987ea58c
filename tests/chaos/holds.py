"""Kills inside a transaction: the store itself is made to linger at a change, until the process that makes it is dead."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Protocol

import psycopg
from sqlalchemy import make_url

from tests.chaos.process import Mortal

LOOK_S = 0.05
LINGERS_S = 1.0
"""A writer that has SQLite to itself for so long is the one that is held: others are done in milliseconds."""
LONG = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000) SELECT count(*) FROM n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A change of a table, such as ``INSERT ON changes``, that lingers when ``row`` (SQL about NEW) is true."""

    at: str
    row: str


MIGRATION = Hold(at="UPDATE ON alembic_version", row="TRUE")
JOIN = Hold(at="INSERT ON changes", row="NEW.reason = 'joined'")
CLAIM = Hold(at="UPDATE ON deliveries", row="NEW.state = 'claimed'")
MARK = Hold(at="UPDATE ON deliveries", row="NEW.state = 'sent'")


class Held(Protocol):
    """A database in which one change lingers."""

    def set(self, hold: Hold) -> None:
        """Let a change linger."""

    def lingers(self) -> bool:
        """Tell whether somebody is held now."""

    def free(self) -> None:
        """Let nothing linger any more."""


class HeldSqlite:
    """Lingers by counting to a thousand millions."""

    def __init__(self, path: str) -> None:
        """Take the file, which need not be there yet."""
        self._path = path
        self._since: float | None = None

    def set(self, hold: Hold) -> None:
        """Let a change linger: a trigger may not have the query, but it may have a view of it."""
        self._run(
            f"CREATE VIEW chaos_long AS {LONG}",
            f"CREATE TRIGGER chaos AFTER {hold.at} WHEN {hold.row} BEGIN SELECT * FROM chaos_long; END",  # noqa: S608 - ours
        )

    def lingers(self) -> bool:
        """Tell whether the one writer has not let anybody in for a while."""
        try:
            with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            now = asyncio.get_running_loop().time()
            self._since = self._since or now
            return now - self._since > LINGERS_S
        self._since = None
        return False

    def free(self) -> None:
        """Take trigger and view away."""
        self._run("DROP TRIGGER chaos", "DROP VIEW chaos_long")

    def _run(self, *statements: str) -> None:
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)


class HeldPostgres:
    """Lingers by sleeping."""

    def __init__(self, url: str) -> None:
        """Take the store's URL."""
        self._url = url

    def set(self, hold: Hold) -> None:
        """Let a change linger."""
        self._run(
            "CREATE FUNCTION chaos() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$",
            f"CREATE TRIGGER chaos AFTER {hold.at} FOR EACH ROW WHEN ({hold.row}) EXECUTE FUNCTION chaos()",
        )

    def lingers(self) -> bool:
        """Ask who sleeps."""
        return bool(self._run("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))

    def free(self) -> None:
        """End whoever sleeps still, which does not hear that its client is dead, and take the trigger away."""
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
            "DROP FUNCTION chaos() CASCADE",
        )

    def _run(self, *statements: str) -> Sequence[tuple[object, ...]]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else ()


def held(url: str) -> Held:
    """Give the way to hold a change in the store at a URL."""
    parsed = make_url(url)
    return HeldSqlite(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else HeldPostgres(url)


async def die_inside(hold: Hold, url: str, bot: Mortal) -> None:
    """Have the process killed in the middle of a transaction that makes the change."""
    database = held(url)
    database.set(hold)
    while not database.lingers():  # noqa: ASYNC110 - another process gets there
        await asyncio.sleep(LOOK_S)
    bot.kill()
    database.free()


async def lock(url: str, seconds: float) -> None:
    """Be the one writer of an SQLite store for a while, if it can be had."""
    connection = sqlite3.connect(str(make_url(url).database), timeout=0, isolation_level=None)
    with closing(connection), suppress(sqlite3.OperationalError):
        connection.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(seconds)
