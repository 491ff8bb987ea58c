"""One request at two processes: each knows what the other did by the store alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo.served import served
from bot.store import Store, StoreError
from bot.types import Order, Person, Reported, Subscription
from handlers import desks
from handlers.commands import Commands
from handlers.desks import First
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.bolt import Installed
from handlers.slack.listen import SlackListener
from handlers.subscriptions import Subscriptions, Wish
from tests.handlers.asgi import Answered, receiving
from tests.handlers.asking import by_place
from tests.handlers.examples import IMPATIENT, NOW, TestClock, snapshot
from tests.handlers.slack.test_guard import FORM, SECRET, request, signed

JSON = "application/json"


@dataclass
class Process:
    """One of several, as far as Slack's requests go."""

    name: str
    listener: SlackListener
    commands: Commands

    async def post(self, body: bytes, kind: str = FORM) -> Answered:
        """Be given a signed request, and wait for what follows the answer."""
        answered = Answered()
        await self.listener(request(signed(body, kind=kind)), receiving(body), answered.send)
        await self.commands.orders.saving.drain()
        return answered


@dataclass
class Pair:
    """Two of them, with what both asked to be saved, by which request, and what people read."""

    processes: list[Process] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    read: list[Mapping[str, Any]] = field(default_factory=list)
    forgot: list[str] = field(default_factory=list)
    first: First | None = None
    response_url: str = ""

    async def both(self, body: bytes, kind: str = FORM) -> None:
        """Give the same bytes to both."""
        for process in self.processes:
            assert (await process.post(body, kind)).status == 200

    async def order(self, order: Order) -> None:
        """Take down an order."""
        self.asked.append(order.request)

    async def report(self, reported: Reported, _: Person) -> None:
        """Take down a report."""
        self.asked.append(reported.request)

    async def change(self, person: Person, wish: Wish, *, by: str, request: str = "") -> Subscription | None:
        """Take down what a person wants."""
        assert (person.id, by) == ("U1", "ana")
        self.asked.append(request)
        return wish(None)

    async def get(self, _: Person) -> Subscription | None:
        """Know of nobody."""
        return None

    async def forget(self, workspace: str) -> None:
        """Take down who took the app out."""
        self.forgot.append(workspace)

    async def respond(self, given: Request) -> Response:
        """Show somebody an answer."""
        self.read.append(await given.json())
        return Response("ok")

    def press(self, action: str) -> bytes:
        """Press a button under incident 1."""
        return self.payload({"action_id": action, "block_id": "b", "value": "1", "type": "button"})

    def payload(self, action: Mapping[str, Any]) -> bytes:
        """Use something that a person can press."""
        payload = {
            "type": "block_actions",
            "user": {"id": "U1", "name": "ana", "team_id": "T1"},
            "team": {"id": "T1"},
            "channel": {"id": "C1"},
            "response_url": self.response_url,
            "actions": [action],
        }
        return urlencode({"payload": json.dumps(payload)}).encode()

    def typed(self, text: str) -> bytes:
        """Type a command."""
        who = {"user_id": "U1", "user_name": "ana", "team_id": "T1", "channel_id": "C1"}
        return urlencode({"command": "/mailstatus", "text": text, "response_url": self.response_url, **who}).encode()


@pytest.fixture
async def pair(sqlite_store: Store) -> AsyncIterator[Pair]:
    """Open two processes on one store."""
    made = Pair()

    async def stored(what: str) -> bool:
        async with sqlite_store.begin() as tx:
            return await tx.requests.first(what, NOW)

    async def first(what: str) -> bool:
        return await (made.first or stored)(what)

    site = Starlette(routes=[Route("/commands/1", made.respond, methods=["POST"])])
    async with served(site) as port, AsyncExitStack() as running:
        made.response_url = f"http://127.0.0.1:{port}/commands/1"
        for name in ("one", "two"):
            api = SlackApi(SecretStr("xoxb-1"), base_url=f"http://127.0.0.1:{port}/api/")
            running.push_async_callback(api.aclose)
            made.processes.append(_process(name, api, made, first))
        yield made


