"""No page, API answer or figure holds a secret of the settings."""

import asyncio
import random
from pathlib import Path

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.app.bot import open_bot
from bot.app.clock import SystemClock
from bot.app.site import open_site
from bot.settings import Environment, Installation, Settings
from tests.web.examples import browser

FLOW = "https://x.environment.api.powerplatform.com/powerautomate/x?sig=secret-of-the-flow"
VALUES = {
    "MAILSTATUS_TEAMS_TOKEN": "c2VjcmV0IG9mIHRoZSBvdXRnb2luZyB3ZWJob29r",
    "MAILSTATUS_HEARTBEAT_URL": "https://hc.example.org/ping/secret-of-the-heartbeat",
}
NAMED = {"TEAMS_IT_URL": FLOW, "TOKYO_SECRET": "the long secret of a far vantage in Tokyo"}
SEVERAL = {"SLACK_CLIENT_SECRET"}
"""Stands in another's place: with it the app is in several workspaces."""
ONE = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}
BOT = "2f4e6a8c-1111-2222-3333-444455556666"
NOWHERE = "http://127.0.0.1:9"
PATHS = ("/", "/?range=7d", "/delays.json", "/metrics", "/healthz", "/readyz", "/api/v1/status", "/api/v1/incidents",
         "/api/v1/overview", "/api/v1/openapi.json", "/tenants/default", "/tenants/default/", "/tenants/default/delays.json",
         "/live", "/tenants/default/live", "/nowhere")  # fmt: skip


def secret_fields() -> list[str]:
    """Name every variable that is a secret."""
    fields = Environment.model_fields.values()
    return [str(one.alias) for one in fields if one.annotation in {SecretStr, SecretStr | None}]


def settings(folder: Path, store: str, without: set[str]) -> Settings:
    """Set every secret there is, but for some."""
    set_ = {name: VALUES.get(name, f"secret-{name.lower()}") for name in secret_fields() if name not in without}
    more = {"MAILSTATUS_STORE": store, "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "MAILSTATUS_TEAMS_APP_ID": BOT}
    more |= {} if "SLACK_CLIENT_SECRET" in without else {"SLACK_CLIENT_ID": "1.2"}
    tables = {
        "destinations": {
            "it": {"platform": "teams", "url_env": "TEAMS_IT_URL"},
            "ops": {"platform": "slack", "channel": "C0123456789", "workspace": "T0123456789"},
        },
        "vantages": {"tokyo": {"secret_env": "TOKYO_SECRET"}},
    }
    return Settings(
        environment=Environment.model_validate({**set_, **more, "MAILSTATUS_SLACK_API_URL": f"{NOWHERE}/api/"}),
        installation=Installation.model_validate(tables),
        named={name: SecretStr(value) for name, value in NAMED.items()},
        state=folder,
    )


async def answered(app: Starlette, client: AsyncClient, path: str, headers: dict[str, str]) -> str:
    """Give all that is answered; a stream is ended once it has said how things stand."""
    asking = asyncio.create_task(client.get(path, headers=headers))
    while not asking.done():
        await asyncio.sleep(0)
        if app.state.live.clients:
            app.state.live.close()
    answer = await asking
    return answer.text + str(answer.headers)


@pytest.mark.parametrize("without", [SEVERAL, ONE], ids=["one workspace", "several workspaces"])
async def test_no_page_holds_a_secret(tmp_path: Path, sqlite_url: str, without: set[str]) -> None:
    """With the token and without it."""
    given = settings(tmp_path, sqlite_url, without)
    held = [value for value in given.environment.model_dump().values() if isinstance(value, SecretStr)]
    secrets = [one.get_secret_value() for one in (*held, *given.named.values())]
    assert len(secrets) == len(secret_fields()) - len(without) + len(NAMED)
    token = given.environment.page_token
    assert token is not None
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
    chance = random.SystemRandom()
    async with open_bot(given, SystemClock(), chance) as bot:
        for path in PATHS:
            async with open_site(bot) as app, browser(app) as client:
                for sent in (headers, {}):
                    said = await answered(app, client, path, sent)
                    assert not [one for one in secrets if one in said], path


def test_every_secret_is_set_once() -> None:
    """With one workspace, or with several."""
    assert not SEVERAL & ONE
    assert set(secret_fields()) >= SEVERAL | ONE


@pytest.mark.parametrize("name", secret_fields())
def test_a_secret_shows_as_stars_wherever_settings_are_printed(name: str) -> None:
    """In a log, an error and a debugger."""
    values = {name: VALUES.get(name, "postgresql://u:secret-x@h/d" if name == "MAILSTATUS_STORE" else f"secret-{name}")}
    if name == "SLACK_CLIENT_SECRET":
        values["SLACK_CLIENT_ID"] = "1.2"
    shown = repr(Environment.model_validate(values))
    assert values[name] not in shown
    assert "**********" in shown
