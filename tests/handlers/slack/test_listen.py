"""Commands and buttons over HTTP, through slack_bolt's own app."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo.served import served
from bot.types import Order, Person, Reported, Verb
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.listen import SlackListener
from tests.handlers.asgi import Answered, receiving
from tests.handlers.asking import everybodys
from tests.handlers.examples import NOW, TestClock, snapshot
from tests.handlers.slack.test_guard import SECRET, request, signed


@dataclass
class Office:
    """A listener, what it saved, and what it said later."""

    listener: SlackListener
    commands: Commands
    orders: list[Order]
    reports: list[Reported]
    later: list[dict[str, object]]
    response_url: str
    clock: TestClock = field(default_factory=TestClock)
    count: int = 0

    async def post(self, fields: dict[str, str]) -> Answered:
        """Post a signed form."""
        self.count += 1
        body = urlencode(fields | {"token": str(self.count)}).encode()
        answered = Answered()
        await self.listener(request(signed(body)), receiving(body), answered.send)
        return answered

    async def command(self, text: str, channel: str = "C1") -> dict[str, object]:
        """Type a command, and read the answer."""
        fields = {"command": "/mailstatus", "text": text, "user_id": "U1", "user_name": "ana"}
        answered = await self.post(
            {**fields, "channel_id": channel, "team_id": "T1", "response_url": self.response_url}
        )
        assert answered.status == 200
        said: dict[str, object] = json.loads(answered.body)
        return said

    async def press(self, action: str, url: str | None = None) -> Answered:
        """Press a button under incident 1."""
        payload = {
            "type": "block_actions",
            "user": {"id": "U1", "name": "ana", "team_id": "T1"},
            "team": {"id": "T1"},
            "channel": {"id": "C1"},
            "response_url": self.response_url if url is None else url,
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": "1"}],
        }
        answered = await self.post({"payload": json.dumps(payload)})
        await self.drain()
        return answered

    async def drain(self) -> None:
        """Wait for what follows an answer."""
        await self.commands.orders.saving.drain()


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """Open a listener whose response URLs lead to loopback."""
    orders: list[Order] = []
    reports: list[Reported] = []
    later: list[dict[str, object]] = []

    async def order(given: Order) -> None:
        orders.append(given)

    async def report(given: Reported, _by: Person) -> None:
        reports.append(given)

    async def refused(_: Order) -> None:
        """Note nothing."""

    async def respond(given: Request) -> Response:
        later.append(await given.json())
        return Response("ok")

    site = Starlette(routes=[Route("/commands/1", respond, methods=["POST"])])
    clock = TestClock()
    desk = Orders(
        snapshot=snapshot,
        order=order,
        report=report,
        refused=refused,
        clock=clock,
        may=lambda person: person == "U1",
    )
    async with served(site) as port:
        api = SlackApi(SecretStr("xoxb-1"), base_url=f"http://127.0.0.1:{port}/api/")
        commands = Commands(orders=desk)
        listener = SlackListener(api, SecretStr(SECRET), everybodys(commands, {"C2": "de"}), now=lambda: NOW)
        await listener.warm()
        yield Office(listener, commands, orders, reports, later, f"http://127.0.0.1:{port}/commands/1", clock)
        await api.aclose()


async def test_without_words_the_answer_is_how_mail_is_for_that_person_alone(office: Office) -> None:
    """In the answer to the request itself."""
    said = await office.command("")
    assert said["response_type"] == "ephemeral"
    assert str(said["text"]).startswith("🔴 Sending mail fails.")


async def test_share_shows_it_to_the_channel(office: Office) -> None:
    """Before or after what is asked."""
    assert (await office.command("share"))["response_type"] == "in_channel"
    assert (await office.command("outbound share"))["response_type"] == "in_channel"


@pytest.mark.parametrize("team", [7, 1e308, True])
async def test_a_payload_of_a_shape_that_slack_never_sent_is_refused(office: Office, team: object) -> None:
    """Over HTTP and Socket Mode, whoever signed it."""
    payload = {"type": "block_actions", "team": team, "user": {"id": "U1"}, "actions": []}
    assert (await office.post({"payload": json.dumps(payload)})).status == 400
    assert (await office.listener.bolt().dispatch_socket(payload))[0] == 400


ODD: tuple[dict[str, object], ...] = (
    {"user": "U1"},
    {"user": ["U1"]},
    {"user": {"id": ["U1"]}},
    {"user": {"id": "U1", "name": {"a": 1}}},
    {"user": {"id": "\ud800"}},
    {"team": "T1"},
    {"team": ["T1"]},
    {"team": {"id": ["T1"]}},
    {"channel": "C1"},
    {"channel": ["C1"]},
    {"channel": {"id": {}}},
    {"response_url": ["https://hooks.slack.com/1"]},
    {"actions": [{"type": "button", "action_id": "ack", "block_id": "b", "value": ["1"]}]},
    {"actions": [{"type": "static_select", "action_id": "subscription.ways", "selected_option": ["outbound"]}]},
    {"actions": [{"type": "timepicker", "action_id": "subscription.from", "selected_time": 7}]},
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_a_press_of_a_shape_that_slack_never_sent_is_no_crash(office: Office, odd: dict[str, object]) -> None:
    """Over HTTP and Socket Mode: what is no text counts as not said."""
    payload = {
        "type": "block_actions",
        "user": {"id": "U1", "name": "ana", "team_id": "T1"},
        "team": {"id": "T1"},
        "actions": [{"type": "button", "action_id": "ack", "block_id": "b", "value": "1"}],
        **odd,
    }
    assert (await office.post({"payload": json.dumps(payload)})).status == 200
    await office.drain()
    assert (await office.listener.bolt().dispatch_socket(payload))[0] == 200
    await office.drain()


@pytest.mark.parametrize("key", ["text", "user_id", "user_name", "team_id", "channel_id", "response_url"])
async def test_a_command_of_a_shape_that_slack_never_sent_is_answered(office: Office, key: str) -> None:
    """As if it were not there."""
    command: dict[str, object] = {"command": "/mailstatus", "text": "", "user_id": "U1", "team_id": "T1", key: ["x"]}
    status, _, said = await office.listener.bolt().dispatch_socket(command)
    assert status == 200
    assert "Sending mail fails." in said
    await office.drain()


async def test_a_command_by_another_name_is_ours_too(office: Office) -> None:
    """An admin may have renamed it."""
    fields = {"command": "/post", "text": "", "user_id": "U1", "channel_id": "C1", "team_id": "T1"}
    assert (await office.post(fields)).status == 200


async def test_an_order_is_saved_before_it_is_acknowledged(office: Office) -> None:
    """Under the person's name."""
    said = await office.command("mute 2h because it is known")
    assert "Quiet until" in str(said["text"])
    (order,) = office.orders
    assert (order.verb, order.person, order.incident, order.note) == (Verb.MUTE, "ana", "1", "because it is known")
    assert order.until == NOW + timedelta(hours=2)


