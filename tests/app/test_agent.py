"""Whose settings these are, and what is wrong with them."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import wiring
from bot.app.agent import vantage
from bot.settings import Environment, Installation, Settings, SettingsError, load

URL = "https://mailstatus.example.com"
BOXES = {"outside": {"address": "a@example.org", "smtp": "mail:587", "imap": "mail:993", "password_env": "OUTSIDE"}}
TOKYO = {"tokyo": {"secret_env": "TOKYO_SECRET"}}
SECRET = "long enough a secret"
WHOLE = {"from": "outside", "to": "outside", "direction": "control", "vantage": "tokyo"}


def settings(tables: dict[str, object], secret: str = SECRET) -> Settings:
    return Settings(
        environment=Environment.model_validate({}),
        installation=Installation.model_validate(tables),
        named={"TOKYO_SECRET": SecretStr(secret)},
        state=Path("state"),
    )


def test_a_site_is_the_one_vantage_that_its_file_names() -> None:
    """The same lines may stand in the bot's file."""
    given = settings({"vantages": TOKYO, "mailboxes": BOXES, "routes": {"control-tokyo": WHOLE}})
    assert vantage(given, URL) == "tokyo"
    assert [route.far for route in wiring.routes(given, "default")] == [True]


def test_at_the_bot_a_far_route_needs_no_mailboxes() -> None:
    """They are the site's own business; a near one does need them."""
    far = {"direction": "outbound", "vantage": "tokyo"}
    assert settings({"vantages": TOKYO, "routes": {"out": far}}).installation.routes["out"].sender == ""
    with pytest.raises(ValueError, match=r"routes\.out\.from: is missing: the name of a mailbox"):
        settings({"routes": {"out": far}})


@pytest.mark.parametrize(
    ("tables", "url", "why"),
    [
        ({}, URL, "vantages: 0 are named"),
        ({"vantages": TOKYO | {"oslo": {"secret_env": "OSLO"}}}, URL, "vantages: 2 are named"),
        ({"vantages": TOKYO}, URL, "routes: none is of tokyo"),
        (
            {"vantages": TOKYO, "routes": {"out": {"direction": "outbound", "vantage": "tokyo"}}},
            URL,
            "routes.out.from: is missing",
        ),
        ({"vantages": TOKYO, "routes": {"control-tokyo": WHOLE}}, URL, "there is no mailbox 'outside'"),
        ({}, "http://mailstatus.example.com", "--push: does not begin with https://"),
    ],
)
def test_what_a_site_lacks_is_said(tables: dict[str, object], url: str, why: str) -> None:
    with pytest.raises(SettingsError) as error:
        vantage(settings(tables), url)
    assert why in str(error.value)


def test_a_secret_that_is_guessed_in_no_time_is_refused() -> None:
    """And it is not in the error."""
    given = settings({"vantages": TOKYO, "mailboxes": BOXES, "routes": {"control-tokyo": WHOLE}}, secret="tokyo1")
    with pytest.raises(SettingsError, match="TOKYO_SECRET: is shorter than 16") as error:
        vantage(given, URL)
    assert "tokyo1" not in str(error.value)


def test_a_vantage_is_named_so_that_a_header_can_bear_it(tmp_path: Path) -> None:
    """Said with the file's name, as every fault."""
    (tmp_path / "mailstatus.toml").write_text('[vantages."tōkyō: east"]\nsecret_env = "TOKYO_SECRET"\n')
    with pytest.raises(SettingsError, match=r"mailstatus\.toml: vantages\.tōkyō"):
        load(tmp_path)
