"""The status page, the API and the ways in for the chat platforms, for one bot."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot.app import wiring
from bot.app.bot import Bot
from bot.app.clock import SystemClock
from bot.app.loops import Beat, Loop
from bot.app.slack import slack_api, workspaces
from bot.app.teams_bot import companies_by_azure_tenant
from bot.app.vantages import vantages_door
from bot.settings import Environment, SettingsError
from bot.settings.proxies import networks
from bot.types import Direction, Order, Reported, Snapshot
from bot.web.app import create_app, create_health_app
from bot.web.history import RollupHistory
from bot.web.proxies import Proxies
from bot.web.site import Ports
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.saving import Saving
from handlers.slack.api import SlackApi
from handlers.slack.listen import PATH as SLACK_PATH
from handlers.slack.listen import SlackListener
from handlers.slack.manifest import INSTALL_PATH, REDIRECT_PATH
from handlers.slack.people import GroupMembers
from handlers.subscriptions import Subscriptions
from handlers.teams.bot.dialogue import Dialogue
from handlers.teams.bot.listen import PATH as BOT_PATH
from handlers.teams.bot.listen import BotListener
from handlers.teams.listen import PATH as TEAMS_PATH
from handlers.teams.listen import TeamsListener

if TYPE_CHECKING:
    from handlers.slack.bolt import Installed

REFRESH = timedelta(minutes=5)
MEMBERS_DEADLINE, SOCKET_DEADLINE, HOMES_DEADLINE = timedelta(minutes=15), timedelta(minutes=5), timedelta(minutes=5)


@asynccontextmanager
async def open_site(bot: Bot, *, links: Mapping[str, str] | None = None) -> AsyncIterator[Starlette]:
    """Make the ASGI application; what people do in Slack comes in by it where the settings have a signing secret.

    A worker has no page and no way in: only what tells whether it is well.
    """
    if not bot.role.answers:
        yield create_health_app(bot.pulse.health, bot.pipeline.snapshots, token=bot.settings.environment.page_token)
        return
    tenant = bot.pipeline.tenants[0]
    language = bot.pipeline.language(tenant)
    ports = Ports(
        snapshot=bot.pipeline.asked,
        health=bot.pulse.health,
        history=RollupHistory(store=bot.store, directions=_directions(bot)),
        tenants=lambda: bot.pipeline.tenants,
        tenant=tenant,
        language=language,
    )
    async with _doors(bot, tenant) as mounts:
        environment = bot.settings.environment
        yield create_app(ports, token=environment.page_token, proxies=_proxies(environment), mounts=mounts, links=links)


def _proxies(environment: Environment) -> Proxies:
    header = (environment.proxy_user_header or "").lower()
    return Proxies(trusted=networks(environment.trusted_proxies), header=header)


@dataclass(frozen=True, slots=True, kw_only=True)
class Managers:
    """Who may change incidents: ``may`` tells it by a person's id, ``names`` are for those who may not."""

    may: Callable[[str], bool]
    names: Callable[[], Sequence[str]]


def commands(bot: Bot, tenant: str, managers: Managers, *, saving: Saving) -> Commands:
    """Give what people can ask and change from chat about one company's mail."""

    async def order(order: Order) -> None:
        await bot.pipeline.order(order)

    async def report(reported: Reported) -> None:
        await bot.pipeline.report(reported)

    def snapshot() -> Snapshot:
        return bot.pipeline.asked(tenant)

    orders = Orders(
        snapshot=snapshot,
        order=order,
        report=report,
        clock=bot.clock,
        may=managers.may,
        managers=managers.names,
        saving=saving,
    )
    subscriptions = Subscriptions(
        get=bot.subscribers.get,
        change=bot.subscribers.change,
        clock=bot.clock,
        saving=saving,
        tenant=tenant,
    )
    return Commands(orders=orders, subscriptions=subscriptions, language=bot.pipeline.language(tenant))


@asynccontextmanager
async def _doors(bot: Bot, tenant: str) -> AsyncIterator[Mapping[str, ASGIApp]]:
    """Open the ways in that the settings have secrets for; at the end what was accepted is brought to its end."""
    api = slack_api(bot.settings, bot.installations)
    groups = bot.settings.installation.rules.managers
    teams = workspaces(bot.settings) if bot.installations else {"": tenant}
    members = [GroupMembers(api.of(team), groups) for team in teams] if api and groups else []
    saving = Saving()

    def may(person: str) -> bool:
        return not groups or any(group.may(person) for group in members)

    def names() -> Sequence[str]:
        return list(dict.fromkeys(name for group in members for name in group.names))

    managers = Managers(may=may, names=names)
    understood = commands(bot, tenant, managers, saving=saving)
    desks = {team: commands(bot, _known(bot, own, tenant), managers, saving=saving) for team, own in teams.items()}
    async with AsyncExitStack() as running:
        ways: Mapping[str, ASGIApp] = {}
        if api:
            running.push_async_callback(api.aclose)
            slack = SlackDoor(bot=bot, api=api, understood=understood, desks=desks)
            await running.enter_async_context(_slack_socket(slack))
            ways = await running.enter_async_context(_slack(slack))
        refreshing = [_kept_up(bot, team or "slack", group) for team, group in zip(teams, members, strict=False)]
        await running.enter_async_context(bot.loops.running(*refreshing))
        running.push_async_callback(saving.drain)
        yield {
            **ways,
            **_teams(bot, understood),
            **await _teams_bot(bot, replace(managers, may=lambda _: not groups), saving),
            **vantages_door(bot),
        }


