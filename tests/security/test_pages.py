"""No page, API answer or figure holds a secret of the settings."""

import random
from pathlib import Path

import pytest
from pydantic import SecretStr

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
WITHOUT = {"SLACK_APP_TOKEN", "SLACK_CLIENT_SECRET", "MAILSTATUS_TEAMS_APP_SECRET", "MAILSTATUS_STORE"}
"""What would connect, stands in another's place, or is the store's own URL here."""
PATHS = ("/", "/?range=7d", "/delays.json", "/metrics", "/healthz", "/readyz", "/api/v1/status", "/api/v1/incidents",
         "/api/v1/openapi.json", "/nowhere")  # fmt: skip


def secret_fields() -> list[str]:
    """Name every variable that is a secret."""
    fields = Environment.model_fields.values()
    return [str(one.alias) for one in fields if one.annotation in {SecretStr, SecretStr | None}]


def settings(folder: Path, store: str) -> Settings:
    """Set every secret there is."""
    set_ = {name: VALUES.get(name, f"secret-{name.lower()}") for name in secret_fields() if name not in WITHOUT}
    more = {"MAILSTATUS_STORE": store, "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"}
    tables = {
        "destinations": {
            "it": {"platform": "teams", "url_env": "TEAMS_IT_URL"},
            "ops": {"platform": "slack", "channel": "C0123456789"},
        },
        "vantages": {"tokyo": {"secret_env": "TOKYO_SECRET"}},
    }
    return Settings(
        environment=Environment.model_validate({**set_, **more}),
        installation=Installation.model_validate(tables),
        named={name: SecretStr(value) for name, value in NAMED.items()},
        state=folder,
    )


async def test_no_page_holds_a_secret(tmp_path: Path, sqlite_url: str) -> None:
    """With the token and without it."""
    given = settings(tmp_path, sqlite_url)
    held = [value for value in given.environment.model_dump().values() if isinstance(value, SecretStr)]
    secrets = [one.get_secret_value() for one in (*held, *given.named.values())]
    assert len(secrets) >= len(secret_fields()) - len(WITHOUT) + len(NAMED)
    token = given.environment.page_token
    assert token is not None
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
    chance = random.SystemRandom()
    async with open_bot(given, SystemClock(), chance) as bot, open_site(bot) as app, browser(app) as client:
        for path in PATHS:
            for sent in (headers, {}):
                answer = await client.get(path, headers=sent)
                said = answer.text + str(answer.headers)
                assert not [one for one in secrets if one in said], path


@pytest.mark.parametrize("name", secret_fields())
def test_a_secret_shows_as_stars_wherever_settings_are_printed(name: str) -> None:
    """In a log, an error and a debugger."""
    values = {name: VALUES.get(name, "postgresql://u:secret-x@h/d" if name == "MAILSTATUS_STORE" else f"secret-{name}")}
    if name == "SLACK_CLIENT_SECRET":
        values["SLACK_CLIENT_ID"] = "1.2"
    shown = repr(Environment.model_validate(values))
    assert values[name] not in shown
    assert "**********" in shown