@pytest.mark.parametrize(("action", "verb"), [("ack", Verb.ACK), ("mute", Verb.MUTE)])
async def test_a_button_is_an_order_about_its_incident(office: Office, action: str, verb: Verb) -> None:
    """The person alone is told that it worked; the message changes by itself."""
    answered = await office.press(action)
    assert (answered.status, answered.body) == (200, b"")
    assert [order.verb for order in office.orders] == [verb]
    (later,) = office.later
    assert (later["response_type"], later["replace_original"]) == ("ephemeral", False)


@pytest.mark.parametrize(("action", "works"), [("works", True), ("fails", False)])
async def test_a_report_by_button_says_whether_it_works(office: Office, action: str, *, works: bool) -> None:
    """It counts as an observation."""
    await office.press(action)
    assert [report.works for report in office.reports] == [works]


async def test_details_come_by_button(office: Office) -> None:
    """To the person who asked."""
    await office.press("details")
    assert "6 of 10 test messages" in str(office.later[0]["text"])


async def test_an_answer_goes_to_nobody_but_slack(office: Office) -> None:
    """The address comes from outside."""
    await office.press("details", url="http://127.0.0.1.evil.example/x")
    assert office.later == []


async def test_a_channel_is_answered_in_its_language(office: Office) -> None:
    """As it is told in."""
    answer = await office.command("ack", channel="C2")
    assert "blocks" in answer
    assert office.commands.language == "en"


async def test_a_stranger_is_refused_without_a_word(office: Office) -> None:
    """A status, and an empty body."""
    answered = Answered()
    await office.listener(request({"content-type": "application/json"}), receiving(b"{}"), answered.send)
    assert (answered.status, answered.body) == (401, b"")


async def test_what_nobody_listens_to_is_no_error_of_ours(office: Office) -> None:
    """Slack adds kinds of requests."""
    answered = await office.post({"payload": json.dumps({"type": "brand_new", "team": {"id": "T1"}})})
    assert answered.status == 404
