"""The senders that the settings ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.app import wiring
from bot.app.addresses import neighbours
from bot.app.eyes import cloud, entra, mailbox
from bot.app.slack import slack_api
from bot.microsoft import TokenSource
from bot.outbox import Channels, DirectLine, Sender
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
class Means:
    """What senders are made with."""

    settings: Settings
    clock: Clock
    lane: Callable[[str], Lane]
    slack: SlackApi | None
    several: bool
    """Whether Slack is several workspaces."""
    teams: TeamsApi | None
    draws: Draws | None
    plots: Plots


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Makes the channels of each company, and leads to people, by platform."""

    means: Means
    lines: Mapping[str, DirectLine]

    def channels(self, settings: Settings) -> Channels:
        """Make the channels of a company by its own settings; raises SettingsError with all that cannot work."""
        senders = _made(settings.installation.destinations, replace(self.means, settings=settings))
        destinations = wiring.destinations(settings)
        return Channels(
            senders=senders,
            merging={one.name for one in destinations if not one.edits},
            fallbacks={one.name: one.fallback for one in destinations if one.fallback},
            neighbours=neighbours(destinations),
        )


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
    """Give what makes the senders of every company."""
    api = slack_api(settings, installations)
    means = Means(
        settings=settings,
        clock=clock,
        lane=lanes(clock),
        slack=api,
        several=installations is not None,
        teams=teams,
        draws=draws,
        plots=plots,
    )
    try:
        yield Voices(means=means, lines=_lines(api, teams, clock))
    finally:
        if api:
            await api.aclose()


def _made(tables: Mapping[str, DestinationTable], means: Means) -> Mapping[str, Sender]:
    """Make every sender; raise SettingsError with all that is wrong."""
    voices: dict[str, Sender] = {}
    faults: list[str] = []
    for name, table in tables.items():
        try:
            voices[name] = VOICES[table.way](name, table, means)
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


def _slack(name: str, table: DestinationTable, means: Means) -> Sender:
    if means.slack is None:
        example = "SLACK_BOT_TOKEN=xoxb-1234567890-abcdefghij"
        raise ValueError(f"SLACK_BOT_TOKEN: is not set, and destinations.{name} needs it. Example: {example}")
    if means.several and not table.workspace:
        example = 'workspace = "T0123456789"'
        raise ValueError(f"destinations.{name}.workspace: is missing: with SLACK_CLIENT_ID each names its workspace. "
                         f"Example: {example}")  # fmt: skip
    mention = [table.mention] if table.mention else []
    api = means.slack.of(table.workspace)
    return SlackSender(api, table.channel or "", clock=means.clock, mention=mention, draws=means.draws)


def _teams_bot(name: str, table: DestinationTable, means: Means) -> Sender:
    if means.teams is None:
        example = "MAILSTATUS_TEAMS_APP_ID=2f4e6a8c-1111-2222-3333-444455556666"
        raise ValueError(f"MAILSTATUS_TEAMS_APP_ID: is not set, and destinations.{name} needs it. Example: {example}")
    conversation = table.conversation or ""
    try:
        return BotSender(means.teams, conversation, clock=means.clock, mention=table.mention, plots=means.plots)
    except ValueError as error:
        raise ValueError(f'destinations.{name}.mention: {error}. Example: mention = "ana@contoso.com"') from error


def _teams(name: str, table: DestinationTable, means: Means) -> Sender:
    flow = _flow(table, means)
    try:
        return TeamsSender(flow, clock=means.clock, mention=table.mention, plots=means.plots)
    except ValueError as error:
        raise ValueError(f'destinations.{name}.mention: {error}. Example: mention = "ana@contoso.com"') from error


def _flow(table: DestinationTable, means: Means) -> Flow:
    try:
        url: SecretStr = means.settings.named[table.url_env or ""]
        lane, token = means.lane(url.get_secret_value()), flow_token(table, means.settings)
        return Flow(url=url, lane=lane, token=token, reach=wiring.reach(means.settings))
    except ValueError as error:
        raise ValueError(f"{table.url_env}: {error}. Example: {table.url_env}={FLOW}") from error


def _email(_: str, table: DestinationTable, means: Means) -> Sender:
    return EmailSender(mailbox(means.settings, table.mailbox or "", None), table.address or "", clock=means.clock)


VOICES: Mapping[str, Callable[[str, DestinationTable, Means], Sender]] = {
    "slack": _slack,
    "teams": _teams,
    "teams bot": _teams_bot,
    "email": _email,
}
"""Every way to a channel; each makes the sender of a destination, or raises ValueError with what is missing."""
