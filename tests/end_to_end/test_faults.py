"""The real command while what it stands on breaks."""

import asyncio
import resource
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.demo.world import World
from tests.end_to_end.process import LIMIT, Running, mailstatus, until
from tests.end_to_end.scene import REFUSED, heads, sent, told

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
        status = await _shown(bot, "open_incidents", ["1"])
        assert status["state"] in {"trouble", "severe"}
        assert "store_down" in (await _asked(bot, "readyz"))["reasons"]
        assert (await _asked(bot, "healthz"))["alive"] is True
        assert not told(box)
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, ROOM)
        await until(lambda: told(box), "what was seen meanwhile is told")
        assert len(heads(box)) == 1
        assert await bot.stop() == 0


async def _asked(bot: Running, what: str) -> dict[str, Any]:
    async with httpx.AsyncClient(timeout=LIMIT) as http:
        answer: dict[str, Any] = (await http.get(f"{bot.address}{what}")).json()
        return answer


async def _shown(bot: Running, field: str, value: object) -> dict[str, Any]:
    """Ask the API until a field has a value."""
    async with asyncio.timeout(LIMIT):
        while (status := await _asked(bot, "api/v1/status")).get(field) != value:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.1)
    return status


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
            other.rollback()
        async with asyncio.timeout(LIMIT):
            while "store_down" in (await _asked(bot, "readyz"))["reasons"]:  # noqa: ASYNC110 - in another process
                await asyncio.sleep(0.1)
        assert await bot.stop() == 0
