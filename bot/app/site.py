"""The status page, the API and the ways in for the chat platforms, for one bot."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot.app import wiring
from bot.app.bot import Bot
from bot.app.clock import SystemClock
from bot.app.teams_bot import companies_by_azure_tenant
from bot.app.vantages import vantages_door
from bot.app.voices import slack_api
from bot.settings import SettingsError
from bot.types import Clock, Direction, Order, Reported, Snapshot
from bot.web.app import create_app
from bot.web.history import RollupHistory
from bot.web.site import Ports
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.listen import PATH as SLACK_PATH
from handlers.slack.listen import SlackListener
from handlers.slack.people import GroupMembers
from handlers.subscriptions import Subscriptions
from handlers.teams.bot.dialogue import Dialogue
from handlers.teams.bot.listen import PATH as BOT_PATH
from handlers.teams.bot.listen import BotListener
from handlers.teams.listen import PATH as TEAMS_PATH
from handlers.teams.listen import TeamsListener

REFRESH = timedelta(minutes=5)


@asynccontextmanager
async def open_site(bot: Bot, *, links: Mapping[str, str] | None = None) -> AsyncIterator[Starlette]:
    """Make the ASGI application; what people do in Slack comes in by it where the settings have a signing secret."""
    tenant = bot.pipeline.tenants[0]
    language = bot.pipeline.language(tenant)
    ports = Ports(
        snapshot=bot.pipeline.snapshot,
        health=bot.pulse.health,
        history=RollupHistory(store=bot.store, directions=_directions(bot)),
        tenants=lambda: bot.pipeline.tenants,
        tenant=tenant,
        language=language,
    )
    async with _doors(bot, tenant, language) as mounts:
        yield create_app(ports, token=bot.settings.environment.page_token, mounts=mounts, links=links)


def commands(bot: Bot, tenant: str, language: str, may: Callable[[str], bool]) -> Commands:
    """Give what people can ask and change from chat."""

    async def order(order: Order) -> None:
        await bot.pipeline.order(order)

    async def report(reported: Reported) -> None:
        await bot.pipeline.report(reported)

    def snapshot() -> Snapshot:
        return bot.pipeline.snapshot(tenant)

    orders = Orders(snapshot=snapshot, order=order, report=report, clock=bot.clock, may=may)
    subscriptions = Subscriptions(
        get=bot.subscribers.get,
        change=bot.subscribers.change,
        clock=bot.clock,
        saving=orders.saving,
        tenant=tenant,
    )
    return Commands(orders=orders, subscriptions=subscriptions, language=language)


@asynccontextmanager
async def _doors(bot: Bot, tenant: str, language: str) -> AsyncIterator[Mapping[str, ASGIApp]]:
    """Open the ways in that the settings have secrets for; at the end what was accepted is brought to its end."""
    api = slack_api(bot.settings)
    guarded = bool(bot.settings.installation.rules.managers)
    members = GroupMembers(api, bot.settings.installation.rules.managers) if api and guarded else None
    understood = commands(bot, tenant, language, members.may if members else lambda _: not guarded)
    async with AsyncExitStack() as running:
        if api:
            running.push_async_callback(api.aclose)
            await running.enter_async_context(_slack_socket(bot, api, understood))
        if members:
            await running.enter_async_context(_kept_up(members.refresh, bot.clock))
        running.push_async_callback(understood.orders.saving.drain)
        yield {
            **await _slack(bot, api, understood),
            **_teams(bot, understood),
            **await _teams_bot(bot, running),
            **vantages_door(bot),
        }


async def _slack(bot: Bot, api: SlackApi | None, understood: Commands) -> Mapping[str, ASGIApp]:
    secret = bot.settings.environment.slack_signing_secret
    if secret is None or api is None:
        return {}
    listener = _listener(bot, api, secret, understood)
    await listener.warm()
    return {SLACK_PATH: listener}


def _listener(bot: Bot, api: SlackApi, secret: SecretStr, understood: Commands) -> SlackListener:
    tables = bot.settings.installation.destinations.values()
    languages = {one.channel: one.language for one in tables if one.channel}
    # Slack signs with real time, whatever clock a story runs on.
    return SlackListener(api, secret, understood, now=SystemClock().now, languages=languages)


def _teams(bot: Bot, understood: Commands) -> Mapping[str, ASGIApp]:
    secret = bot.settings.environment.teams_token
    if secret is None:
        return {}
    try:
        return {TEAMS_PATH: TeamsListener(secret, replace(understood, name="@mailstatus"), now=SystemClock().now)}
    except ValueError as error:
        example = "MAILSTATUS_TEAMS_TOKEN=c2VjdXJpdHkgdG9rZW4gYXMgVGVhbXMgc2hvd2VkIGl0"
        raise SettingsError([f"MAILSTATUS_TEAMS_TOKEN: {error}. Example: {example}"]) from error


async def _teams_bot(bot: Bot, running: AsyncExitStack) -> Mapping[str, ASGIApp]:
    """Let the bot be spoken to: by the people of each company about their own mail."""
    if bot.teams is None:
        return {}
    may = not bot.settings.installation.rules.managers
    companies = companies_by_azure_tenant(bot.settings)
    desks = {
        azure: replace(commands(bot, tenant, bot.pipeline.language(tenant), lambda _: may), name="@mailstatus")
        for azure, tenant in companies.items()
    }
    for desk in desks.values():
        running.push_async_callback(desk.orders.saving.drain)
    tables = bot.settings.installation.destinations.values()
    languages = {one.conversation: one.language for one in tables if one.conversation}
    dialogue = Dialogue(api=bot.teams, desks=desks, clock=bot.clock, chance=bot.chance, languages=languages)
    listener = BotListener(bot.teams, dialogue, azure_tenants=companies)
    await listener.warm()
    return {BOT_PATH: listener}


@asynccontextmanager
async def _slack_socket(bot: Bot, api: SlackApi, understood: Commands) -> AsyncIterator[None]:
    """Listen over Socket Mode where there is a token for it."""
    token = bot.settings.environment.slack_app_token
    if token is None:
        yield
        return
    from handlers.slack.socket import SocketMode  # noqa: PLC0415 - aiohttp and slack_bolt take 0.7 s to import

    door = SlackApi(token, base_url=bot.settings.environment.slack_api_url)
    listeners = _listener(bot, api, token, understood).bolt()
    socket = SocketMode(door, listeners, clock=bot.clock, chance=bot.chance)
    bot.pulse.hears = socket.hears
    async with contextlib.aclosing(door), _running(socket.run()):
        yield


@asynccontextmanager
async def _kept_up(refresh: Callable[[], Awaitable[None]], clock: Clock) -> AsyncIterator[None]:
    """Refresh now and every few minutes."""

    async def again() -> None:
        while True:
            await refresh()
            await clock.sleep(REFRESH)

    async with _running(again()):
        yield


@asynccontextmanager
async def _running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _directions(bot: Bot) -> Mapping[str, Direction]:
    routes = [route for tenant in bot.pipeline.tenants for route in wiring.routes(bot.settings, tenant)]
    return {route.name: route.direction for route in routes if not route.control}
