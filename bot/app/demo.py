"""The real bot in a world in a box, which lives through July 2023 again."""

import asyncio
import contextlib
import random
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.app.bot import Bot, open_bot
from bot.app.clock import SystemClock
from bot.app.logs import to_standard_error
from bot.app.programme import Programme
from bot.app.serve import running
from bot.app.watching import watching
from bot.demo.chat.page import Channels, channels_page
from bot.demo.clock import StoryClock
from bot.demo.director import Director, Stage
from bot.demo.healthy import healthy_day
from bot.demo.july import july_2023
from bot.demo.mail.lanes import WATCHED
from bot.demo.world import PERSON, Facts, MailboxFacts, World, world
from bot.settings import Environment, Installation, Settings
from handlers.slack.listen import PATH as SLACK_PATH

HISTORY = timedelta(days=1)
CHUNK = timedelta(minutes=10)
LISTEN = "127.0.0.1"
SEED = 2023


@dataclass(slots=True)
class Tap:
    """Test messages flow while it is open."""

    open: bool = True

    def close(self) -> None:
        """Hold them back."""
        self.open = False

    def reopen(self) -> None:
        """Let them go again."""
        self.open = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Everything that a telling of the story needs."""

    bot: Bot
    world: World
    clock: StoryClock
    director: Director
    programme: Programme
    tap: Tap = field(default_factory=Tap)


async def play(*, once: bool, limit: timedelta | None, port: int) -> bool:
    """Tell the story, and go on until stopped unless ``once``; True if people read all that they should have."""
    to_standard_error("error")
    async with _show(_free(port)) as show:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit.total_seconds() if limit else None):
                await show.director.play()
                show.programme.ended(show.director.missed)
                if not once:
                    await asyncio.Event().wait()
    return not show.director.missed


@asynccontextmanager
async def _show(port: int) -> AsyncIterator[Show]:
    story, tap = july_2023(), Tap()
    chance = random.Random(SEED)  # noqa: S311 - the story is the same at each telling
    clock = StoryClock(story.begins - HISTORY, speed=0)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailstatus-demo-")))
        box = await stack.enter_async_context(world(clock=clock, rng=chance, folder=folder, today=SystemClock().now()))
        bot = await stack.enter_async_context(open_bot(settings(box.facts, folder, port), clock, chance))
        programme = Programme(show=print, clock=clock, snapshot=lambda: bot.pipeline.snapshot("default"))
        stage = Stage(
            world=box,
            clock=clock,
            hold_probes=tap.close,
            resume_probes=tap.reopen,
            told=programme.happened,
        )
        director = Director(story, stage)
        address = f"http://{LISTEN}:{port}"
        channels = _channels(box, director, f"{address}{SLACK_PATH}")
        chat = await stack.enter_async_context(channels_page(channels))
        programme.begins(page=address, chat=chat)
        await _remember(bot, box, clock, story.begins, chance)
        clock.run_at(60)
        await stack.enter_async_context(running(bot, links={"Slack and Teams": chat}))
        await stack.enter_async_context(watching(bot, probing=lambda: tap.open))
        telling = asyncio.create_task(programme.follow())
        stack.callback(telling.cancel)
        yield Show(bot=bot, world=box, clock=clock, director=director, programme=programme, tap=tap)
        programme.catch_up()


async def _remember(bot: Bot, box: World, clock: StoryClock, until: datetime, chance: random.Random) -> None:
    """Give the bot a healthy day to remember, so that it knows what is usual."""
    seen = healthy_day(tuple(box.mail.lanes), until, chance, length=HISTORY)
    begin, rest = 0, clock.now()
    while rest < until:
        rest = min(rest + CHUNK, until)
        end = begin
        while end < len(seen) and seen[end].at <= rest:
            end += 1
        clock.jump_to(rest)
        await bot.pipeline.take("default", seen[begin:end])
        begin = end


def settings(facts: Facts, folder: Path, port: int) -> Settings:
    """Say to the bot how to live in a world, as an operator would say it in .env and mailstatus.toml."""
    environment = Environment.model_validate(
        {
            "SLACK_BOT_TOKEN": facts.slack_token,
            "SLACK_SIGNING_SECRET": facts.slack_signing_secret,
            "AZURE_TENANT_ID": facts.tenant_id,
            "AZURE_CLIENT_ID": facts.client_id,
            "AZURE_CLIENT_SECRET": facts.client_secret,
            "AZURE_AUTHORITY_HOST": facts.authority.removesuffix(f"/{facts.tenant_id}"),
            "MAILSTATUS_GRAPH_URL": facts.graph.removesuffix("/v1.0"),
            "MAILSTATUS_SLACK_API_URL": facts.slack_api,
            "MAILSTATUS_CA_FILE": facts.ca_file,
            "MAILSTATUS_LISTEN": f"{LISTEN}:{port}",
        }
    )
    named = {_variable(box): SecretStr(box.password) for box in facts.mailboxes}
    named["TEAMS_URL"] = SecretStr(facts.teams_url)
    return Settings(environment=environment, installation=installation(facts), named=named, state=folder)


def installation(facts: Facts) -> Installation:
    """Give the tables of mailstatus.toml for a world: its mailboxes and routes, a calendar, and two channels."""
    watched = [box.name for box in facts.mailboxes if box.name.startswith(f"{WATCHED}-")]
    return Installation.model_validate(
        {
            "mailboxes": {box.name: _mailbox(box) for box in facts.mailboxes},
            "routes": {
                one.route.name: {
                    "from": one.sender,
                    "to": one.recipient,
                    "direction": "control" if one.route.control else str(one.route.direction),
                    "vantage": one.route.vantage,
                    "every": one.route.interval,
                }
                for one in facts.routes
            },
            "calendars": {"office": {"mailbox": watched[0], "viewer": watched[-1]}},
            "destinations": {
                "mail-status": {"platform": "slack", "channel": facts.slack_channel},
                "it-support": {"platform": "teams", "url_env": "TEAMS_URL"},
            },
        }
    )


def _mailbox(box: MailboxFacts) -> dict[str, object]:
    scheme = {"none": ("plain", "plain"), "tls": ("starttls", "tls")}[box.security]
    return {
        "address": box.address,
        "smtp": f"{scheme[0]}://{box.smtp_host}:{box.smtp_port}",
        "imap": f"{scheme[1]}://{box.imap_host}:{box.imap_port}",
        "password_env": _variable(box),
    }


def _variable(box: MailboxFacts) -> str:
    return f"{box.name.upper().replace('-', '_')}_PASSWORD"


def _channels(box: World, director: Director, bot_url: str) -> Channels:
    return Channels(
        clock=box.clock,
        workspace=box.slack.workspace,
        teams=box.teams,
        people=box.people,
        channel=box.facts.slack_channel,
        person=PERSON,
        bot_url=bot_url,
        caption=lambda: director.caption,
    )


def _free(port: int) -> int:
    """Give the port if it is free, else any that is."""
    for wanted in (port, 0):
        with contextlib.suppress(OSError), socket.create_server((LISTEN, wanted)) as found:
            return int(found.getsockname()[1])
    raise OSError("no port of this machine is free")
