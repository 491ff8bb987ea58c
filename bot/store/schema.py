"""Bringing the tables up to date, cheaply where they are."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.append_only import guard_audit
from bot.store.errors import StoreError
from bot.store.tables import metadata
from bot.store.tables.base import ONLY

HEAD = "0013"
"""The newest file in migrations/; revisions count up, so that an older program knows a newer store."""
BEARS = "0008"
"""The oldest program, by its HEAD, that can go on beside these tables; a migration that takes things away raises it."""
MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 7_245_001
"""PostgreSQL's advisory lock while tables change: several machines may start at once."""


async def bring_up_to_date(engine: AsyncEngine) -> None:
    """Look at the revision and change the tables only if they are behind; newer ones are left alone."""
    async with engine.begin() as connection:
        revision = await connection.run_sync(stored_revision)
        if revision is None or revision < HEAD:
            await connection.run_sync(_change)
        elif revision > HEAD:
            await connection.run_sync(_bear)


def stored_revision(connection: Connection) -> str | None:
    """Read the revision of the tables; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _bear(connection: Connection) -> None:
    """Go on with tables of a newer program, unless it said that one as old as this cannot."""
    oldest = connection.scalar(text("SELECT oldest FROM borne")) if inspect(connection).has_table("borne") else None
    if oldest is not None and oldest > HEAD:
        raise StoreError(
            f"the store's tables are newer than this mailstatus can use: it knows revision {HEAD}, and {oldest} is the "
            "oldest that may run beside them. Install the version that the other machines have",
            passing=False,
        )


def _change(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        # An index over a large table takes as long as it takes; only what a change waits for is limited (lock_timeout).
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    revision = stored_revision(connection)  # another machine may have been quicker
    if revision is None:
        _create(connection)
    elif revision < HEAD:
        upgrade(connection)
        connection.execute(text("UPDATE borne SET oldest = :oldest"), {"oldest": BEARS})


def _create(connection: Connection) -> None:
    """Make all tables at once: a first start need not wait for Alembic, which takes a second to import."""
    if inspect(connection).has_table("observations"):
        raise StoreError("the store has our tables but no revision: it is not ours to change", passing=False)
    _narrow_indexes(connection.dialect.name)
    metadata.create_all(connection)
    guard_audit(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    connection.execute(text("INSERT INTO borne VALUES (:oldest)"), {"oldest": BEARS})


def _narrow_indexes(dialect: str) -> None:
    """Tell the dialect that is used which rows alone an index holds; naming both would import both."""
    for index in (index for table in metadata.tables.values() for index in table.indexes):
        if only := index.info.get(ONLY):
            index.dialect_options[dialect]["where"] = text(only)


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, all in the transaction of this connection."""
    from alembic import command  # noqa: PLC0415 - a second to import, and hardly ever needed
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.util import CommandError  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"the store's tables cannot be brought up to date: {error}", passing=False) from error
