"""The real command while what it stands on breaks: it lives on, and its page says what is wrong."""

import asyncio
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.demo.world import World
from tests.end_to_end.process import LIMIT, Running, mailstatus, until
from tests.end_to_end.scene import REFUSED, heads, sent, told
from tests.store.postgres import FAST, postgres_server

UNSAVED = "What we see cannot be saved since"
NO_ROOM, ROOM = (0, resource.RLIM_INFINITY), (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


async def test_a_disk_without_room_loses_nothing_that_was_seen_and_all_is_told_when_there_is_room(
    box: World, tmp_path: Path
) -> None:
    """No file may grow any more; the bot looks on, shows what it sees and tells it once it can be saved."""
    async with mailstatus(tmp_path) as bot:
        await until(lambda: sent(bot) >= 10, "test messages travel")
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, NO_ROOM)
        await until(lambda: any("jobs_store_failed" in line for line in bot.log), "the store fails")
        box.mail.faults.switch_on(REFUSED)
        status = await _shown(bot, "api/v1/status", lambda said: said["open_incidents"] == ["1"])
        assert status["state"] in {"trouble", "severe"}
        assert "store_down" in (await _asked(bot, "readyz"))["reasons"]
        assert UNSAVED in await _page(bot)
        assert (await _asked(bot, "healthz"))["alive"] is True
        assert not told(box)
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, ROOM)
        await until(lambda: told(box), "what was seen meanwhile is told")
        assert len(heads(box)) == 1
        assert await bot.stop() == 0


async def test_a_postgresql_that_is_killed_and_comes_back_loses_nothing_that_was_seen(
    box: World, tmp_path: Path
) -> None:
    """The server is ended at once, as by ``pg_ctl stop -m immediate``: the page goes on, and all is told afterwards."""
    with postgres_server(*FAST) as server, (tmp_path / ".env").open("a") as settings:
        settings.write(f"MAILSTATUS_STORE='{server.url(server.create())}'\n")
        settings.flush()
        async with mailstatus(tmp_path) as bot:
            await until(lambda: sent(bot) >= 10, "test messages travel")
            server.crash()
            await _shown(bot, "readyz", lambda said: "store_down" in said["reasons"])
            assert UNSAVED in await _page(bot)
            assert (await _asked(bot, "healthz"))["alive"] is True
            box.mail.faults.switch_on(REFUSED)
            server.start()
            await _saves(bot)
            await until(lambda: told(box), "what was seen meanwhile is told")
            assert len(heads(box)) == 1
            assert await bot.stop() == 0


async def _page(bot: Running) -> str:
    async with httpx.AsyncClient(timeout=LIMIT) as http:
        return (await http.get(bot.address)).text


async def _saves(bot: Running) -> None:
    await _shown(bot, "readyz", lambda said: "store_down" not in said["reasons"])
    assert UNSAVED not in await _page(bot)


async def _asked(bot: Running, what: str) -> dict[str, Any]:
    async with httpx.AsyncClient(timeout=LIMIT) as http:
        answer: dict[str, Any] = (await http.get(f"{bot.address}{what}")).json()
        return answer


async def _shown(bot: Running, what: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask until the answer is as wanted."""
    async with asyncio.timeout(LIMIT):
        while not wanted(said := await _asked(bot, what)):  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.1)
    return said


@pytest.mark.usefixtures("box")
async def test_a_database_that_another_program_locks_is_waited_for(tmp_path: Path) -> None:
    """Test messages go out meanwhile, and all is well by itself when the lock is gone."""
    async with mailstatus(tmp_path) as bot:
        await until(lambda: sent(bot) >= 10, "test messages travel")
        with closing(sqlite3.connect(tmp_path / "state" / "mailstatus" / "mailstatus.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            await until(lambda: any("jobs_store_failed" in line for line in bot.log), "the store fails")
            before = sent(bot)
            await until(lambda: sent(bot) > before, "a test message goes out all the same")
            assert "store_down" in (await _asked(bot, "readyz"))["reasons"]
            assert UNSAVED in await _page(bot)
            other.rollback()
        await _saves(bot)
        assert await bot.stop() == 0
