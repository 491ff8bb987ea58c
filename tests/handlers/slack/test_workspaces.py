"""Several workspaces: each installs the app, is told by its own token, and asks about its own mail."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import Workspace
from bot.demo.served import served
from bot.outbox import SendError
from bot.store import Store, StoreError
from bot.store.slack_installations import SlackInstallations
from bot.types import Order, Person, Reported, Snapshot
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.bolt import Installed
from handlers.slack.install import QUERY_LIMIT, Installer, Keeper
from handlers.slack.listen import SlackListener
from handlers.slack.manifest import OPTIONAL, SCOPES
from handlers.slack.send import SlackSender
from handlers.slack.workspaces import Workspaces
from tests.handlers.asgi import Answered, receiving
from tests.handlers.asking import by_place
from tests.handlers.examples import NOW, TestClock, delivery, healthy, message, snapshot
from tests.handlers.slack.test_guard import SECRET, request, signed

CLIENT, CLIENT_SECRET = "1.2", "hush"
TEAMS = {"T1": "xoxb-one", "T2": "xoxb-two"}


class Platform:
    """Slack as an app meets it that is in several workspaces: a token leads to its own."""

    def __init__(self, clock: TestClock) -> None:
        """Begin with a workspace a token, each with a channel and a person."""
        self.teams = {
            team: Slack(Workspace(clock, {f"C{team}": "it"}, {"U1": "Ana"}), token=token)
            for team, token in TEAMS.items()
        }
        self.calls: Counter[str] = Counter()
        self.tokens = dict(TEAMS)
        self._oauth = Starlette(routes=[Route("/api/oauth.v2.access", self._access, methods=["POST"])])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead a call to the workspace of its token."""
        self.calls[scope["path"].removeprefix("/api/")] += 1
        token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
        team = next((team for team, own in self.tokens.items() if own == token), None)
        app = self.teams[team].app() if team else self._oauth
        await app(scope, receive, send)

    async def _access(self, given: Request) -> JSONResponse:
        """Change a code, which here is a workspace's id, for its token."""
        form = parse_qs((await given.body()).decode())
        team = form["code"][0]
        if (form.get("client_id"), form.get("client_secret")) != ([CLIENT], [CLIENT_SECRET]) or team not in TEAMS:
            return JSONResponse({"ok": False, "error": "invalid_code"})
        about = {"app_id": "A1", "token_type": "bot", "bot_user_id": "U9", "scope": "chat:write,commands"}
        who = {"team": {"id": team, "name": f"Team {team}"}, "authed_user": {"id": "U1"}, "enterprise": None}
        return JSONResponse({"ok": True, "access_token": self.tokens[team], **about, **who})


@dataclass
class House:
    """The bot's doors, and Slack on the other side."""

    slack: Platform
    api: Workspaces
    kept: SlackInstallations
    installer: Installer
    listener: SlackListener
    clock: TestClock
    orders: list[Order] = field(default_factory=list)
    count: int = 0

    async def page(self, page: ASGIApp, query: str = "", cookie: str = "", method: str = "GET") -> Answered:
        """Open one of the pages of the installation."""
        headers = [(b"cookie", cookie.encode())] if cookie else []
        answered = Answered()
        scope = {"type": "http", "method": method, "query_string": query.encode(), "headers": headers}
        await page(scope, receiving(b""), answered.send)
        return answered

    async def install(self, team: str) -> Answered:
        """Go all the way: to Slack, and back with its code."""
        begun = await self.page(self.installer.begin)
        headers = {name.decode(): value.decode() for name, value in begun.parts[0]["headers"]}
        state = parse_qs(urlsplit(headers["location"]).query)["state"][0]
        cookie = headers["set-cookie"].partition(";")[0]
        return await self.page(self.installer.end, urlencode({"code": team, "state": state}), cookie)

    async def post(self, body: bytes, kind: str) -> dict[str, object]:
        """Send what Slack would, signed."""
        answered = Answered()
        headers = {**signed(body), "content-type": kind}
        await self.listener(request(headers), receiving(body), answered.send)
        assert answered.status == 200
        return dict(json.loads(answered.body)) if answered.body.startswith(b"{") else {}

    async def command(self, team: str, text: str = "") -> str:
        """Type a command in a workspace."""
        self.count += 1
        form = {"command": "/mailstatus", "text": text, "team_id": team, "user_id": "U1", "user_name": "ana"}
        said = await self.post(urlencode(form | {"n": str(self.count)}).encode(), "application/x-www-form-urlencoded")
        await self.drain()
        return str(said.get("text"))

    async def event(self, team: str, **event: object) -> None:
        """Have something happen in a workspace."""
        self.count += 1
        body = {"type": "event_callback", "team_id": team, "event_id": f"E{self.count}", "event": event}
        await self.post(json.dumps(body).encode(), "application/json")
        await self.drain()

    async def drain(self) -> None:
        """Wait for what follows an answer."""
        await self.listener.bolt()._desks.saving.drain()


