import asyncio
import stat
import sys
from pathlib import Path

import pytest

from bot.store import Store, StoreError
from bot.store.engine import open_engine
from tests.store.samples import T0, incident


class BusinessError(Exception):
    """Something that is none of the store's business."""


async def saved(store: Store) -> int:
    """Count the incidents."""
    async with store.read() as tx:
        return len(await tx.incidents.open("default"))


async def _save_and_fail(store: Store, calls: list[str]) -> None:
    async with store.begin() as tx:
        await tx.incidents.save(incident(), T0)
        tx.afterwards(lambda: calls.append("never"))
        raise BusinessError


async def test_a_transaction_is_saved_whole_or_not_at_all(store: Store) -> None:
    """An error in the block passes through unchanged and undoes everything."""
    with pytest.raises(BusinessError):
        await _save_and_fail(store, [])
    assert await saved(store) == 0
    async with store.begin() as tx:
        await tx.incidents.save(incident(), T0)
    assert await saved(store) == 1


async def test_calls_are_made_after_the_commit_alone(store: Store) -> None:
    """Nobody is woken for what was rolled back, nor before it can be read."""
    calls: list[str] = []
    with pytest.raises(BusinessError):
        await _save_and_fail(store, calls)
    async with store.begin() as tx:
        tx.afterwards(lambda: calls.append("after"))
        assert calls == []
    assert calls == ["after"]


async def test_writers_take_turns_and_readers_do_not_wait(store: Store) -> None:
    """A reader sees the moment before the writer that is under way."""
    async with asyncio.timeout(5), store.begin() as tx:
        await tx.incidents.save(incident(), T0)
        assert await saved(store) == 0
    assert await saved(store) == 1


async def test_many_writers_at_once_all_get_their_turn(store: Store) -> None:
    """Ids given out at the same time are all different."""

    async def take() -> str:
        async with store.begin() as tx:
            return await tx.incidents.next_id("default")

    assert {*await asyncio.gather(*(take() for _ in range(25)))} == {str(n) for n in range(1, 26)}


async def test_a_cancelled_transaction_leaves_nothing_behind(store: Store) -> None:
    """Neither rows nor a lock: the next one goes on at once."""
    inside = asyncio.Event()

    async def never_ends() -> None:
        async with store.begin() as tx:
            await tx.incidents.save(incident(), T0)
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ends())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), store.begin() as tx:
        await tx.incidents.save(incident("2"), T0)
    assert await saved(store) == 1


async def test_a_cancel_in_the_middle_of_a_statement_is_survived(store: Store) -> None:
    """Wherever it hits, the next transactions go on."""
    for turns in range(12):
        task = asyncio.create_task(_save(store, str(turns)))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5):
        await _save(store, "last")
    async with store.read() as tx:
        assert await tx.incidents.get("default", "last") is not None


async def _save(store: Store, id_: str) -> None:
    async with store.begin() as tx:
        await tx.incidents.save(incident(id_), T0)


async def test_the_driver_s_errors_become_ours_without_the_words_that_were_stored(store: Store) -> None:
    """An error is logged: it must not carry what people wrote."""
    with pytest.raises(StoreError) as caught:
        async with store.begin() as tx:
            await tx.connection.exec_driver_sql("INSERT INTO machines (tenant, state) VALUES ('secret', 'x')")
    assert "secret" not in str(caught.value)
    assert not caught.value.passing


async def test_a_writer_waits_for_another_process_only_so_long(sqlite_url: str) -> None:
    """Two processes on one file take turns, too: here the other one lets go."""
    async with await Store.open(sqlite_url) as one, await Store.open(sqlite_url) as other:
        held, waiting = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with one.begin() as tx:
                await tx.incidents.save(incident("1"), T0)
                held.set()
                await waiting.wait()

        async def wait() -> None:
            await held.wait()
            waiting.set()
            await _save(other, "2")

        await asyncio.gather(hold(), wait())
        assert await saved(one) == 2


async def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    """It holds what people and vendors wrote; its folder is made where it is missing."""
    path = tmp_path / "new" / "store.db"
    async with await Store.open(f"sqlite:///{path}"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_store_in_memory_works_as_well() -> None:
    """For a replay that is thrown away."""
    async with await Store.open("sqlite://") as store:
        await _save(store, "1")
        assert await saved(store) == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "for example sqlite:///"),
        ("mysql://u:hunter2@host/db", "SQLite or PostgreSQL, not mysql"),
        ("sqlite:////proc/no/store.db", "cannot be written"),
        ("postgresql://u:hunter2@127.0.0.1:1/db", "store: "),
    ],
)
async def test_a_url_that_cannot_work_is_said_plainly_and_without_password(url: str, words: str) -> None:
    """The error names what is wrong."""
    with pytest.raises(StoreError, match=words) as caught:
        await Store.open(url)
    assert "hunter2" not in str(caught.value)


async def test_every_commit_outlives_its_process(sqlite_url: str) -> None:
    """SQLite in WAL mode with synchronous NORMAL: what was committed is on the disk's side of a kill."""
    engine = open_engine(sqlite_url)
    async with engine.connect() as connection:
        pragmas = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        ]
    await engine.dispose()
    assert pragmas == ["wal", 1]


START = """
import asyncio, sys
from bot.store import Store
for url in sys.argv[1:]:
    asyncio.run(Store.open(url))
print("alembic" in sys.modules)
"""


async def test_a_start_does_not_import_alembic(sqlite_url: str) -> None:
    """Neither on an up-to-date store nor on a new one: the import takes a second."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", START, sqlite_url, "sqlite://", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()
    assert out.decode().strip() == "False"
