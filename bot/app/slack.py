"""The way to Slack: one workspace by its token, or several by what their installations brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.store import Store
from bot.types import Clock
from handlers.slack.api import SlackApi

if TYPE_CHECKING:
    from bot.store.slack_installations import SlackInstallations


def workspaces(settings: Settings) -> dict[str, str]:
    """Name the workspaces that the settings know, each with the tenant of its first destination."""
    found: dict[str, str] = {}
    for table in settings.installation.destinations.values():
        if table.workspace:
            found.setdefault(table.workspace, table.tenant)
    return found


async def open_installations(settings: Settings, store: Store, clock: Clock) -> SlackInstallations | None:
    """Give what the installations brought, ready to be read; None where there is one workspace. Raises StoreError."""
    client_id = settings.environment.slack_client_id
    if client_id is None:
        return None
    from bot.store.slack_installations import SlackInstallations  # noqa: PLC0415 - slack_sdk takes 0.3 s to import

    found = SlackInstallations(store, client_id, workspaces=workspaces(settings), clock=clock)
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
