"""What only one company may have, and several do."""

from collections.abc import Mapping

import pytest

from bot.app.tenant_clashes import clashes, doubts, owners
from bot.app.tenants import Tenant, Tenants
from bot.app.whose import Whose
from tests.app.test_whose import tenant

APP = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "secret"}
ONE: Mapping[str, str] = {}


def telling(name: str, variables: Mapping[str, str], *channels: Mapping[str, str]) -> Tenant:
    tables = {
        f"ops-{n}": {"platform": "slack" if "channel" in one else "teams", **one} for n, one in enumerate(channels)
    }
    return tenant(name, {"tenants": {name: {}}, "destinations": tables}, **variables)


def told(*tenants: Tenant) -> list[str]:
    return sorted(clashes(tenants, tenants[0].settings))


@pytest.mark.parametrize(
    ("variables", "one", "other", "clash"),
    [
        pytest.param(ONE, {"channel": "C00000000A1"}, {"channel": "C00000000A1"}, True, id="one channel"),
        pytest.param(ONE, {"channel": "C00000000A1"}, {"channel": "C00000000B1"}, False, id="two channels"),
        pytest.param(
            ONE,
            {"channel": "C00000000A1", "workspace": "T0000000001"},
            {"channel": "C00000000A1"},
            True,
            id="one workspace, whatever it is called",
        ),
        pytest.param(
            APP,
            {"channel": "C00000000A1", "workspace": "T0000000001"},
            {"channel": "C00000000A1", "workspace": "T0000000001"},
            True,
            id="one channel in one of several workspaces",
        ),
        pytest.param(
            APP,
            {"channel": "C00000000A1", "workspace": "T0000000001"},
            {"channel": "C00000000A1", "workspace": "T0000000002"},
            False,
            id="a channel that two workspaces share",
        ),
        pytest.param(
            ONE, {"conversation": "19:a@thread.tacv2"}, {"conversation": "19:a@thread.tacv2"}, True, id="one of Teams"
        ),
    ],
)
def test_a_channel_that_two_companies_have_is_told_of_both(
    variables: Mapping[str, str], one: Mapping[str, str], other: Mapping[str, str], *, clash: bool
) -> None:
    """As it decides who is answered there."""
    both = telling("acme", variables, one), telling("beta", variables, other)
    assert told(*both) == (["acme", "beta"] if clash else [])
    if place := one.get("channel"):
        whose = Whose(Tenants(both), several=bool(variables))
        assert (whose.company("slack", "T0000000001", place) is None) == clash


def test_a_company_may_tell_a_channel_twice() -> None:
    """Advisories in one way and test messages in another."""
    assert told(telling("acme", ONE, {"channel": "C00000000A1"}, {"channel": "C00000000A1"})) == []


def test_a_person_whom_two_companies_list_is_told_of_both() -> None:
    """A whole domain too; and nothing of those whom one lists."""
    people = {"acme": ["ana@acme.example", "@group.example"], "beta": ["ana@acme.example", "bo@group.example"]}
    both = [tenant(name, {"tenants": {name: {"page_people": own}}}) for name, own in people.items()]
    assert clashes(both, both[0].settings) == {
        name: [f"page_people: ana@acme.example is one of {other} too, and they are to see one page: they see neither"]
        for name, other in (("acme", "beta"), ("beta", "acme"))
    }


def test_a_directory_that_thousands_have_is_told_of_each_in_one_line() -> None:
    """With one other's name, in whatever case it is written."""
    many = [
        tenant(f"c{n:04}", {"tenants": {f"c{n:04}": {"azure_tenant_id": "aAaA" if n else "AAAA"}}}) for n in range(1000)
    ]
    said = doubts([*many, tenant("own", {"tenants": {"own": {"azure_tenant_id": "BBBB"}}})])
    assert len(said) == 1000
    assert [line.split(", ")[0] for line in said["c0000"]] == [
        "azure_tenant_id: aaaa is that of c0001 and 998 more too"
    ]


def test_what_two_have_is_nobodys() -> None:
    """Nor a third's; who has a thing twice has it."""
    assert owners([("x", "a"), ("x", "b"), ("x", "a"), ("y", "a"), ("y", "a")]) == {"x": None, "y": "a"}