def desk(house_orders: list[Order], shows: Snapshot, clock: TestClock) -> Commands:
    """Answer about one company's mail."""

    async def order(given: Order) -> None:
        house_orders.append(given)

    async def report(_: Reported, _by: Person) -> None:
        """Take a report."""

    return Commands(
        orders=Orders(
            snapshot=lambda: shows, order=order, report=report, refused=order, clock=clock, may=lambda _: True
        )
    )


@pytest.fixture
async def house(sqlite_store: Store) -> AsyncIterator[House]:
    """Open the doors for two workspaces, T1 where mail is down and T2 where it flows."""
    clock, orders = TestClock(), list[Order]()
    slack = Platform(clock)
    kept = SlackInstallations(sqlite_store, CLIENT, workspaces=lambda: TEAMS, clock=clock)
    await kept.open()
    async with served(slack) as port:
        api = Workspaces(kept.token, base_url=f"http://127.0.0.1:{port}/api/")
        desks = {"T1": desk(orders, snapshot(), clock), "T2": desk(orders, healthy(), clock)}
        listener = SlackListener(
            api,
            SecretStr(SECRET),
            by_place(desks),
            now=lambda: NOW,
            installed=Installed(installations=kept, forget=kept.forget),
        )
        keeper = Keeper(kept, kept.states, kept.workspaces)
        installer = Installer(api.wire().client, CLIENT, SecretStr(CLIENT_SECRET), keeper)
        yield House(slack, api, kept, installer, listener, clock, orders)
        await api.aclose()


async def test_an_installation_asks_for_the_least_and_keeps_the_token(house: House) -> None:
    """Of its own workspace alone."""
    begun = await house.page(house.installer.begin)
    location = dict(begun.parts[0]["headers"])[b"location"].decode()
    assert location.startswith("https://slack.com/oauth/v2/authorize?")
    assert set(parse_qs(urlsplit(location).query)["scope"][0].split(",")) == {*SCOPES, *OPTIONAL}
    ended = await house.install("T1")
    assert (ended.status, b"installed in Team T1" in ended.body) == (200, True)
    assert [await house.kept.token(team) for team in TEAMS] == ["xoxb-one", None]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("code=T1&state=made-up", 400),
        ("error=access_denied", 200),
        ("error=%3Cscript%3E", 200),
        ("code=" + "x" * QUERY_LIMIT, 414),
    ],
)
async def test_nobody_comes_back_who_was_not_sent(house: House, query: str, status: int) -> None:
    """Without the state and the cookie of the same browser there is no token, and nothing of it is shown as markup."""
    answered = await house.page(house.installer.end, query)
    assert answered.status == status
    assert b"<script>" not in answered.body
    assert await house.kept.token("T1") is None


async def test_a_page_is_for_looking(house: House) -> None:
    """Nobody posts there."""
    assert (await house.page(house.installer.begin, method="POST")).status == 405


