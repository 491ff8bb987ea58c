"""The senders that the settings ask for."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from bot.outbox import DirectLine, Sender
from bot.settings import DestinationTable, Settings, SettingsError
from bot.types import Clock
from handlers.slack.api import SlackApi
from handlers.slack.direct import DirectSender
from handlers.slack.send import SlackSender
from handlers.teams.send import TeamsSender


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Senders to channels, by name of destination, and what leads to people, by platform."""

    channels: Mapping[str, Sender]
    lines: Mapping[str, DirectLine]


@asynccontextmanager
async def open_voices(settings: Settings, clock: Clock) -> AsyncIterator[Voices]:
    """Make a sender for each destination; raises SettingsError where one cannot work."""
    api = slack_api(settings)
    faults: list[str] = []
    voices: dict[str, Sender] = {}
    for name, table in settings.installation.destinations.items():
        try:
            voices[name] = _voice(name, table, settings, api, clock)
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise SettingsError(faults)
    try:
        yield Voices(channels=voices, lines=_lines(api, clock))
    finally:
        if api:
            await api.aclose()


def slack_api(settings: Settings) -> SlackApi | None:
    """Give Slack's Web API by the bot's token; None without one."""
    environment = settings.environment
    if environment.slack_bot_token is None:
        return None
    return SlackApi(environment.slack_bot_token, base_url=environment.slack_api_url)


def _lines(api: SlackApi | None, clock: Clock) -> Mapping[str, DirectLine]:
    """Lead to people on every platform that can be reached."""
    if api is None:
        return {}
    return {"slack": lambda subscription: DirectSender(api, subscription.person.id, clock=clock)}


def _voice(name: str, table: DestinationTable, settings: Settings, api: SlackApi | None, clock: Clock) -> Sender:
    if table.platform == "slack":
        if api is None:
            example = "SLACK_BOT_TOKEN=xoxb-1234567890-abcdefghij"
            raise ValueError(f"SLACK_BOT_TOKEN: is not set, and destinations.{name} needs it. Example: {example}")
        return SlackSender(api, table.channel or "", clock=clock, mention=[table.mention] if table.mention else [])
    url: SecretStr = settings.named[table.url_env or ""]
    try:
        return TeamsSender(url, clock=clock, mention=table.mention)
    except ValueError as error:
        example = "https://….environment.api.powerplatform.com:443/…&sig=…"
        raise ValueError(f"{table.url_env}: {error}. Example: {table.url_env}={example}") from error
