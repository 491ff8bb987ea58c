import re
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text

from bot.store import Store, StoreError
from bot.store.engine import open_engine
from bot.store.schema import BEARS, HEAD, MIGRATIONS, bring_up_to_date, stored_revision, upgrade
from bot.store.tables import metadata
from bot.store.tables.base import ONLY
from tests.store.postgres import Postgres
from tests.store.samples import T0


@pytest.fixture
def bare_url(store_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database without any table, of the same kind as the other."""
    if store_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'bare.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(server.create())


def shape(connection: Connection) -> dict[str, Any]:
    """Describe all tables as the database itself knows them."""
    seen = inspect(connection)
    return {
        table: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(table)),
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted((index["name"] or "", index["column_names"], index["unique"]) for index in seen.get_indexes(table)),
        )
        for table in sorted(set(seen.get_table_names()) - {"alembic_version"})
    }


async def test_migrations_from_nothing_lead_to_the_tables_of_today(bare_url: str, store_url: str) -> None:
    """A store that went through every revision has the same tables as one that was made at once."""
    old, new = open_engine(bare_url), open_engine(store_url)
    async with old.begin() as connection:
        await connection.run_sync(upgrade)
    async with old.begin() as grown, new.begin() as made:
        assert await grown.run_sync(stored_revision) == HEAD
        assert await grown.run_sync(shape) == await made.run_sync(shape)
    await old.dispose()
    await new.dispose()


async def test_an_index_that_is_for_few_rows_holds_those_alone(store_url: str) -> None:
    """A program names the condition only to the dialect that it uses."""
    wanted = {
        index.name for table in metadata.tables.values() for index in table.indexes if index.info.get(ONLY)
    }  # fmt: skip
    engine = open_engine(store_url)

    def partial(connection: Connection) -> set[str | None]:
        seen, where = inspect(connection), f"{connection.dialect.name}_where"
        indexes = [index for table in metadata.tables for index in seen.get_indexes(table)]
        return {index["name"] for index in indexes if index.get("dialect_options", {}).get(where) is not None}

    async with engine.begin() as connection:
        assert await connection.run_sync(partial) == wanted
    await engine.dispose()


async def test_alembic_finds_nothing_to_migrate(store_url: str) -> None:
    """Whoever changes a table writes a migration."""
    engine = open_engine(store_url)
    async with engine.begin() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    assert differences == []
    await engine.dispose()


def test_the_head_that_a_start_compares_with_is_the_newest_migration() -> None:
    """A start knows the newest revision without importing Alembic."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_a_store_that_is_behind_is_migrated_when_it_is_opened(store_url: str) -> None:
    """Alembic is asked for the way up, and says so if it knows none."""
    engine = open_engine(store_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    await engine.dispose()
    with pytest.raises(StoreError, match="0000"):
        await Store.open(store_url)


LIMITS = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"


async def test_a_migration_may_take_as_long_as_a_large_table_takes(postgres: Postgres) -> None:
    """Any other statement has a minute; none waits for a lock for long, a migration's neither."""
    engine, seen = open_engine(postgres.url(postgres.create())), set[tuple[str, ...]]()

    def look(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE alembic_version"):
            seen.add(tuple(connection.execute(text(LIMITS)).one()))

    async with engine.begin() as connection:
        await connection.run_sync(grown_to, "0011")
    event.listen(engine.sync_engine, "before_cursor_execute", look)
    await bring_up_to_date(engine)
    async with engine.begin() as connection:
        after = tuple((await connection.execute(text(LIMITS))).one())
    await engine.dispose()
    assert (seen, after) == ({("0", "10s")}, ("1min", "10s"))


def grown_to(connection: Connection, revision: str) -> None:
    """Make the tables of an older version."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, revision)


async def test_a_store_from_a_newer_program_is_left_alone(store_url: str) -> None:
    """Old and new programs run side by side while machines are upgraded one by one."""
    engine = open_engine(store_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    async with await Store.open(store_url) as store, store.read() as tx:
        assert await tx.incidents.open("default") == []


async def test_an_old_program_goes_on_while_a_newer_one_changes_the_tables(store_url: str) -> None:
    """What a migration adds is in nobody's way: rows without it are written and read before, during and after."""
    async with await Store.open(store_url) as store:
        async with store.begin() as tx:
            await tx.machines.save({"before": b""}, T0)
        async with store.begin() as tx:
            for change in (
                "ALTER TABLE machines ADD COLUMN mood VARCHAR DEFAULT 'well' NOT NULL",
                "CREATE TABLE moods (mood VARCHAR)",
                "CREATE INDEX ix_machines_mood ON machines (mood)",
                "UPDATE alembic_version SET version_num = '9999'",
            ):
                await tx.connection.execute(text(change))
        async with store.begin() as tx:
            await tx.machines.save({"after": b""}, T0)
            await tx.machines.step(["before"])
            assert (await tx.machines.moved(None)).versions == {"before": 2, "after": 1}
    async with await Store.open(store_url) as again, again.read() as tx:
        assert await tx.machines.load("after") is not None


def test_migrations_only_add_to_what_the_oldest_program_knows() -> None:
    """Machines are upgraded one by one: whatever takes something away says which programs cannot go on."""
    newer = [path for path in (MIGRATIONS / "versions").glob("*.py") if BEARS < path.name[:4] <= HEAD]
    assert newer
    takes_away = re.compile(r"drop_|alter_column|rename_|DROP |RENAME |DELETE ")
    assert [path.name for path in newer if takes_away.search(path.read_text())] == []


async def test_a_program_that_is_too_old_for_the_tables_says_so(store_url: str) -> None:
    """And names what to do; it changes nothing."""
    engine = open_engine(store_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.execute(text("UPDATE borne SET oldest = '9998'"))
    await engine.dispose()
    with pytest.raises(StoreError, match=r"newer than this mailstatus can use.* 9998 .*Install the version"):
        await Store.open(store_url)


async def test_somebody_elses_tables_are_not_touched(bare_url: str) -> None:
    """A database with our tables and no revision is refused rather than guessed at."""
    engine = open_engine(bare_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE observations (id INTEGER)"))
    await engine.dispose()
    with pytest.raises(StoreError, match="no revision"):
        await Store.open(bare_url)
