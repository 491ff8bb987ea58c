"""Several companies in one bot: what is wrong with the bot is told to nobody whose mail it does not concern."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bot.app.bot import Bot, open_bot
from bot.app.health import ANYBODYS
from bot.app.loops import Beat, Loop
from bot.app.site import open_site
from bot.settings import Environment, Installation, Settings
from bot.types import SourceBlind
from bot.web.health import failing
from bot.words import plain
from tests.test_pipeline import HandClock
from tests.web.examples import browser

CHANCE = random.Random(1)  # noqa: S311 - the same each time
FILE = 'page_token_env = "T"\n[destinations.ops-{name}]\nplatform = "slack"\nchannel = "C0000000001"\n'
OVERDUE = timedelta(seconds=-1)
"""A deadline that is over at once."""


class Clock(HandClock):
    """Is moved by the test alone: who sleeps on it sleeps on."""

    async def sleep(self, _: timedelta) -> None:
        await asyncio.Event().wait()


@asynccontextmanager
async def bot_of(tmp_path: Path, *names: str) -> AsyncIterator[Bot]:
    """Open a bot that watches companies; the jobs hang, and so does what looks into the mailbox of the last one."""
    folder = tmp_path / "tenants"
    folder.mkdir()
    for name in names:
        (folder / f"{name}.toml").write_text(FILE.format(name=name))
        (folder / f"{name}.env").write_text(f"T=of-{name}\n")
    variables = {"MAILSTATUS_TENANTS": str(folder), "MAILSTATUS_PAGE_TOKEN": "operator", "SLACK_BOT_TOKEN": "xoxb-1"}
    given = Settings(
        environment=Environment.model_validate(variables), installation=Installation(), named={}, state=tmp_path
    )
    eyes: Any = dict.fromkeys(names, SimpleNamespace(feed=None, mailboxes={}))
    hang = [
        Loop(name="jobs", run=hangs, deadline=OVERDUE),
        Loop(name="mailbox:canary", run=hangs, deadline=OVERDUE, tenant=names[-1]),
    ]
    async with open_bot(given, Clock(), CHANCE) as bot, bot.loops.running(*hang):
        bot.shards.rounds.eyes = eyes
        await asyncio.sleep(0)
        yield bot


async def hangs(_: Beat) -> None:
    await asyncio.Event().wait()


async def told(bot: Bot, tenant: str) -> list[str]:
    """Give the first lines of what a company was told after half an hour of it."""
    clock: Any = bot.clock
    await bot.pulse.report()
    clock.at += timedelta(minutes=30)
    await bot.pipeline.tick(tenant)
    return [plain(one).splitlines()[0] for one in bot.pipeline.snapshot(tenant).messages]


async def test_of_several_companies_each_is_told_of_the_loops_that_look_for_itself_alone(tmp_path: Path) -> None:
    async with bot_of(tmp_path, "acme", "beta") as bot:
        assert await told(bot, "acme") == []
        assert await told(bot, "beta") == ["A part of mailstatus itself has stopped: mailbox canary."]


async def test_the_only_company_is_told_of_every_loop(tmp_path: Path) -> None:
    async with bot_of(tmp_path, "acme") as bot:
        assert sorted(await told(bot, "acme")) == [
            "A part of mailstatus itself has stopped: jobs.",
            "A part of mailstatus itself has stopped: mailbox canary.",
        ]


async def test_what_a_company_was_told_of_while_it_was_alone_is_not_left_open(tmp_path: Path) -> None:
    async with bot_of(tmp_path, "acme", "beta") as bot:
        await bot.pipeline.take("acme", [SourceBlind(at=bot.clock.now(), source="loop:jobs", error="", tenant="acme")])
        await bot.pulse.report()
        assert [one.blind_since for one in bot.pipeline.sources("acme")] == [None]


async def test_the_operator_learns_of_every_loop_and_each_page_of_its_own(tmp_path: Path) -> None:
    """By what machines ask without a token, by the heartbeat, and by what Prometheus reads: each kind, and no name."""
    async with bot_of(tmp_path, "acme", "beta") as bot, open_site(bot) as app, browser(app) as client:
        await bot.pulse.report()
        healthz, metrics = await client.get("/healthz"), await client.get("/metrics", headers=bearer("operator"))
        pages = {name: (await client.get("/", headers=bearer(f"of-{name}"))).text for name in ("acme", "beta")}
        assert (healthz.status_code, healthz.json()["stuck"]) == (503, ["jobs", "mailbox"])
        assert "loop_stuck: jobs, mailbox" in failing(bot.pulse.health())
    assert 'mailstatus_loop_stuck{loop="mailbox"} 1.0' in metrics.text
    assert 'mailstatus_source_blind{source="loop"} 1.0' in metrics.text
    assert [name for name in ("acme", "beta", "canary") if name in metrics.text] == []
    assert {name for name, page in pages.items() if "begun anew by itself" in page} == {"beta"}
    assert "begun anew by itself: mailbox:canary." in pages["beta"]


async def test_a_worker_that_watches_one_company_of_several_names_nothing_of_it(tmp_path: Path) -> None:
    async with bot_of(tmp_path, "acme", "beta") as bot:
        await bot.pipeline.dismiss("acme")
        health = bot.pulse.health()
    assert [one.loop for one in health.beats] == ["jobs", "mailbox"]
    assert [one.name for one in health.mouths] == [ANYBODYS]
    assert health.several


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
