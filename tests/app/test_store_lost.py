"""SQLite's file is taken away from under the bot: nothing fails, and all of it would be gone at the next start."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app.bot import open_bot
from bot.app.clock import SystemClock
from bot.app.site import open_site
from bot.settings import Environment, Installation, Settings
from bot.store import Store
from bot.web.health import failing
from tests.web.examples import browser

CHANCE = random.Random(1)  # noqa: S311 - the same each time


def deleted(file: Path) -> None:
    """As by a tidy colleague."""
    for one in file.parent.glob(f"{file.name}*"):
        one.unlink()


def replaced(file: Path) -> None:
    """As by a backup that is put back while the bot runs."""
    copy = file.with_suffix(".copy")
    shutil.copy(file, copy)
    copy.replace(file)


@pytest.mark.parametrize("befalls", [deleted, replaced])
async def test_a_store_whose_file_is_another_one_is_said_everywhere(
    tmp_path: Path, befalls: Callable[[Path], None]
) -> None:
    """On the page, to whoever asks whether it is ready, and outside; in the log once."""
    file = tmp_path / "mailstatus.db"
    environment = Environment.model_validate({"MAILSTATUS_STORE": f"sqlite:///{file}"})
    given = Settings(environment=environment, installation=Installation(), named={}, state=tmp_path)
    async with open_bot(given, SystemClock(), CHANCE) as bot, open_site(bot) as app, browser(app) as client:
        await bot.pulse.check()
        assert bot.pulse.health().store
        befalls(file)
        with capture_logs() as logs:
            await bot.pulse.check()
            await bot.pulse.check()
        page, ready = (await client.get("/")).text, await client.get("/readyz")
        said = failing(bot.pulse.health())
    assert "The store&#39;s file was deleted or replaced; we noticed at" in page
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["store_down"])
    assert said == ("store_down: its file was deleted or replaced; stop mailstatus, put the backup back, start it",)
    assert [one["event"] for one in logs] == ["store_lost"]


async def test_a_file_that_is_put_back_is_ours_again(tmp_path: Path) -> None:
    """It was only moved for a moment."""
    file = tmp_path / "mailstatus.db"
    environment = Environment.model_validate({"MAILSTATUS_STORE": f"sqlite:///{file}"})
    given = Settings(environment=environment, installation=Installation(), named={}, state=tmp_path)
    async with open_bot(given, SystemClock(), CHANCE) as bot:
        file.rename(tmp_path / "aside.db")
        await bot.pulse.check()
        assert not bot.pulse.health().store
        (tmp_path / "aside.db").rename(file)
        await bot.pulse.check()
        assert bot.pulse.health().store


async def test_a_store_without_a_file_cannot_lose_it(store: Store) -> None:
    """PostgreSQL has its own ways to say that it is gone; SQLite's is where it was."""
    assert not await store.is_lost()
    async with await Store.open("sqlite://") as in_memory:
        assert not await in_memory.is_lost()
