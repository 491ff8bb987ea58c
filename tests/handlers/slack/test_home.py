"""The home tab."""

import json
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from slack_sdk.models.blocks import Block

from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import Workspace
from bot.demo.served import served
from bot.types import Order, Reported
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.bolt import Bolt
from handlers.slack.home import view
from tests.handlers.examples import TestClock, healthy, incident, snapshot

TOKEN = "xoxb-1"


@pytest.fixture
async def desk() -> AsyncIterator[tuple[Slack, Bolt, Commands]]:
    """Serve a workspace with one person in it."""

    async def order(_: Order) -> None:
        """Take an order."""

    async def report(_: Reported) -> None:
        """Take a report."""

    clock = TestClock()
    slack = Slack(Workspace(clock, {}, {"U1": "Ana"}), token=TOKEN)
    orders = Orders(snapshot=snapshot, order=order, report=report, clock=clock, may=lambda _: True)
    async with served(slack.app()) as port:
        api = SlackApi(SecretStr(TOKEN), base_url=f"http://127.0.0.1:{port}/api/")
        commands = Commands(orders=orders)
        yield slack, Bolt(api, commands, {}), commands
        await api.aclose()


def opened(person: str, tab: str = "home") -> str:
    """Give the event of an opened tab."""
    event = {"type": "app_home_opened", "user": person, "tab": tab}
    return json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": event})


async def visit(desk: tuple[Slack, Bolt, Commands], body: str) -> int:
    """Dispatch an event and wait for what follows."""
    _, bolt, commands = desk
    status, _, _ = await bolt.dispatch(body, {"content-type": "application/json"})
    await commands.orders.saving.drain()
    return status


async def test_whoever_opens_the_tab_sees_how_mail_is(desk: tuple[Slack, Bolt, Commands]) -> None:
    """With the buttons of what is open, and the last seven days."""
    assert await visit(desk, opened("U1")) == 200
    shown = str(desk[0].workspace.homes["U1"])
    assert "Sending mail fails." in shown
    assert "'ack'" in shown
    assert "last 7 days" in shown


async def test_the_other_tab_is_left_alone(desk: tuple[Slack, Bolt, Commands]) -> None:
    """It has messages, not a view."""
    await visit(desk, opened("U1", tab="messages"))
    assert desk[0].workspace.homes == {}


async def test_a_tab_that_cannot_be_shown_is_no_error(desk: tuple[Slack, Bolt, Commands]) -> None:
    """The next visit tries again."""
    assert await visit(desk, opened("U404")) == 200


async def test_a_button_in_the_tab_shows_it_anew(desk: tuple[Slack, Bolt, Commands]) -> None:
    """There is no message to answer to."""
    action = {"type": "button", "action_id": "ack", "block_id": "b", "value": "1"}
    pressed = {"type": "block_actions", "user": {"id": "U1", "name": "ana"}, "team": {"id": "T1"}, "actions": [action]}
    _, bolt, commands = desk
    status, _, _ = await bolt.dispatch_socket(pressed)
    await commands.orders.saving.drain()
    assert status == 200
    assert "U1" in desk[0].workspace.homes


@pytest.mark.parametrize("shows", [snapshot(), healthy(), snapshot(past=(incident("0"),) * 90)])
def test_the_view_is_what_slack_accepts(shows: object) -> None:
    """On bad days too."""
    shown = view(shows, "en")["blocks"]  # type: ignore[arg-type]  # parametrize forgets the type
    assert isinstance(shown, list)
    assert len(shown) <= 100
    for block in shown:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
