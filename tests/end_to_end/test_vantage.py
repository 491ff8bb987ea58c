"""The real command twice, as a bot and as its far vantage, in a world in a box."""

import random
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.clock import SystemClock
from bot.demo.clock import StoryClock
from bot.demo.world import World, world
from tests.end_to_end.process import Running, mailstatus, said, until, write_settings
from tests.ports import free_port

START = datetime(2023, 7, 18, 5, tzinfo=UTC)
OURS = """
[vantages.us]
secret_env = "US_SECRET"
"""


class Sites:
    """Two folders with the same settings: the bot's, and that of its vantage ``us``."""

    def __init__(self, box: World, folder: Path) -> None:
        self.near, self.far = folder / "near", folder / "far"
        self.port = free_port()
        for site in (self.near, self.far):
            site.mkdir()
            write_settings(box.facts, site, self.port)
            with (site / ".env").open("a") as file:
                file.write("US_SECRET='the secret of both sites'\n")
            with (site / "mailstatus.toml").open("a") as file:
                file.write(OURS)
        self.push = ("--push", f"http://127.0.0.1:{self.port}")

    def rows(self) -> Counter[tuple[str, str]]:
        """Count what the bot saved of the vantage's test messages, by kind and message."""
        path = self.near / "state" / "mailstatus" / "mailstatus.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as store:
            rows = store.execute("SELECT kind, probe FROM observations WHERE route LIKE '%-us'").fetchall()
        store.close()
        return Counter((str(kind), str(probe)) for kind, probe in rows)


@pytest.fixture
async def sites(tmp_path: Path) -> AsyncIterator[Sites]:
    """Run a world whose mail is quicker than the real one."""
    clock, today = StoryClock(START, speed=60), SystemClock().now()
    async with world(clock=clock, rng=random.Random(5), folder=tmp_path, today=today, tls=True) as box:  # noqa: S311
        yield Sites(box, tmp_path)


async def test_a_look_from_cron_is_pushed_or_waits_for_the_next(sites: Sites) -> None:
    """The bot is down at the first look; the second brings both."""
    code, printed = await said(sites.far, "look", *sites.push)
    assert (code, "wait for the next time" in printed) == (1, True), printed
    async with mailstatus(sites.near):
        code, printed = await said(sites.far, "look", *sites.push)
        assert code == 0, printed
        assert "waited already" in printed
        code, printed = await said(sites.far, "doctor", *sites.push)
        assert code == 0, printed
        assert re.search(r"ok    bot: knows us.*\nok    clock: the bot's is [+-][0-2]\.", printed)
    rows = sites.rows()
    kinds = Counter(kind for kind, _ in rows)
    assert set(rows.values()) == {1}
    assert kinds["Sent"] == kinds["Arrived"] >= 2


async def test_an_agent_survives_kills_and_a_bot_that_is_down(sites: Sites) -> None:
    """What it sent before a kill -9 and while the bot was gone is in the store in the end, once."""
    log: list[str] = []
    async with mailstatus(sites.near), mailstatus(sites.far, *sites.push) as agent:
        await until(lambda: _sent(agent), "the agent sends")
    async with mailstatus(sites.far, *sites.push) as agent:
        await until(lambda: len(_sent(agent)) >= 4, "the agent sends while the bot is down")
        await agent.stop(signal.SIGKILL)
        log += _sent(agent)[:-1]  # the last one may be cut off before it was kept
    async with mailstatus(sites.near) as bot, mailstatus(sites.far, *sites.push) as agent:
        await until(lambda: _sent(agent), "the agent sends again")
        log += _sent(agent)[:1]
        await until(lambda: {("Sent", probe) for probe in log} <= sites.rows().keys(), "all of it is saved")
        assert await agent.stop() == 0
        assert not [line for line in [*bot.log, *agent.log] if "Traceback" in line]
    assert set(sites.rows().values()) == {1}


def _sent(agent: Running) -> list[str]:
    """Give the messages that an agent logged as sent."""
    lines = [line for line in agent.log if "event='probe_sent'" in line]
    return [found[1] for line in lines if (found := re.search(r"probe='(\w+)'", line))]
