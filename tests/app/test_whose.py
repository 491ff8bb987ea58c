"""Whose people ask: the place decides, and where companies share one, the channel in it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.app.tenants import Moved, Tenant, Tenants
from bot.app.whose import Whose
from bot.settings import Environment, Installation, Settings
from bot.types import Person

ACME = {
    "tenants": {"acme": {"azure_tenant_id": "AAAA"}},
    "destinations": {
        "ops": {"platform": "slack", "channel": "C00000000A1", "workspace": "T0000000001", "language": "de"},
        "it": {"platform": "teams", "conversation": "19:acme@thread.tacv2"},
        "both": {"platform": "slack", "channel": "C00000000A2", "workspace": "T0000000009"},
    },
}
BETA = {
    "tenants": {"beta": {"azure_tenant_id": "BBBB"}},
    "destinations": {
        "ops": {"platform": "slack", "channel": "C00000000B1", "workspace": "T0000000002"},
        "both": {"platform": "slack", "channel": "C00000000B2", "workspace": "T0000000009"},
    },
}


def tenant(name: str, tables: Mapping[str, Mapping[str, Mapping[str, object]]], **variables: str) -> Tenant:
    named = {
        key: {one: {**table, "tenant": name} for one, table in value.items()} if key == "destinations" else value
        for key, value in tables.items()
    }
    given = Settings(
        environment=Environment.model_validate(variables),
        installation=Installation.model_validate(named),
        named={},
        state=Path(),
    )
    return Tenant(name=name, settings=given)


def whose(*tenants: Tenant, several: bool = True) -> Whose:
    return Whose(Tenants(tenants), several=several)


BOTH = (tenant("acme", ACME), tenant("beta", BETA))


@pytest.mark.parametrize(
    ("platform", "place", "channel", "company"),
    [
        pytest.param("slack", "T0000000001", "", "acme", id="a workspace of its own"),
        pytest.param("slack", "T0000000001", "C00000000B1", "acme", id="whatever the channel"),
        pytest.param("slack", "T0000000002", "", "beta", id="another one"),
        pytest.param("slack", "T0000000009", "C00000000A2", "acme", id="a shared one, by the channel"),
        pytest.param("slack", "T0000000009", "C00000000B2", "beta", id="the other channel"),
        pytest.param("slack", "T0000000009", "", None, id="a shared one without a channel"),
        pytest.param("slack", "T0000000009", "C00000000A1", None, id="a channel of a workspace that is not this one"),
        pytest.param("slack", "T7777777777", "C00000000A1", None, id="a workspace that nobody named"),
        pytest.param("slack", "", "", None, id="no place at all"),
        pytest.param("teams", "aaaa", "", "acme", id="an Entra tenant"),
        pytest.param("teams", "cccc", "", None, id="an Entra tenant that nobody named"),
    ],
)
def test_a_person_asks_about_their_own_company(platform: str, place: str, channel: str, company: str | None) -> None:
    """And about no other, whatever they say where they are."""
    assert whose(*BOTH).company(platform, place, channel) == company


def test_in_one_workspace_of_the_operators_the_channel_decides() -> None:
    """With one bot token there is one workspace, whatever it is called."""
    one = whose(*BOTH, several=False)
    assert [one.company("slack", "T1", channel) for channel in ("C00000000A1", "C00000000B1", "C0000000000")] == [
        "acme",
        "beta",
        None,
    ]


def test_a_single_company_is_asked_about_everywhere() -> None:
    """Who has one company never hears of others, also with no channel in Slack yet."""
    alone = tenant("default", {}, AZURE_TENANT_ID="DDDD")
    one = whose(alone, several=False)
    assert (one.company("slack", "T1"), one.company("teams", "dddd")) == ("default", "default")
    assert one.company("teams", "eeee") is None
    assert one.places("teams") == {"dddd"}


async def test_the_directory_decides_as_it_is_now() -> None:
    """Who is taken out is asked about no more, and a person's subscription ends with it."""
    tenants = Tenants(BOTH)
    one = Whose.of(tenants, several=True)
    ana = Person(platform="slack", workspace="T0000000001", id="U1")
    assert (one.holds(ana, "acme"), one.holds(ana, "beta")) == (True, False)
    moved = await tenants.become(BOTH[1:])
    assert moved == Moved(removed=BOTH[:1])
    assert (one.company("slack", "T0000000001"), one.holds(ana, "acme")) == (None, False)
    assert one.company("slack", "T0000000009") == "beta"


def test_channels_have_the_language_of_the_settings() -> None:
    """For those whose own is not known."""
    assert (whose(*BOTH).language("C00000000A1"), whose(*BOTH).language("C0")) == ("de", None)
