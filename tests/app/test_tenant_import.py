"""Thousands of companies from a table: every column is as the bot reads it from the files afterwards."""

import csv
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bot.app import wiring
from bot.app.tenant_folder import TenantFolder
from bot.app.tenant_import import COLUMNS, Importing, Plan, carry_out
from bot.app.tenants import page_token
from bot.settings import Environment, Installation, Settings
from bot.types import Direction

ROWS = 1000
CHANCE = random.Random(1)  # noqa: S311 - the same each time


def folder_of(path: Path) -> TenantFolder:
    """Give a folder as a bot that begins now reads it."""
    path.mkdir(exist_ok=True)
    environment = Environment.model_validate({"MAILSTATUS_TENANTS": str(path)})
    given = Settings(environment=environment, installation=Installation(), named={}, state=path)
    folder = TenantFolder(operator=given, check=lambda _: None)
    folder.start()
    return folder


def planned(folder: TenantFolder, rows: Sequence[Mapping[str, str]]) -> Plan:
    table = folder.path.parent / "companies.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return Importing(folder=folder).planned(table)


def row(number: int) -> dict[str, str]:
    """Give a company with a channel on each platform; every third lacks what most lack."""
    whole = {
        "name": f"company-{number}",
        "azure_tenant_id": f"directory-{number}",
        "language": ("en", "de", "fr", "es", "ja")[number % 5],
        "slack_channel": f"C{number:010}",
        "page_token": f"token '{number}' #\\",
    }
    return whole if number % 3 == 0 else whole | {"canary": f"canary@company-{number}.example"}


WHOLE = {
    "name": "whole",
    "azure_tenant_id": "directory",
    "azure_client_id": "app",
    "azure_client_secret": "the 'app's \\ secret\" $HOME #1",
    "language": "fr",
    "quiet": "22:00-07:00 Europe/Berlin",
    "slack_workspace": "T0123456789",
    "slack_channel": "C0123456789",
    "teams_url": "",
    "teams_conversation": "19:acme@thread.tacv2",
    "canary": "canary@whole.example",
    "page_token": "token",
    "paused": "yes",
}


def test_a_thousand_companies_come_at_once_and_are_read_back(tmp_path: Path) -> None:
    """Each with its own; and of a table with some changes and a fault in the middle each is known for what it is."""
    rows = [row(number) for number in range(ROWS)]
    plan = planned(folder_of(tmp_path / "tenants"), CHANCE.sample(rows, ROWS))
    assert (plan.faults, plan.doubts, len(plan.added)) == ([], [], ROWS)
    carry_out(plan, tmp_path / "tenants", beat=lambda: None)
    folder = folder_of(tmp_path / "tenants")
    read = {one.name: one for one in folder.tenants()}
    assert (len(read), folder.wrong(), folder.doubts()) == (ROWS, {}, {})
    for one in rows:
        tenant = read[one["name"]]
        (channel,) = tenant.settings.installation.destinations.values()
        assert (channel.channel, channel.language, page_token(tenant), len(tenant.settings.installation.mailboxes)) == (
            one["slack_channel"],
            one["language"],
            one["page_token"],
            len(one.keys() & {"canary"}),
        )
    changed = [one | {"language": "ja"} if one["language"] == "de" else one for one in rows[:100]]
    again = planned(folder, [*changed[:50], changed[50] | {"language": "xx"}, *changed[51:]])
    assert (len(again.added), len(again.changed), again.unchanged) == (0, 20, 79)
    assert {fault.split(".")[0] for fault in again.faults} == {"line 52: company-50"}


def test_every_column_is_read_back_as_it_was_meant(tmp_path: Path) -> None:
    """By way of the settings, as the bot sees them."""
    carry_out(planned(folder_of(tmp_path / "tenants"), [WHOLE]), tmp_path / "tenants", beat=lambda: None)
    (tenant,) = folder_of(tmp_path / "tenants").tenants()
    installation = tenant.settings.installation
    table = installation.tenants["whole"]
    assert (tenant.name, tenant.paused, page_token(tenant)) == ("whole", True, "token")
    assert (table.azure_tenant_id, table.azure_client_id, table.language) == ("directory", "app", "fr")
    secret = tenant.settings.named[table.azure_client_secret_env or ""].get_secret_value()
    assert secret == WHOLE["azure_client_secret"]
    slack, teams = installation.destinations["slack"], installation.destinations["teams"]
    assert (slack.workspace, slack.channel) == ("T0123456789", "C0123456789")
    assert (teams.platform, teams.conversation, teams.url_env) == ("teams", "19:acme@thread.tacv2", None)
    for one in wiring.destinations(tenant.settings):
        assert one.quiet is not None
        assert (f"{one.quiet.start:%H:%M}", f"{one.quiet.end:%H:%M}", str(one.quiet.zone)) == (
            "22:00",
            "07:00",
            "Europe/Berlin",
        )
        assert one.language == "fr"
    box = installation.mailboxes["canary"]
    assert (box.address, box.via, box.auth) == ("canary@whole.example", "graph", "oauth")
    (route,) = wiring.routes(tenant.settings, "whole")
    assert route.direction is Direction.INTERNAL


def test_the_test_tries_every_column(tmp_path: Path) -> None:
    """A column that is added is to be read back as well; a webhook goes before a conversation."""
    assert set(WHOLE) == set(COLUMNS)
    url = "https://flow.example.com/x?sig=$1'#"
    carry_out(
        planned(folder_of(tmp_path / "tenants"), [WHOLE | {"teams_url": url}]), tmp_path / "tenants", beat=lambda: None
    )
    (tenant,) = folder_of(tmp_path / "tenants").tenants()
    teams = tenant.settings.installation.destinations["teams"]
    assert (teams.conversation, tenant.settings.named[teams.url_env or ""].get_secret_value()) == (None, url)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("quiet", "22-7", "quiet"),
        ("quiet", "22:00-07:00 Nowhere/City", "quiet.zone: is no time zone that this machine knows"),
        ("slack_workspace", "X1", "destinations.slack.workspace"),
        ("teams_conversation", "the general one", "destinations.teams.conversation"),
        ("canary", "nobody", "mailboxes.canary.address"),
    ],
)
def test_a_value_that_cannot_be_is_said_with_line_and_key(tmp_path: Path, column: str, value: str, said: str) -> None:
    """As the bot would say it of the file."""
    faults = planned(folder_of(tmp_path / "tenants"), [WHOLE | {column: value}]).faults
    assert faults
    assert all(one.startswith("line 2: whole.toml: ") for one in faults)
    assert said in faults[0]
