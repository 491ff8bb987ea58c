"""The way to Slack: one workspace by its token, or several by what their installations brought."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.store import Store
from bot.types import Clock
from handlers.slack.api import SlackApi

if TYPE_CHECKING:
    from bot.store.slack_installations import SlackInstallations


def workspaces(settings: Settings) -> list[str]:
    """Name the workspaces of the channels that the settings know."""
    tables = settings.installation.destinations.values()
    return list(dict.fromkeys(one.workspace for one in tables if one.workspace))


async def open_installations(
    settings: Settings, store: Store, clock: Clock, *, workspaces: Callable[[], Collection[str]]
) -> SlackInstallations | None:
    """Give what the installations brought, ready to be read; None where there is one workspace. Raises StoreError.

    ``workspaces`` names those that the settings know now.
    """
    client_id = settings.environment.slack_client_id
    if client_id is None:
        return None
    from bot.store.slack_installations import SlackInstallations  # noqa: PLC0415 - slack_sdk takes 0.3 s to import

    found = SlackInstallations(store, client_id, workspaces=workspaces, clock=clock)
    await found.open()
    return found


def slack_api(settings: Settings, installations: SlackInstallations | None) -> SlackApi | None:
    """Give Slack's Web API; None where the settings have no token and no client."""
    environment = settings.environment
    if installations is not None:
        from handlers.slack.workspaces import Workspaces  # noqa: PLC0415 - aiohttp and slack_sdk take 0.5 s to import

        return Workspaces(installations.token, base_url=environment.slack_api_url)
    if environment.slack_bot_token is None:
        return None
    return SlackApi(environment.slack_bot_token, base_url=environment.slack_api_url)
