"""The way to Slack, as the settings ask for it."""

import random
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.app.bot import open_bot
from bot.app.clock import SystemClock
from bot.app.site import open_site
from bot.settings import Environment, Installation, Settings, SettingsError

CHANCE = random.Random(1)  # noqa: S311 - the same each time
SEVERAL = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hush", "SLACK_SIGNING_SECRET": "sign"}
ONE = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "sign"}
OPS = {"platform": "slack", "channel": "C0123456789"}
TABLES = {
    "tenants": {"fabrikam": {"language": "de"}},
    "destinations": {
        "ops": {**OPS, "workspace": "T0123456789"},
        "more": {**OPS, "workspace": "T0123456789", "tenant": "fabrikam"},
        "theirs": {**OPS, "workspace": "T9876543210", "tenant": "fabrikam"},
    },
}


def settings(state: Path, variables: dict[str, str], tables: Mapping[str, object]) -> Settings:
    """Give the settings of a bot that watches nothing."""
    environment = Environment.model_validate(variables)
    return Settings(environment=environment, installation=Installation.model_validate(tables), named={}, state=state)


async def opened(app: Starlette, path: str) -> httpx.Response:
    """Open a page."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as browser:
        return await browser.get(path)


async def test_several_workspaces_can_install_the_app(tmp_path: Path) -> None:
    """By a page that leads to Slack, open to everybody who may be sent back."""
    async with (
        open_bot(settings(tmp_path, SEVERAL, TABLES), SystemClock(), CHANCE) as bot,
        open_site(bot) as app,
    ):
        begun = await opened(app, "/slack/install")
        assert begun.status_code == 302
        assert begun.headers["location"].startswith("https://slack.com/oauth/v2/authorize?")
        assert (await opened(app, "/slack/oauth_redirect?error=access_denied")).status_code == 200


async def test_with_one_workspace_there_is_nothing_to_install(tmp_path: Path) -> None:
    """The token says where we are."""
    tables: dict[str, object] = {"destinations": {"ops": OPS}}
    async with open_bot(settings(tmp_path, ONE, tables), SystemClock(), CHANCE) as bot, open_site(bot) as app:
        assert (await opened(app, "/slack/install")).status_code == 404
        assert (await opened(app, "/slack/events")).status_code == 405


async def test_each_destination_says_which_workspace_it_is_in(tmp_path: Path) -> None:
    """Where there are several."""
    given = settings(tmp_path, SEVERAL, {"destinations": {"ops": OPS}})
    with pytest.raises(SettingsError, match=r"destinations.ops.workspace: is missing"):
        async with open_bot(given, SystemClock(), CHANCE):
            pass
