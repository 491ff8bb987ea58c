"""What people do in Slack, checked with the signature verifier of slack_sdk."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.demo.chat.slack_people import People
from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.faults import Faults, Faulty, Hang, html_answer
from bot.demo.forms import form
from bot.demo.served import served
from tests.demo.chat.conftest import ANA, CHANNEL

SECRET = "signing"


@dataclass
class Listener:
    """A bot that checks signatures as slack_sdk does, and answers what it is told to."""

    answer: Response = field(default_factory=lambda: JSONResponse({"text": "Mail flows."}))
    heard: list[dict[str, str]] = field(default_factory=list)
    events: list[dict[str, dict[str, str]]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    url: str = ""

    async def hear(self, request: Request) -> Response:
        """Take a request that is signed."""
        body = await request.body()
        if not SignatureVerifier(SECRET).is_valid_request(body, dict(request.headers)):
            return Response(status_code=401)
        if request.headers["content-type"] == "application/json":
            self.events.append(json.loads(body))
        else:
            self.heard.append(await form(request))
        return self.answer


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """Serve one."""
    listener = Listener()
    app = Faulty(Starlette(routes=[Route("/slack/events", listener.hear, methods=["POST"])]), listener.faults)
    async with served(app) as port:
        listener.url = f"http://127.0.0.1:{port}/slack/events"
        yield listener


@pytest.fixture
async def people(workspace: Workspace) -> AsyncIterator[People]:
    """Give people with the right secret."""
    async with httpx.AsyncClient(trust_env=False) as http:
        yield People(workspace, signing_secret=SECRET, http=http, slack="http://127.0.0.1:9")


async def test_a_typed_command_reaches_the_bot_signed(people: People, listener: Listener, workspace: Workspace) -> None:
    """With who typed it where, and the answer is kept for its person alone."""
    whisper = await people.command(listener.url, "out", user=ANA, channel=CHANNEL)
    (heard,) = listener.heard
    assert (heard["command"], heard["text"], heard["user_id"], heard["channel_id"]) == (
        "/mailstatus",
        "out",
        ANA,
        CHANNEL,
    )
    assert (whisper.text, whisper.command) == ("Mail flows.", "/mailstatus out")
    assert workspace.whispers == [whisper]
    assert workspace.posts == []


async def test_an_answer_for_all_is_posted(people: People, listener: Listener, workspace: Workspace) -> None:
    """If the bot says so."""
    listener.answer = JSONResponse({"text": "Mail flows.", "response_type": "in_channel"})
    await people.command(listener.url, "share", user=ANA, channel=CHANNEL)
    assert [post.text for post in workspace.posts] == ["Mail flows."]


async def test_plain_words_are_an_answer_too(people: People, listener: Listener) -> None:
    """Slack takes both."""
    listener.answer = PlainTextResponse("fine")
    assert (await people.command(listener.url, "", user=ANA, channel=CHANNEL)).text == "fine"


async def test_a_pressed_button_carries_its_message(people: People, listener: Listener, workspace: Workspace) -> None:
    """And most answers are empty."""
    listener.answer = Response(status_code=200)
    post = SlackPost(channel=CHANNEL, ts=workspace.stamp(), text="late")
    action = {"type": "button", "action_id": "ack", "value": "7"}
    assert await people.press(listener.url, post, action, user=ANA) is None
    payload = json.loads(listener.heard[0]["payload"])
    assert payload["type"] == "block_actions"
    assert payload["message"]["ts"] == post.ts
    assert payload["actions"][0]["value"] == "7"


async def test_two_who_press_at_the_same_moment_send_two_requests(
    people: People, listener: Listener, workspace: Workspace
) -> None:
    """As Slack does: no two are the same, or the second would be taken for a replay."""
    post = SlackPost(channel=CHANNEL, ts=workspace.stamp(), text="late")
    for _ in range(2):
        await people.press(listener.url, post, {"action_id": "ack"}, user=ANA)
        await people.command(listener.url, "", user=ANA, channel=CHANNEL)
    assert len({str(heard) for heard in listener.heard}) == 4


async def test_a_visit_to_the_home_tab_is_an_event(people: People, listener: Listener) -> None:
    """In JSON, and signed like the rest."""
    await people.visit(listener.url, user=ANA)
    (heard,) = listener.events
    assert (heard["event"]["type"], heard["event"]["user"], heard["event"]["tab"]) == ("app_home_opened", ANA, "home")


async def test_an_answer_to_a_button_is_kept(people: People, listener: Listener, workspace: Workspace) -> None:
    """For the one who pressed."""
    post = SlackPost(channel=CHANNEL, ts=workspace.stamp(), text="late")
    whisper = await people.press(listener.url, post, {"action_id": "details"}, user=ANA)
    assert whisper is not None
    assert whisper.text == "Mail flows."


async def test_people_are_told_when_the_bot_fails_or_is_not_there(people: People, listener: Listener) -> None:
    """In Slack's way."""
    listener.faults.switch_on(html_answer(502), times=1)
    assert "502" in (await people.command(listener.url, "", user=ANA, channel=CHANNEL)).text
    gone = await people.command("http://127.0.0.1:9/slack/events", "", user=ANA, channel=CHANNEL)
    assert "did not answer" in gone.text


async def test_slack_waits_three_seconds_and_no_longer(workspace: Workspace, listener: Listener) -> None:
    """The limit is handed to the client, which is a fake here."""

    def slow(request: httpx.Request) -> httpx.Response:
        assert request.extensions["timeout"]["read"] == 3.0
        raise httpx.ReadTimeout("too late")

    listener.faults.switch_on(Hang())
    async with httpx.AsyncClient(transport=httpx.MockTransport(slow)) as http:
        people = People(workspace, signing_secret=SECRET, http=http, slack="http://127.0.0.1:9")
        assert "did not answer" in (await people.command(listener.url, "", user=ANA, channel=CHANNEL)).text


async def test_old_signatures_are_refused(workspace: Workspace, listener: Listener) -> None:
    """The stamp is real time, and signed."""
    async with httpx.AsyncClient(trust_env=False) as http:
        people = People(
            workspace, signing_secret=SECRET, http=http, slack="http://127.0.0.1:9", wall=lambda: 1_000_000.0
        )
        assert "401" in (await people.command(listener.url, "", user=ANA, channel=CHANNEL)).text
