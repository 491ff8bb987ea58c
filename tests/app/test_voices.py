"""The senders that the settings ask for."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.clock import SystemClock
from bot.app.voices import flow_token, open_voices
from bot.settings import Environment, Installation, Settings, SettingsError

SIGNED = "https://x.environment.api.powerplatform.com:443/powerautomate/x?api-version=1&sig=secret"
UNSIGNED = "https://x.environment.api.powerplatform.com:443/powerautomate/x?api-version=1"
APP = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s"}


def settings(url: str, *, variables: dict[str, str] | None = None, **table: object) -> Settings:
    """Give the settings of one channel in Teams."""
    it = {"platform": "teams", "url_env": "TEAMS_IT_URL", **table}
    return Settings(
        environment=Environment.model_validate(variables or {}),
        installation=Installation.model_validate({"destinations": {"it": it}}),
        named={"TEAMS_IT_URL": SecretStr(url)},
        state=Path("state"),
    )


async def refused(given: Settings) -> str:
    """Open what cannot work, and give what is said about it."""
    with pytest.raises(SettingsError) as caught:
        async with open_voices(given, SystemClock()) as voices:
            voices.channels(given)
    assert "secret" not in str(caught.value)
    return str(caught.value)


async def test_a_connector_is_refused_with_the_reason_and_the_page_that_helps() -> None:
    """The variable is named, its value is not."""
    said = await refused(settings("https://contoso.webhook.office.com/webhookb2/secret"))
    assert said.startswith("TEAMS_IT_URL: is the address of an Office 365 connector")
    assert "docs/teams.md" in said


async def test_a_flow_of_the_tenant_alone_needs_an_app() -> None:
    """Or another address."""
    assert "let anyone trigger the flow" in await refused(settings(UNSIGNED))


@pytest.mark.parametrize(("url", "token"), [(SIGNED, False), (UNSIGNED, True)])
async def test_a_token_is_got_only_where_there_is_no_signature(url: str, *, token: bool) -> None:
    """Both together would be refused."""
    given = settings(url, variables=APP)
    assert (flow_token(given.installation.destinations["it"], given) is not None) is token
    async with open_voices(given, SystemClock()) as voices:
        assert list(voices.channels(given).senders) == ["it"]


async def test_a_mention_that_calls_nobody_is_refused() -> None:
    """With the key and an example."""
    said = await refused(settings(SIGNED, mention="The whole team"))
    assert said.startswith("destinations.it.mention: is neither a sign-in name")