def _process(name: str, api: SlackApi, pair: Pair, first: First) -> Process:
    clock = TestClock()
    orders = Orders(
        snapshot=snapshot,
        order=pair.order,
        report=pair.report,
        refused=pair.order,
        clock=clock,
        may=lambda _: True,
    )
    own = Subscriptions(get=pair.get, change=pair.change, clock=clock, saving=orders.saving)
    commands = Commands(orders=orders, subscriptions=own)
    found = by_place({"": commands}, usual=commands, first=first)
    listener = SlackListener(api, SecretStr(SECRET), found, now=lambda: NOW)
    listener.bolt()._installed = Installed(installations=None, forget=pair.forget)  # type: ignore[arg-type]  # only forgets
    return Process(name, listener, commands)


@pytest.mark.parametrize(
    "typed", ["ack", "mute 1h", "unmute", "report it is slow", "subscribe", "unsubscribe", "subscribe quiet 22-7"]
)
async def test_a_command_that_changes_something_names_its_request(pair: Pair, typed: str) -> None:
    """Both ask for the same one to be saved, and the store saves it once."""
    body = pair.typed(typed)
    await pair.both(body)
    assert pair.asked == [signed(body)["x-slack-signature"]] * 2


@pytest.mark.parametrize("action", ["ack", "mute", "works", "fails"])
async def test_a_button_names_its_request_and_is_answered_once(pair: Pair, action: str) -> None:
    """The other process shows nobody anything."""
    body = pair.press(action)
    await pair.both(body)
    assert pair.asked == [signed(body)["x-slack-signature"]] * 2
    assert len(pair.read) == 1


async def test_a_question_by_button_is_answered_once(pair: Pair) -> None:
    """And another press of it again."""
    await pair.both(pair.press("details"))
    assert len(pair.read) == 1
    await pair.both(pair.payload({"action_id": "details", "block_id": "c", "value": "1", "type": "button"}))
    assert len(pair.read) == 2


async def test_a_control_of_the_home_tab_names_its_request(pair: Pair) -> None:
    """Used at the process that did not draw it."""
    body = pair.payload({"action_id": "subscription.loud", "block_id": "b", "type": "button"})
    await pair.both(body)
    assert pair.asked == [signed(body)["x-slack-signature"]] * 2


async def test_an_envelope_names_its_request(pair: Pair) -> None:
    """Slack sends it again over any connection of the app's."""
    payload = {"command": "/mailstatus", "text": "ack", "user_id": "U1", "team_id": "T1", "channel_id": "C1"}
    for process in pair.processes:
        assert (await process.listener.bolt().dispatch_socket(payload, "e1"))[0] == 200
    assert pair.asked == ["e1", "e1"]


async def test_a_workspace_is_forgotten_once(pair: Pair) -> None:
    """Said again, it would forget an installation that came meanwhile."""
    event = {"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": {"type": "app_uninstalled"}}
    await pair.both(json.dumps(event).encode(), JSON)
    assert pair.forgot == ["T1"]


async def test_a_question_that_is_typed_asks_the_store_nothing(pair: Pair) -> None:
    """It is answered from memory, thousands of times a second."""

    async def never(_: str) -> bool:
        raise AssertionError

    pair.first = never
    await pair.both(pair.typed("status"))
    assert pair.read == []


@pytest.mark.parametrize("slow", [False, True])
async def test_without_the_store_a_person_is_answered_by_what_the_process_remembers(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, *, slow: bool
) -> None:
    """Twice at worst, once a process, and never waiting for longer than they would."""

    async def away(_: str) -> bool:
        if slow:
            await asyncio.Event().wait()
        raise StoreError("store: gone")

    pair.first = away
    monkeypatch.setattr(desks, "FIRST_LIMIT", IMPATIENT)
    body = pair.press("details")
    await pair.both(body)
    assert (await pair.processes[0].post(body)).status == 401
    assert len(pair.read) == 2
