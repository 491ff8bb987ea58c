from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.addresses import addresses, neighbours
from bot.settings import Environment, Installation, Settings
from bot.types import Destination

KEY = SecretStr("key-of-ours")
TABLES = {
    "mailboxes": {"alerts": {"address": "a@example.net", "smtp": "tls://smtp.example.net:465", "password_env": "PASS"}},
    "destinations": {
        "ops": {"platform": "slack", "channel": "C0123456789"},
        "it": {"platform": "teams", "url_env": "FLOW"},
        "oncall": {"platform": "email", "address": "o@example.org", "mailbox": "alerts"},
    },
}
NAMED = {"FLOW": "https://flow.example/?sig=secret-of-the-flow", "PASS": "secret-of-the-box"}


def settings(bot: str = "xoxb-1", **named: str) -> Settings:
    """Give three destinations, one a platform."""
    return Settings(
        environment=Environment.model_validate({"SLACK_BOT_TOKEN": bot}),
        installation=Installation.model_validate(TABLES),
        named={name: SecretStr(value) for name, value in (NAMED | named).items()},
        state=Path(),
    )


def test_the_same_settings_give_the_same_fingerprints() -> None:
    """Else every restart would look like something mended."""
    assert addresses(settings(), KEY) == addresses(settings(), KEY)


@pytest.mark.parametrize(
    ("changed", "whose"),
    [
        pytest.param(settings("xoxb-2"), {"ops"}, id="Slack's token"),
        pytest.param(settings(FLOW="https://flow.example/?sig=another"), {"it"}, id="a flow's address"),
        pytest.param(settings(PASS="another"), {"oncall"}, id="a mailbox's password"),
    ],
)
def test_what_may_mend_a_destination_changes_its_fingerprint_and_no_other(changed: Settings, whose: set[str]) -> None:
    """So that it is tried again at once."""
    before, after = addresses(settings(), KEY), addresses(changed, KEY)
    assert {name for name in before if before[name] != after[name]} == whose


def test_a_fingerprint_tells_nothing_without_the_key() -> None:
    """It stands in the store, which others may read."""
    one, other = addresses(settings(), KEY), addresses(settings(), SecretStr("another key"))
    assert not {*one.values()} & {*other.values()}
    assert not [secret for secret in NAMED.values() if secret in repr(one)]


OPS, IT, NIGHT = (Destination(name=name, platform="slack", tenant="blue") for name in ("ops", "it", "night"))
RED = Destination(name="red", platform="slack", tenant="red")


def test_the_fallbacks_hear_first_then_the_companys_other_channels_and_no_other_company() -> None:
    """Each once."""
    told = neighbours([replace(OPS, fallback=("night",)), IT, NIGHT, RED])
    assert told["ops"] == ["night", "it"]
    assert told["it"] == ["ops", "night"]
    assert told["red"] == []
