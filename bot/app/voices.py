"""The senders that the settings ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.app.eyes import cloud, entra, mailbox
from bot.app.slack import slack_api
from bot.microsoft import TokenSource
from bot.outbox import DirectLine, Sender
from bot.settings import DestinationTable, Settings, SettingsError
from bot.types import Clock
from handlers.email.send import EmailSender
from handlers.slack.api import SlackApi
from handlers.slack.direct import DirectSender
from handlers.slack.send import Draws, SlackSender
from handlers.teams.address import wants_token
from handlers.teams.bot.api import TeamsApi
from handlers.teams.bot.direct import DirectBotSender
from handlers.teams.bot.send import BotSender
from handlers.teams.lane import Lane, lanes
from handlers.teams.send import Flow, Plots, TeamsSender, no_chart

if TYPE_CHECKING:
    from bot.store.slack_installations import SlackInstallations

FLOW = "https://….environment.api.powerplatform.com:443/…&sig=…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Senders to channels, by name of destination, and what leads to people, by platform."""

    channels: Mapping[str, Sender]
    lines: Mapping[str, DirectLine]


@asynccontextmanager
async def open_voices(
    settings: Settings,
    clock: Clock,
    *,
    teams: TeamsApi | None = None,
    installations: SlackInstallations | None = None,
    draws: Draws | None = None,
    plots: Plots = no_chart,
) -> AsyncIterator[Voices]:
    """Make a sender for each destination; raises SettingsError where one cannot work."""
    api = slack_api(settings, installations)
    lane = lanes(clock)

    def voice(name: str, table: DestinationTable) -> Sender:
        if table.platform == "slack":
            return _slack(name, table, api, clock, draws=draws, several=installations is not None)
        if table.platform == "email":
            return EmailSender(mailbox(settings, table.mailbox or "", None), table.address or "", clock=clock)
        if table.conversation:
            return _teams_bot(name, table, teams, clock, plots)
        return _teams(name, table, _flow(table, settings, lane), clock, plots)

    voices = _made(settings.installation.destinations, voice)
    try:
        yield Voices(channels=voices, lines=_lines(api, teams, clock))
    finally:
        if api:
            await api.aclose()


def _made(
    tables: Mapping[str, DestinationTable], voice: Callable[[str, DestinationTable], Sender]
) -> Mapping[str, Sender]:
    """Make every sender; raise SettingsError with all that is wrong."""
    voices: dict[str, Sender] = {}
    faults: list[str] = []
    for name, table in tables.items():
        try:
            voices[name] = voice(name, table)
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise SettingsError(faults)
    return voices


def _lines(slack: SlackApi | None, teams: TeamsApi | None, clock: Clock) -> Mapping[str, DirectLine]:
    """Lead to people on every platform that can be reached."""
    lines: dict[str, DirectLine] = {}
    if slack:
        lines["slack"] = lambda one: DirectSender(slack.of(one.person.workspace), one.person.id, clock=clock)
    if teams:
        lines["teams"] = lambda one: DirectBotSender(teams, one.address, clock=clock)
    return lines


def flow_token(table: DestinationTable, settings: Settings) -> TokenSource | None:
    """Give a flow's way to tokens, where only people of the tenant can trigger it; ValueError where there is no app."""
    if not wants_token(settings.named[table.url_env or ""].get_secret_value()):
        return None
    tokens = entra(settings, table.tenant)
    if tokens is None:
        raise ValueError(
            "has no sig=, so the flow lets in only people of the tenant, and the AZURE_ variables name no app for a "
            "token: set them, or let anyone trigger the flow and copy its address again"
        )
    return tokens.source(cloud(settings).flow_scope)


def _slack(
    name: str, table: DestinationTable, api: SlackApi | None, clock: Clock, *, draws: Draws | None, several: bool
) -> Sender:
    if api is None:
        example = "SLACK_BOT_TOKEN=xoxb-1234567890-abcdefghij"
        raise ValueError(f"SLACK_BOT_TOKEN: is not set, and destinations.{name} needs it. Example: {example}")
    if several and not table.workspace:
        example = 'workspace = "T0123456789"'
        raise ValueError(f"destinations.{name}.workspace: is missing: with SLACK_CLIENT_ID each names its workspace. "
                         f"Example: {example}")  # fmt: skip
    mention = [table.mention] if table.mention else []
    return SlackSender(api.of(table.workspace), table.channel or "", clock=clock, mention=mention, draws=draws)


def _teams_bot(name: str, table: DestinationTable, teams: TeamsApi | None, clock: Clock, plots: Plots) -> Sender:
    if teams is None:
        example = "MAILSTATUS_TEAMS_APP_ID=2f4e6a8c-1111-2222-3333-444455556666"
        raise ValueError(f"MAILSTATUS_TEAMS_APP_ID: is not set, and destinations.{name} needs it. Example: {example}")
    try:
        return BotSender(teams, table.conversation or "", clock=clock, mention=table.mention, plots=plots)
    except ValueError as error:
        raise ValueError(f'destinations.{name}.mention: {error}. Example: mention = "ana@contoso.com"') from error


def _flow(table: DestinationTable, settings: Settings, lane: Callable[[str], Lane]) -> Flow:
    try:
        url: SecretStr = settings.named[table.url_env or ""]
        return Flow(url=url, lane=lane(url.get_secret_value()), token=flow_token(table, settings))
    except ValueError as error:
        raise ValueError(f"{table.url_env}: {error}. Example: {table.url_env}={FLOW}") from error


def _teams(name: str, table: DestinationTable, flow: Flow, clock: Clock, plots: Plots) -> Sender:
    try:
        return TeamsSender(flow, clock=clock, mention=table.mention, plots=plots)
    except ValueError as error:
        raise ValueError(f'destinations.{name}.mention: {error}. Example: mention = "ana@contoso.com"') from error
