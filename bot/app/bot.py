"""The whole bot, put together from the settings."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx

from bot.app import wiring
from bot.app.admission import Admission, given_up
from bot.app.clock import NOTICED, ClockWatch, SystemClock
from bot.app.eyes import Tooling
from bot.app.graph_budgets import GraphBudgets
from bot.app.health import Pulse
from bot.app.heartbeat import Heartbeat
from bot.app.loops import Loops
from bot.app.pictures import Pictures
from bot.app.probe_key import probe_key
from bot.app.roles import Role
from bot.app.shards import Shards
from bot.app.slack import open_installations
from bot.app.teams_bot import open_teams
from bot.app.tenant_check import check
from bot.app.tenant_folder import TenantFolder, say
from bot.app.tenants import Tenants
from bot.app.voices import Voices, open_voices
from bot.app.watchdog import Watchdog
from bot.app.watching import open_shards
from bot.app.whose import Whose
from bot.jobs import Jobs, open_jobs
from bot.mail import Seal
from bot.microsoft import open_http
from bot.outbox import Channels, Courier
from bot.pipeline import Memory, Pipeline
from bot.settings import Settings, SettingsError
from bot.store import Store
from bot.subscribers import Subscribers
from bot.types import Clock
from bot.words.labels import passed_on_note
from handlers.teams.bot.api import TeamsApi

if TYPE_CHECKING:
    from bot.store.slack_installations import SlackInstallations

ALONE = (
    "--role {role}: the work is shared through PostgreSQL, and the store is a file. "
    "Example: MAILSTATUS_STORE=postgresql://mailstatus@db.example.com/mailstatus"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Everything that runs; ``bot.app.serve.running`` makes it go."""

    settings: Settings
    role: Role
    clock: Clock
    chance: random.Random
    store: Store
    jobs: Jobs
    pipeline: Pipeline
    tenants: Tenants
    folder: TenantFolder
    """Where the files of many companies are."""
    whose: Whose
    subscribers: Subscribers
    installations: SlackInstallations | None
    """Of the Slack app, where there are several workspaces."""
    shards: Shards
    """What is watched from here."""
    loops: Loops
    pulse: Pulse
    teams: TeamsApi | None = None
    """The Teams bot's way to speak, where the settings have one."""


@asynccontextmanager
async def open_bot(
    settings: Settings, clock: Clock, chance: random.Random, role: Role = Role.ALL
) -> AsyncIterator[Bot]:
    """Put the bot together, able to tell; ``watching`` has it look as well. Raises SettingsError and StoreError."""
    _prepare(settings, role)
    async with AsyncExitStack() as running:
        http = await running.enter_async_context(open_http(settings.environment.ca_file))
        store = await running.enter_async_context(await Store.open(settings.store_url))
        tenants = Tenants()
        teams = await running.enter_async_context(open_teams(settings, store, clock))
        whose = Whose.of(tenants, several=settings.environment.slack_client_id is not None)
        installations = await open_installations(settings, store, clock, workspaces=partial(whose.places, "slack"))
        draws = Pictures(store=store, tenants=tenants)
        speaking = partial(open_voices, settings, clock, draws=draws, plots=draws.chart)
        voices = await running.enter_async_context(speaking(teams=teams, installations=installations))
        memory = Memory(store=store, jobs=await open_jobs(store, clock, chance), clock=clock)
        pipeline = Pipeline(memory, everybody=role.answers)
        tooling, loops = _tooling(settings, memory, http, chance), Loops(chance)
        shards = open_shards(tooling, tenants, store, pipeline=pipeline, loops=loops)
        pulse = _pulse(settings, memory, pipeline=pipeline, shards=shards, loops=loops)
        bot = Bot(
            settings=settings,
            role=role,
            clock=clock,
            chance=chance,
            store=store,
            jobs=memory.jobs,
            pipeline=pipeline,
            tenants=tenants,
            folder=TenantFolder(operator=settings, check=partial(check, tooling, voices)),
            whose=whose,
            subscribers=Subscribers(store=store, clock=clock),
            installations=installations,
            shards=shards,
            loops=loops,
            pulse=pulse,
            teams=teams,
        )
        await _begin(bot, voices, http)
        yield bot


def _prepare(settings: Settings, role: Role) -> None:
    if role is not Role.ALL and not settings.store_url.startswith("postgres"):
        raise SettingsError([ALONE.format(role=role)])
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)


async def _begin(bot: Bot, voices: Voices, http: httpx.AsyncClient) -> None:
    """Be ready to tell of ourselves, and let everybody in who is there, and whoever comes later."""
    bot.pulse.heartbeat = _heartbeat(bot, http)
    channels: dict[str, Channels] = {}
    courier = Courier(
        store=bot.store,
        jobs=bot.jobs,
        channels=channels,
        lines=voices.lines,
        clock=bot.clock,
        chance=bot.chance,
        stopped=given_up(bot.store, bot.clock, bot.subscribers),
        excuse=passed_on_note,
        still=lambda one: bot.whose.holds(one.person, one.tenant),
    )
    courier.register()
    bot.pulse.rouse = courier.rouse
    bot.pulse.set_back = await _set_back(bot)
    key = probe_key(bot.settings)
    admission = Admission(pipeline=bot.pipeline, courier=courier, voices=voices, channels=channels, key=key)
    bot.tenants.listen(admission.follow)
    found = bot.folder.start()
    say(bot.folder, {}, {})
    await bot.tenants.become(found)


async def _set_back(bot: Bot) -> bool:
    """Tell whether the clock is behind what was saved last: it was set back while the bot was off."""
    async with bot.store.read() as tx:
        newest = await tx.machines.newest()
    return newest is not None and newest - bot.clock.now() > NOTICED


def _tooling(settings: Settings, memory: Memory, http: httpx.AsyncClient, chance: random.Random) -> Tooling:
    return Tooling(
        settings=settings,
        http=http,
        clock=memory.clock,
        chance=chance,
        seal=Seal(probe_key(settings)),
        budgets=GraphBudgets(memory.store, memory.clock),
    )


def _pulse(settings: Settings, memory: Memory, *, pipeline: Pipeline, shards: Shards, loops: Loops) -> Pulse:
    tenants = shards.opener.tenants
    return Pulse(
        clock=memory.clock,
        started=memory.clock.now(),
        jobs=memory.jobs,
        pipeline=pipeline,
        shards=shards,
        loops=loops,
        watchdog=Watchdog(),
        store=memory.store,
        destinations=lambda name: tuple(tenants.view(name).settings.installation.destinations),
        told_after=wiring.rules(settings).blind,
        jumped=_jumps(memory.clock),
    )


def _jumps(clock: Clock) -> Callable[[], timedelta]:
    """Have the machine's clock compared with its ticks; a story's clock is set on purpose."""
    return ClockWatch(now=clock.now, ticks=time.monotonic).look if isinstance(clock, SystemClock) else timedelta


def _heartbeat(bot: Bot, http: httpx.AsyncClient) -> Heartbeat | None:
    url = bot.settings.environment.heartbeat_url
    if url is None or not bot.role.watches:
        return None
    return Heartbeat(url=url, http=http, health=bot.pulse.health, chance=bot.chance)