async def test_a_workspace_that_the_settings_do_not_name_is_refused(house: House) -> None:
    """With what admits it; a code that is good for nothing is refused too."""
    house.installer._flow._workspaces = lambda: {"T2"}
    ended = await house.install("T1")
    assert ended.status == 403
    assert b"workspace = &quot;T1&quot;" in ended.body
    assert await house.kept.token("T1") is None
    assert (await house.install("T3")).status == 401


async def test_each_workspace_gets_its_own_messages_alone(house: House) -> None:
    """By its own token, found anew for each."""
    await house.install("T1")
    await house.install("T2")
    for team in TEAMS:
        said = message(headline=(f"News for {team}.",))
        await SlackSender(house.api.of(team), f"C{team}", clock=house.clock).send(delivery(said=said))
    for team, slack in house.slack.teams.items():
        assert [post.text.split(".")[0] for post in slack.workspace.posts] == [f"🔴 News for {team}"]


async def test_where_the_app_is_not_installed_it_is_said_and_not_tried_for_ever(house: House) -> None:
    """With the page that installs it."""
    with pytest.raises(SendError, match="open /slack/install") as caught:
        await SlackSender(house.api.of("T2"), "CT2", clock=house.clock).send(delivery())
    assert caught.value.permanent


async def test_a_token_that_cannot_be_read_is_tried_again() -> None:
    """The store may be busy."""

    async def find(_: str) -> str | None:
        raise StoreError("store: locked")

    with pytest.raises(SendError, match="cannot be read") as caught:
        await Workspaces(find, base_url="http://127.0.0.1:1/api/").of("T1").call("chat.postMessage")
    assert not caught.value.permanent


async def test_a_new_token_counts_at_once(house: House) -> None:
    """Whoever installs the app again need not start the bot again."""
    await house.install("T1")
    await house.api.of("T1").ask("auth.test")
    house.slack.tokens["T1"] = house.slack.teams["T1"]._token = "xoxb-new"
    with pytest.raises(SendError):
        await house.api.of("T1").ask("auth.test")
    house.clock.at += timedelta(seconds=1)
    await house.install("T1")
    await house.api.of("T1").ask("auth.test")


async def test_each_workspace_is_answered_about_its_own_mail(house: House) -> None:
    """And one that is not installed is not."""
    await house.install("T1")
    await house.install("T2")
    assert "Sending mail fails." in await house.command("T1")
    assert "Mail is flowing." in await house.command("T2")
    said = await house.command("T3")
    assert "Sending mail fails." not in said
    await house.command("T1", "ack")
    assert [order.person for order in house.orders] == ["ana"]


async def test_slack_is_not_asked_about_a_token_again(house: House) -> None:
    """Once for each, and not in every request."""
    await house.install("T1")
    before = house.slack.calls["auth.test"]
    for _ in range(5):
        await house.command("T1")
    assert house.slack.calls["auth.test"] == before + 1


async def test_the_home_tab_is_shown_in_its_own_workspace(house: House) -> None:
    """By that workspace's token."""
    await house.install("T2")
    await house.event("T2", type="app_home_opened", user="U1", tab="home")
    assert "Mail is flowing." in str(house.slack.teams["T2"].workspace.homes["U1"])
    assert house.slack.teams["T1"].workspace.homes == {}


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U9"]}}]
)
async def test_a_workspace_that_took_the_app_out_is_forgotten(house: House, event: dict[str, object]) -> None:
    """The other one is not."""
    await house.install("T1")
    await house.install("T2")
    await house.event("T1", **event)
    assert [await house.kept.token(team) for team in TEAMS] == [None, "xoxb-two"]
    assert "Sending mail fails." not in await house.command("T1")


@pytest.mark.parametrize("tokens", [{"oauth": ["U1"], "bot": []}, ["bot"], "bot"])
async def test_a_persons_revoked_token_is_none_of_ours(house: House, tokens: object) -> None:
    """We have none of those; and what has another shape names none."""
    await house.install("T1")
    await house.event("T1", type="tokens_revoked", tokens=tokens)
    assert await house.kept.token("T1") == "xoxb-one"
