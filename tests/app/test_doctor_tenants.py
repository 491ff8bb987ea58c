"""What doctor says of companies' files."""

from pathlib import Path

from bot.app.doctor_tenants import companies
from bot.settings import Environment, Installation, Settings


def settings(state: Path, **variables: str) -> Settings:
    environment = Environment.model_validate(variables)
    return Settings(environment=environment, installation=Installation(), named={}, state=state)


async def test_every_file_that_cannot_be_used_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    """And the others are counted."""
    folder = tmp_path / "tenants"
    folder.mkdir()
    (folder / "acme.toml").write_text("")
    (folder / "broken.toml").write_text("language = 'xx'\n")
    (folder / "mute.toml").write_text("[destinations.ops]\nplatform = 'slack'\nchannel = 'C0123456789'\n")
    said = [str(one) async for one in companies(settings(tmp_path, MAILSTATUS_TENANTS=str(folder)))]
    assert ["company broken" in said[0], "company mute" in said[1], "1 are known" in said[2]] == [True] * 3
    assert "SLACK_BOT_TOKEN: is not set" in said[1]


async def test_what_two_companies_have_is_said_of_both(tmp_path: Path) -> None:
    """A channel is a fault; a directory may be meant."""
    folder = tmp_path / "tenants"
    folder.mkdir()
    channel = "[destinations.ops]\nplatform = 'slack'\nchannel = 'C0123456789'\n"
    for name in ("acme", "beta"):
        (folder / f"{name}.toml").write_text(f"azure_tenant_id = 'A'\n{channel}")
    given = settings(tmp_path, MAILSTATUS_TENANTS=str(folder), SLACK_BOT_TOKEN="xoxb-1")
    said = [str(one) async for one in companies(given)]
    assert [one.split(": ")[:2] for one in said[:4]] == [
        ["FAIL  company acme", "acme.toml"],
        ["FAIL  company beta", "beta.toml"],
        ["ok    company acme", "acme.toml"],
        ["ok    company beta", "beta.toml"],
    ]
    assert "destinations.ops: its channel is that of beta too" in said[0]
    assert "azure_tenant_id: a is that of acme too" in said[3]


async def test_without_a_folder_nothing_is_said(tmp_path: Path) -> None:
    """One company is checked as ever."""
    assert [one async for one in companies(settings(tmp_path))] == []
