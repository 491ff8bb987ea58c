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


async def test_without_a_folder_nothing_is_said(tmp_path: Path) -> None:
    """One company is checked as ever."""
    assert [one async for one in companies(settings(tmp_path))] == []
