"""Who may change incidents."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.app.doctor_slack import managers
from bot.demo.served import served
from handlers.slack.api import SlackApi
from handlers.slack.people import GroupMembers

GROUPS: dict[str, list[str]] = {}


async def members(request: Request) -> JSONResponse:
    """Answer usergroups.users.list."""
    group = parse_qs((await request.body()).decode())["usergroup"][0]
    known = group in GROUPS
    return JSONResponse({"ok": True, "users": GROUPS[group]} if known else {"ok": False, "error": "no_such_subteam"})


async def groups(_: Request) -> JSONResponse:
    """Answer usergroups.list, as long as there are any."""
    if not GROUPS:
        return JSONResponse({"ok": False, "error": "missing_scope", "needed": "usergroups:read"})
    rows = [{"id": "S1", "handle": "it-on-call"}, {"id": "S3", "handle": "sales"}, {"id": "S2"}]
    return JSONResponse({"ok": True, "usergroups": rows})


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """Serve user groups on loopback."""
    GROUPS.clear()
    GROUPS["S1"] = ["U1"]
    routes = [
        Route("/api/usergroups.users.list", members, methods=["POST"]),
        Route("/api/usergroups.list", groups, methods=["POST"]),
    ]
    site = Starlette(routes=routes)
    async with served(site) as port:
        slack = SlackApi(SecretStr("xoxb-1"), base_url=f"http://127.0.0.1:{port}/api/")
        yield slack
        await slack.aclose()


async def test_members_may_and_nobody_else(api: SlackApi) -> None:
    """From the first refresh on."""
    group = GroupMembers(api, ["S1", "S404"])
    assert not group.may("U1")
    await group.refresh()
    assert group.may("U1")
    assert not group.may("U2")


async def test_who_leaves_may_no_longer_and_a_failure_changes_nothing(api: SlackApi) -> None:
    """Those we know stay while Slack does not answer."""
    group = GroupMembers(api, ["S1"])
    await group.refresh()
    members_then = GROUPS.pop("S1")
    await group.refresh()
    assert group.may("U1")
    GROUPS["S1"] = [*members_then[1:], "U2"]
    await group.refresh()
    assert (group.may("U1"), group.may("U2")) == (False, True)


async def test_groups_are_called_by_the_names_that_people_know(api: SlackApi) -> None:
    """Those of the settings alone; what Slack told us once stays known."""
    group = GroupMembers(api, ["S1", "S2"])
    assert group.names == []
    await group.refresh()
    assert group.names == ["@it-on-call"]
    GROUPS.clear()
    await group.refresh()
    assert group.names == ["@it-on-call"]


async def test_the_doctor_says_who_can_manage_and_what_keeps_them_from_it(api: SlackApi) -> None:
    """Of several workspaces, the one that has the group counts."""
    GROUPS["S2"] = []
    (known, empty, unknown) = await managers([api, api], ["S1", "S2", "S404"])
    assert str(known) == "ok    managers S1: 1 in the group"
    assert empty.fault.startswith("nobody is in the group")
    assert "no_such_subteam" in unknown.fault
    assert "usergroups:read" in unknown.fault
    assert await managers([api], []) == []
