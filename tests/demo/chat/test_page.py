"""The page with the channels."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.demo.chat.page import Channels, channels_page
from bot.demo.chat.slack_people import People
from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.chat.teams import Posted, Teams
from bot.demo.clock import StoryClock
from bot.demo.forms import form
from bot.demo.served import served
from tests.demo.chat.conftest import ANA, CHANNEL
from tests.demo.conftest import NOON

BUTTON = {"type": "button", "action_id": "ack", "value": "7", "text": {"type": "plain_text", "text": "I'm on it"}}
HEARD: list[dict[str, str]] = []


async def bot(scope: object, receive: object, send: object) -> None:
    """Answer every request, and remember it."""
    request = Request(scope, receive)  # type: ignore[arg-type]  # as ASGI has it
    HEARD.append(await form(request))
    answer: Response = JSONResponse({"text": "Mail flows."})
    await answer(scope, receive, send)  # type: ignore[arg-type]  # as ASGI has it


@pytest.fixture
async def channels(workspace: Workspace, clock: StoryClock) -> AsyncIterator[Channels]:
    """Give what a page shows, with a bot to talk to."""
    HEARD.clear()
    clock.run_at(0)
    teams = Teams(clock=clock, signature="s")
    async with httpx.AsyncClient(trust_env=False) as http, served(bot) as port:
        yield Channels(
            clock=clock,
            workspace=workspace,
            teams=teams,
            people=People(workspace, signing_secret="x", http=http, slack="http://127.0.0.1:9"),
            channel=CHANNEL,
            person=ANA,
            bot_url=f"http://127.0.0.1:{port}/",
            caption=lambda: "60 times as fast",
        )


@pytest.fixture
async def browser(channels: Channels) -> AsyncIterator[httpx.AsyncClient]:
    """Open the page."""
    async with channels_page(channels) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        yield http


async def test_the_page_loads_with_its_parts_and_runs_nothing_else(browser: httpx.AsyncClient) -> None:
    """By its own policy."""
    page = await browser.get("/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for part in ("channels.css", "channels.js", "envelope.svg"):
        assert (await browser.get(f"/static/{part}")).status_code == 200
    assert "<script>" not in page.text


async def test_what_is_there_already_comes_with_the_page(browser: httpx.AsyncClient, channels: Channels) -> None:
    """Before any script runs."""
    channels.workspace.posts.append(SlackPost(channel=CHANNEL, ts="1689595200.000001", text="late <!--teams-->"))
    page = (await browser.get("/")).text
    assert "60 times as fast" in page
    assert "<p>late" in page
    assert "<!--" not in page


async def test_it_tells_the_storys_time_and_what_it_does(browser: httpx.AsyncClient) -> None:
    """In words."""
    now = (await browser.get("/now")).json()
    assert now["time"].startswith("Mon 17 Jul 2023, 12:0")
    assert now["caption"] == "60 times as fast"


async def test_channels_are_sent_again_only_when_something_changed(
    browser: httpx.AsyncClient, channels: Channels
) -> None:
    """A new message, an edit, a card."""
    first = (await browser.get("/now")).json()
    assert "slack" not in (await browser.get("/now", params={"seen": first["revision"]})).json()
    channels.workspace.posts.append(SlackPost(channel=CHANNEL, ts="1689595200.000001", text="late"))
    second = (await browser.get("/now", params={"seen": first["revision"]})).json()
    assert "late" in second["slack"]
    channels.workspace.posts[0].versions.append(("1689595200.000001", "late"))
    third = (await browser.get("/now", params={"seen": second["revision"]})).json()
    assert "slack" in third
    channels.teams.posted.append(Posted(at=NOON, card={"body": [{"type": "TextBlock", "text": "card"}]}))
    fourth = (await browser.get("/now", params={"seen": third["revision"]})).json()
    assert "card" in fourth["teams"]


async def test_a_person_can_type_a_command(browser: httpx.AsyncClient, channels: Channels) -> None:
    """The bot hears it, and the page shows its answer."""
    assert (await browser.post("/type", data={"words": "out"})).status_code == 204
    assert HEARD[0]["text"] == "out"
    assert channels.workspace.whispers[0].text == "Mail flows."


async def test_a_person_can_press_a_button(browser: httpx.AsyncClient, channels: Channels) -> None:
    """One that a message has, and no other."""
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    post = SlackPost(channel=CHANNEL, ts="1689595200.000001", text="late", blocks=blocks)
    channels.workspace.posts.append(post)
    assert (await browser.post("/press", data={"ts": post.ts, "action": "ack"})).status_code == 204
    assert '"value": "7"' in HEARD[0]["payload"]
    assert (await browser.post("/press", data={"ts": post.ts, "action": "explode"})).status_code == 404
    assert (await browser.post("/press", data={"ts": "1.0", "action": "ack"})).status_code == 404


@pytest.mark.parametrize("path", ["/type", "/press"])
async def test_other_sites_cannot_type_or_press(browser: httpx.AsyncClient, path: str) -> None:
    """Neither by a form on their page nor by a name that points here."""
    assert (await browser.post(path, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert (await browser.post(path, headers={"Host": "evil.example"})).status_code == 400
    assert HEARD == []


@pytest.mark.parametrize("path", ["/type", "/press"])
async def test_without_a_bot_there_is_nobody_to_talk_to(channels: Channels, path: str) -> None:
    """The page still shows the channels."""
    async with channels_page(replace(channels, bot_url="")) as url, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(url.rstrip("/") + path)).status_code == 403


async def test_a_picture_in_a_thread_is_seen_and_said(channels: Channels) -> None:
    """Below its head, with its words for who cannot see it."""
    file = channels.workspace.files.announce("delay.png", 4, 'up to 4 "minutes"')
    channels.workspace.files.put(file.id, b"\x89PNG")
    channels.workspace.posts += [
        SlackPost(channel=CHANNEL, ts="1.0", text="head"),
        SlackPost(channel=CHANNEL, ts="2.0", text="", files=(file,), thread_ts="1.0"),
    ]
    async with channels_page(channels) as address, httpx.AsyncClient(trust_env=False, base_url=address) as http:
        page = (await http.get("")).text
        assert f'src="/files/{file.id}" alt="up to 4 &#34;minutes&#34;"' in page
        shown = await http.get(f"files/{file.id}")
        assert (shown.content, shown.headers["Content-Type"]) == (b"\x89PNG", "image/png")
        assert (await http.get("files/F0000009")).status_code == 404
