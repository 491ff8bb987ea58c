"""Who may change incidents."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.demo.served import served
from handlers.slack.api import SlackApi
from handlers.slack.people import GroupMembers

GROUPS: dict[str, list[str]] = {}


async def members(request: Request) -> JSONResponse:
    """Answer usergroups.users.list."""
    group = parse_qs((await request.body()).decode())["usergroup"][0]
    known = group in GROUPS
    return JSONResponse({"ok": True, "users": GROUPS[group]} if known else {"ok": False, "error": "no_such_subteam"})


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """Serve user groups on loopback."""
    GROUPS.clear()
    GROUPS["S1"] = ["U1"]
    site = Starlette(routes=[Route("/api/usergroups.users.list", members, methods=["POST"])])
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