def _known(bot: Bot, tenant: str, usual: str) -> str:
    """Give a workspace's tenant, where that is watched."""
    return tenant if tenant in bot.pipeline.tenants else usual


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackDoor:
    """What the ways in from Slack need; ``desks`` answer by workspace, where there are several."""

    bot: Bot
    api: SlackApi
    understood: Commands
    desks: Mapping[str, Commands]

    def listener(self, secret: SecretStr) -> SlackListener:
        """Make what answers Slack."""
        tables = self.bot.settings.installation.destinations.values()
        languages = {one.channel: one.language for one in tables if one.channel}
        # Slack signs with real time, whatever clock a story runs on.
        return SlackListener(
            self.api,
            secret,
            self.understood,
            now=SystemClock().now,
            languages=languages,
            installed=self._installed(),
        )

    def _installed(self) -> Installed | None:
        installations = self.bot.installations
        if installations is None:
            return None
        from handlers.slack.bolt import Installed  # noqa: PLC0415 - slack_bolt takes 0.7 s to import

        return Installed(installations=installations, forget=installations.forget, commands=self.desks)

    def installer(self) -> Mapping[str, ASGIApp]:
        """Give the pages by which the app is installed in one more workspace; none where there is one."""
        environment, installations = self.bot.settings.environment, self.bot.installations
        if installations is None or environment.slack_client_id is None or environment.slack_client_secret is None:
            return {}
        from handlers.slack.install import Installer, Keeper  # noqa: PLC0415 - as above

        keeper = Keeper(installations, installations.states, installations.workspaces)
        pages = Installer(self.api.wire().client, environment.slack_client_id, environment.slack_client_secret, keeper)
        return {INSTALL_PATH: pages.begin, REDIRECT_PATH: pages.end}


@asynccontextmanager
async def _slack(door: SlackDoor) -> AsyncIterator[Mapping[str, ASGIApp]]:
    """Listen over HTTP where there is a secret for it."""
    secret = door.bot.settings.environment.slack_signing_secret
    if secret is None:
        yield door.installer()
        return
    listener = door.listener(secret)
    await listener.warm()
    loop = Loop(name="slack home tabs", run=listener.bolt().homes.run, deadline=HOMES_DEADLINE)
    async with door.bot.loops.running(loop):
        yield {SLACK_PATH: listener, **door.installer()}


def _teams(bot: Bot, understood: Commands) -> Mapping[str, ASGIApp]:
    secret = bot.settings.environment.teams_token
    if secret is None:
        return {}
    try:
        return {TEAMS_PATH: TeamsListener(secret, replace(understood, name="@mailstatus"), now=SystemClock().now)}
    except ValueError as error:
        example = "MAILSTATUS_TEAMS_TOKEN=c2VjdXJpdHkgdG9rZW4gYXMgVGVhbXMgc2hvd2VkIGl0"
        raise SettingsError([f"MAILSTATUS_TEAMS_TOKEN: {error}. Example: {example}"]) from error


async def _teams_bot(bot: Bot, managers: Managers, saving: Saving) -> Mapping[str, ASGIApp]:
    """Let the bot be spoken to: by the people of each company about their own mail."""
    if bot.teams is None:
        return {}
    companies = companies_by_azure_tenant(bot.settings)
    desks = {
        azure: replace(commands(bot, tenant, managers, saving=saving), name="@mailstatus")
        for azure, tenant in companies.items()
    }
    tables = bot.settings.installation.destinations.values()
    languages = {one.conversation: one.language for one in tables if one.conversation}
    dialogue = Dialogue(api=bot.teams, desks=desks, clock=bot.clock, chance=bot.chance, languages=languages)
    listener = BotListener(bot.teams, dialogue, azure_tenants=companies)
    await listener.warm()
    return {BOT_PATH: listener}


@asynccontextmanager
async def _slack_socket(slack: SlackDoor) -> AsyncIterator[None]:
    """Listen over Socket Mode where there is a token for it."""
    bot = slack.bot
    token = bot.settings.environment.slack_app_token
    if token is None:
        yield
        return
    from handlers.slack.socket import SocketMode  # noqa: PLC0415 - aiohttp and slack_bolt take 0.7 s to import

    door = SlackApi(token, base_url=bot.settings.environment.slack_api_url)
    listeners = slack.listener(token).bolt()
    socket = SocketMode(door, listeners, clock=bot.clock, chance=bot.chance)
    bot.pulse.hears = socket.hears
    loop = Loop(name="slack socket", run=socket.run, deadline=SOCKET_DEADLINE)
    tabs = Loop(name="slack home tabs by socket", run=listeners.homes.run, deadline=HOMES_DEADLINE)
    async with contextlib.aclosing(door), bot.loops.running(loop, tabs):
        yield


def _kept_up(bot: Bot, workspace: str, group: GroupMembers) -> Loop:
    """Have the members of the groups read now and every few minutes."""

    async def again(beat: Beat) -> None:
        while True:
            await group.refresh()
            beat()
            await bot.clock.sleep(REFRESH)

    return Loop(name=f"group members:{workspace}", run=again, deadline=MEMBERS_DEADLINE)


def _directions(bot: Bot) -> Mapping[str, Direction]:
    routes = [route for tenant in bot.pipeline.tenants for route in wiring.routes(bot.settings, tenant)]
    return {route.name: route.direction for route in routes if not route.control}
