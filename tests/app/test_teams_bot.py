"""The Teams bot as the settings have it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.clock import SystemClock
from bot.app.teams_bot import FORBIDDEN, SCOPES, bot_app, bot_fault, open_teams
from bot.app.voices import open_voices
from bot.app.wiring import destinations
from bot.settings import Environment, Installation, Settings, SettingsError
from bot.store import Store
from handlers.teams.bot.send import BotSender
from handlers.teams.bot.wire import CLOUDS

APP = "2f4e6a8c-1111-2222-3333-444455556666"
AZURE = "8E6F1A0C-1111-2222-3333-444455556666"
CHANNEL = "19:abc123@thread.tacv2"
LINK = (
    "https://teams.microsoft.com/l/channel/19%3Aabc123%40thread.tacv2/General?groupId=8e6f&tenantId=8e6f1a0c-1111-2222"
)
BOT = {"MAILSTATUS_TEAMS_APP_ID": APP, "MAILSTATUS_TEAMS_APP_SECRET": "very-secret", "AZURE_TENANT_ID": AZURE}


def settings(environment: Mapping[str, str], tables: Mapping[str, object] | None = None) -> Settings:
    """Give settings."""
    return Settings(
        environment=Environment.model_validate(environment),
        installation=Installation.model_validate(tables or {}),
        named={"URL": SecretStr("https://x")},
        state=Path("state"),
    )


def test_without_an_app_id_there_is_no_bot() -> None:
    """The core runs without it."""
    assert bot_app(settings({})) is None


def test_the_bot_has_a_secret_of_its_own_or_that_of_the_entra_app() -> None:
    """A certificate, a federated token or a managed identity will do as well."""
    app = bot_app(settings(BOT))
    assert app is not None
    assert (app.id, app.azure_tenant, app.cloud) == (APP, AZURE, "global")
    shared = {**BOT, "MAILSTATUS_TEAMS_APP_SECRET": "", "AZURE_CLIENT_SECRET": "other"}
    assert bot_app(settings(shared)) is not None
    with pytest.raises(SettingsError, match="MAILSTATUS_TEAMS_APP_SECRET"):
        bot_app(settings({**BOT, "MAILSTATUS_TEAMS_APP_SECRET": ""}))


async def test_a_bot_without_a_secret_is_a_fault_for_the_doctor() -> None:
    """And nothing is asked for where there is no bot."""
    assert await bot_fault(settings({})) == ""
    assert "MAILSTATUS_TEAMS_APP_SECRET" in await bot_fault(settings({**BOT, "MAILSTATUS_TEAMS_APP_SECRET": ""}))


def test_the_scopes_are_those_of_the_sdk() -> None:
    """In every cloud."""
    assert {name: cloud.bot_scope for name, cloud in CLOUDS.items()} == SCOPES


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
async def test_a_switch_of_the_sdk_that_would_let_anybody_in_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason."""
    monkeypatch.setenv(name, "1")
    async with await Store.open(f"sqlite:///{tmp_path / 'x.db'}") as store:
        with pytest.raises(SettingsError, match=name):
            async with open_teams(settings(BOT), store, SystemClock()):
                """Is not reached."""


@pytest.mark.parametrize("conversation", [CHANNEL, LINK])
async def test_a_channel_is_named_by_its_id_or_by_the_link_that_teams_gives(conversation: str, tmp_path: Path) -> None:
    """And can be edited, other than a webhook's."""
    tables = {
        "it": {"platform": "teams", "conversation": conversation},
        "hook": {"platform": "teams", "url_env": "URL"},
    }
    given = settings(BOT, {"destinations": {"it": tables["it"]}})
    async with (
        await Store.open(f"sqlite:///{tmp_path / 'x.db'}") as store,
        open_teams(given, store, SystemClock()) as teams,
        open_voices(given, SystemClock(), teams=teams) as voices,
    ):
        sender = voices.channels(given).senders["it"]
        assert isinstance(sender, BotSender)
        assert sender._conversation == CHANNEL
        assert set(voices.lines) == {"teams"}
    both = destinations(settings(BOT, {"destinations": tables}))
    assert {one.name: one.edits for one in both} == {"it": True, "hook": False}


async def test_a_channel_of_the_bot_needs_the_bot() -> None:
    """With the variable to set."""
    given = settings({}, {"destinations": {"it": {"platform": "teams", "conversation": CHANNEL}}})
    with pytest.raises(SettingsError, match="MAILSTATUS_TEAMS_APP_ID"):
        async with open_voices(given, SystemClock()) as voices:
            voices.channels(given)


@pytest.mark.parametrize(
    "destination",
    [
        {"platform": "teams"},
        {"platform": "teams", "conversation": "General"},
        {"platform": "teams", "conversation": CHANNEL, "url_env": "URL"},
    ],
)
def test_a_destination_that_cannot_be_reached_is_refused(destination: dict[str, str]) -> None:
    """None, no channel, or two ways at once."""
    with pytest.raises(ValueError, match="Example"):
        settings(BOT, {"destinations": {"it": destination}})


def test_a_bot_needs_the_tenant_whose_people_may_talk_to_it() -> None:
    """And no token is sent in clear."""
    with pytest.raises(ValueError, match="AZURE_TENANT_ID"):
        settings({"MAILSTATUS_TEAMS_APP_ID": APP})
    with pytest.raises(ValueError, match="https"):
        settings({"MAILSTATUS_TEAMS_SERVICE_URL": "http://evil.example"})
