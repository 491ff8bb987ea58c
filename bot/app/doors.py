"""The ways in for the chat platforms, for one bot: each person is answered about their own company's mail."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.app.bot import Bot
from bot.app.clock import SystemClock
from bot.app.desks import CompanyDesks
from bot.app.loops import Loop
from bot.app.slack import slack_api
from bot.app.vantages import vantages_door
from bot.settings import Environment, SettingsError
from bot.settings.proxies import networks
from bot.web.limits import INSTALLATIONS, Allowance, Requests
from bot.web.proxies import Proxies
from handlers.saving import Saving
from handlers.slack.api import SlackApi
from handlers.slack.listen import PATH as SLACK_PATH
from handlers.slack.listen import SlackListener
from handlers.slack.manifest import INSTALL_PATH, REDIRECT_PATH
from handlers.teams.bot.dialogue import Dialogue
from handlers.teams.bot.listen import PATH as BOT_PATH
from handlers.teams.bot.listen import BotListener
from handlers.teams.listen import PATH as TEAMS_PATH
from handlers.teams.listen import TeamsListener

if TYPE_CHECKING:
    from handlers.slack.bolt import Installed

SOCKET_DEADLINE, HOMES_DEADLINE = timedelta(minutes=5), timedelta(minutes=5)


@asynccontextmanager
async def doors(bot: Bot) -> AsyncIterator[Mapping[str, ASGIApp]]:
    """Open the ways in that the settings have secrets for; at the end what was accepted is brought to its end."""
    api, saving = slack_api(bot.settings, bot.installations), Saving()
    desks = CompanyDesks(bot=bot, whose=bot.whose, saving=saving, slack=api)
    bot.tenants.listen(desks.follow)
    async with AsyncExitStack() as running:
        ways: Mapping[str, ASGIApp] = {}
        if api:
            running.push_async_callback(api.aclose)
            slack = SlackDoor(bot=bot, api=api, desks=desks)
            await running.enter_async_context(_slack_socket(slack))
            ways = await running.enter_async_context(_slack(slack))
        await running.enter_async_context(bot.loops.running(desks.members()))
        running.push_async_callback(saving.drain)
        yield {**ways, **_teams(bot, desks), **await _teams_bot(bot, desks), **vantages_door(bot)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackDoor:
    """What the ways in from Slack need."""

    bot: Bot
    api: SlackApi
    desks: CompanyDesks

    def listener(self, secret: SecretStr) -> SlackListener:
        """Make what answers Slack."""
        # Slack signs with real time, whatever clock a story runs on.
        now, installed = SystemClock().now, self._installed()
        return SlackListener(self.api, secret, self.desks.of("slack"), now=now, installed=installed)

    def _installed(self) -> Installed | None:
        installations = self.bot.installations
        if installations is None:
            return None
        from handlers.slack.bolt import Installed  # noqa: PLC0415 - slack_bolt takes 0.7 s to import

        return Installed(installations=installations, forget=installations.forget)

    def installer(self) -> Mapping[str, ASGIApp]:
        """Give the pages by which the app is installed in one more workspace; none where there is one."""
        environment, installations = self.bot.settings.environment, self.bot.installations
        if installations is None or environment.slack_client_id is None or environment.slack_client_secret is None:
            return {}
        from handlers.slack.install import Installer, Keeper  # noqa: PLC0415 - as above

        keeper = Keeper(installations, installations.states, installations.workspaces)
        pages = Installer(self.api.wire().client, environment.slack_client_id, environment.slack_client_secret, keeper)
        allowance, proxies = Allowance(INSTALLATIONS), proxies_of(environment)
        both = {INSTALL_PATH: pages.begin, REDIRECT_PATH: pages.end}
        return {path: Requests(page, allowance=allowance, proxies=proxies) for path, page in both.items()}


def proxies_of(environment: Environment) -> Proxies:
    """Give the reverse proxies in front."""
    header = (environment.proxy_user_header or "").lower()
    return Proxies(trusted=networks(environment.trusted_proxies), header=header)


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


def _teams(bot: Bot, desks: CompanyDesks) -> Mapping[str, ASGIApp]:
    """Answer the outgoing webhook of the company that mailstatus.toml speaks of."""
    secret = bot.settings.environment.teams_token
    if secret is None:
        return {}
    try:
        return {TEAMS_PATH: TeamsListener(secret, desks.alone, now=SystemClock().now)}
    except ValueError as error:
        example = "MAILSTATUS_TEAMS_TOKEN=c2VjdXJpdHkgdG9rZW4gYXMgVGVhbXMgc2hvd2VkIGl0"
        raise SettingsError([f"MAILSTATUS_TEAMS_TOKEN: {error}. Example: {example}"]) from error


async def _teams_bot(bot: Bot, desks: CompanyDesks) -> Mapping[str, ASGIApp]:
    """Let the bot be spoken to: by the people of each company about their own mail."""
    if bot.teams is None:
        return {}
    dialogue = Dialogue(api=bot.teams, desks=desks.of("teams"), clock=bot.clock, chance=bot.chance)
    listener = BotListener(bot.teams, dialogue, azure_tenants=lambda: bot.whose.places("teams"))
    await listener.warm()
    return {BOT_PATH: listener}
