"""Every address that somebody else may name, held to one judge; and no redirect is followed by anybody."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import Receive, Scope, Send

from bot.demo.served import served
from bot.egress import fault
from bot.microsoft import GraphError, open_http
from bot.microsoft.graph import Call
from bot.types import SourceBlind
from bot.watch.status_pages import Page, StatusFeed, StatusPage
from handlers.slack.address import RESPONSES
from handlers.slack.api import SlackApi
from handlers.slack.connection import opened
from handlers.slack.trouble import SlackError
from handlers.teams.bot.address import known
from tests.mail.worlds import NOON
from tests.microsoft.fake_graph import FakeGraph
from tests.microsoft.fake_graph import page as graph_page
from tests.security.speakers import EVERYBODY
from tests.security.talking import SECRET, heard

EVIL = (
    "https://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254/metadata/identity/oauth2/token",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://10.0.0.1\\@hooks.slack.com/",
    "https://hooks.slack.com@10.0.0.1/",
    "https://graph.microsoft.com@10.0.0.1/",
    "https://10.0.0.1#.slack.com",
    "https://metadata.google.internal/",
    "https://hooks.slack.com.evil.internal/",
    "file:///etc/passwd",
    "wss://127.0.0.1/",
    "//10.0.0.1/",
    "\n",
)
Refuses: TypeAlias = Callable[[str], Awaitable[bool]]


async def by_graph(url: str) -> bool:
    """Have Graph name the address of the next page: the token would go there."""
    graph = FakeGraph(graph_page({"id": "1"}, link=url), graph_page({"id": "2"}))
    async with graph.http:
        try:
            found = [one async for one in graph.client.pages(Call(method="GET", path="x"))]
        except GraphError:
            return len(graph.asked) == 1
    raise AssertionError(f"{found} came from {url}")


async def by_a_status_page(url: str) -> bool:
    """Have a public page say that it moved."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": url.strip() or "https://10.0.0.1/"})

    async with open_http(transport=httpx.MockTransport(answer)) as http:
        page = StatusPage(StatusFeed(Page(source="x", url="https://status.contoso.com/", reader="rss"), http))
        (seen,) = await page.look(NOON)
    return isinstance(seen, SourceBlind) and set(asked) == {"https://status.contoso.com/"}


async def by_a_response_url(url: str) -> bool:
    """Have a signed request of Slack name where a person is answered."""
    return bool(RESPONSES.fault(url, own="https://slack.com/api/"))


async def by_a_files_address(url: str) -> bool:
    """Have Slack name where a file's bytes go."""
    api = SlackApi(SecretStr("xoxb-1"), base_url="https://slack.com/api/")
    try:
        await api.upload(url, b"x")
    except SlackError as error:
        return "not its own" in str(error)
    finally:
        await api.aclose()
    return False


class Station(SlackApi):
    """A Slack that names an address for Socket Mode."""

    def __init__(self, url: str) -> None:
        """Take the address that it names."""
        super().__init__(SecretStr("xapp-1"))
        self._url = url

    async def call(self, _method: str, /, **_: object) -> Mapping[str, object]:
        """Answer to apps.connections.open."""
        return {"ok": True, "url": self._url}


async def by_socket_mode(url: str) -> bool:
    """Have Slack name where to listen."""
    try:
        await opened(Station(url))
    except SlackError:
        return True
    return False


async def by_a_service_url(url: str) -> bool:
    """Have a signed activity of Teams name where the bot's token goes."""
    return not known(url)


async def by_a_tenant(url: str) -> bool:
    """Have a tenant's file name an address."""
    return bool(fault(url))


SOURCES: Mapping[str, tuple[Refuses, tuple[str, ...]]] = {
    "Graph's next page": (by_graph, ()),
    "where a status page moved to": (by_a_status_page, ()),
    "Slack's response URL": (by_a_response_url, ("https://hooks.slack.com/commands/T1/2/x",)),
    "Slack's address for a file": (by_a_files_address, ()),
    "Socket Mode": (by_socket_mode, ("wss://wss-primary.slack.com/link/?ticket=1", "wss://wss-backup.slack.com/")),
    "Teams' service URL": (by_a_service_url, ("https://smba.trafficmanager.net/emea/",)),
    "a tenant's file": (by_a_tenant, ("https://status.contoso.com/feed",)),
}


@pytest.mark.parametrize("url", EVIL)
@pytest.mark.parametrize("source", SOURCES)
async def test_no_address_leads_inside_or_to_a_stranger(source: str, url: str) -> None:
    """Whoever names it, and in whatever form."""
    refuses, _ = SOURCES[source]
    assert await refuses(url)


@pytest.mark.parametrize("source", [name for name, (_, honest) in SOURCES.items() if honest])
async def test_an_honest_address_is_taken(source: str) -> None:
    """Else no refusal above would mean anything."""
    refuses, honest = SOURCES[source]
    for url in honest:
        assert not await refuses(url)


NOT_HTTP = {"email", "smtp", "imap", "the store"}
"""Protocols without redirects."""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("name", sorted(set(EVERYBODY) - NOT_HTTP))
async def test_nobody_follows_a_redirect(name: str, status: int, tmp_path: Path) -> None:
    """Nothing that we say, least of all a secret, goes where the other side points."""
    met: list[str] = []

    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        met.append(scope["path"])
        await RedirectResponse("/again", 302)(scope, receive, send)

    async with served(elsewhere) as there:

        async def moved(scope: Scope, receive: Receive, send: Send) -> None:
            await RedirectResponse(f"http://127.0.0.1:{there}{scope['path']}", status)(scope, receive, send)

        async with served(moved) as port, EVERYBODY[name](f"http://127.0.0.1:{port}", tmp_path) as talk:
            await heard(talk)
    assert met == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_secret_of_an_app_goes_to_nobody_to_whom_the_sign_in_points(status: int, tmp_path: Path) -> None:
    """It is told where tokens are made, says the app's secret there, and is sent elsewhere with it."""
    met: list[str] = []
    asked: list[bytes] = []

    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        met.append(scope["path"])
        await JSONResponse({"access_token": "of somebody else", "expires_in": 3600})(scope, receive, send)

    async with served(elsewhere) as there:

        async def sign_in(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"].endswith("openid-configuration"):
                here = f"https://127.0.0.1:{scope['server'][1]}/t"
                said = {"issuer": here, "authorization_endpoint": f"{here}/a", "token_endpoint": f"{here}/token"}
                await JSONResponse(said)(scope, receive, send)
                return
            asked.append(await Request(scope, receive).body())
            await RedirectResponse(f"http://127.0.0.1:{there}/token", status)(scope, receive, send)

        async with served(sign_in) as port, EVERYBODY["entra"](f"http://127.0.0.1:{port}", tmp_path) as talk:
            with pytest.raises(GraphError):
                await talk()
    assert [SECRET.encode() in one for one in asked] == [True]
    assert met == []
