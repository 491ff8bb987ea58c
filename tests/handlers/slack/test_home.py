"""The home tab."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import time

import pytest
from pydantic import SecretStr
from slack_sdk.models.blocks import Block

from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import Workspace
from bot.demo.served import served
from bot.types import Direction, Order, Person, QuietHours, Reported, Snapshot, Subscription
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.bolt import Bolt
from handlers.slack.controls import controls
from handlers.slack.home import view
from tests.handlers.asking import everybodys
from tests.handlers.examples import NOW, TestClock, healthy, incident, snapshot
from tests.handlers.people import ANA, Kept

TOKEN = "xoxb-1"


@dataclass
class Desk:
    """A workspace with one person in it, and the bot."""

    slack: Slack
    bolt: Bolt
    commands: Commands
    kept: Kept = field(default_factory=Kept)

    async def dispatch(self, payload: Mapping[str, object]) -> int:
        """Dispatch what Slack sends, and wait for what follows."""
        status, _, _ = await self.bolt.dispatch_socket(dict(payload))
        await self.commands.orders.saving.drain()
        return status

    async def press(self, action: Mapping[str, object]) -> int:
        """Use a control or a button of the home tab: there is no message to answer to."""
        who = {"user": {"id": "U1", "name": "ana"}, "team": {"id": "T1"}}
        return await self.dispatch({"type": "block_actions", **who, "actions": [{"block_id": "b", **action}]})

    async def choose(self, control: str, value: str) -> None:
        """Choose one of a control's options."""
        option = {"text": {"type": "plain_text", "text": value}, "value": value}
        await self.press({"type": "static_select", "action_id": f"subscription.{control}", "selected_option": option})

    async def visit(self, person: str = "U1", tab: str = "home") -> int:
        """Open a tab."""
        event = {"type": "app_home_opened", "user": person, "tab": tab}
        return await self.dispatch({"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": event})

    @property
    def shown(self) -> str:
        """Give what Ana sees."""
        return str(self.slack.workspace.homes["U1"])

    @property
    def own(self) -> Subscription:
        """Give what Ana is told."""
        return self.kept.people[ANA]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Serve a workspace with one person in it."""

    async def order(_: Order) -> None:
        """Take an order."""

    async def report(_: Reported, _by: Person) -> None:
        """Take a report."""

    clock, kept = TestClock(), Kept()
    slack = Slack(Workspace(clock, {}, {"U1": "Ana"}), token=TOKEN)
    orders = Orders(snapshot=snapshot, order=order, report=report, refused=order, clock=clock, may=lambda _: True)
    async with served(slack.app()) as port:
        api = SlackApi(SecretStr(TOKEN), base_url=f"http://127.0.0.1:{port}/api/")
        commands = Commands(orders=orders, subscriptions=kept.desk(orders.saving, clock))
        yield Desk(slack, Bolt(api, everybodys(commands)), commands, kept)
        await api.aclose()


async def test_what_is_typed_elsewhere_is_seen_in_an_open_tab_in_its_turn(desk: Desk) -> None:
    """A subscription by words, for whoever has opened the tab; nobody else gets one."""
    typed = {"command": "/mailstatus", "text": "subscribe outbound", "team_id": "T1", "user_name": "ana"}
    await desk.dispatch({**typed, "user_id": "U2"})
    await desk.visit()
    await desk.dispatch({**typed, "user_id": "U1"})
    await desk.bolt.homes.refresh()
    assert "You are told by direct message about: Outgoing mail." in desk.shown
    await desk.bolt.homes.refresh()
    assert list(desk.slack.workspace.homes) == ["U1"]


async def test_whoever_opens_the_tab_sees_how_mail_is(desk: Desk) -> None:
    """With the buttons of what is open, the last seven days, and what they are told."""
    assert await desk.visit() == 200
    assert "Sending mail fails." in desk.shown
    assert "'ack'" in desk.shown
    assert "last 7 days" in desk.shown
    assert "You are not told in person." in desk.shown


async def test_the_tab_is_in_the_persons_own_language(desk: Desk) -> None:
    """As Slack knows it."""
    desk.slack.workspace.locales = {"U1": "de-DE"}
    await desk.visit()
    assert "Mail lässt sich nicht senden." in desk.shown
    assert "Meine Abos" in desk.shown


async def test_the_other_tab_is_left_alone(desk: Desk) -> None:
    """It has messages, not a view."""
    await desk.visit(tab="messages")
    assert desk.slack.workspace.homes == {}


async def test_a_tab_that_cannot_be_shown_is_no_error(desk: Desk) -> None:
    """The next visit tries again."""
    assert await desk.visit("U404") == 200


async def test_a_button_in_the_tab_shows_it_anew(desk: Desk) -> None:
    """There is no message to answer to."""
    assert await desk.press({"type": "button", "action_id": "ack", "value": "1"}) == 200
    assert "Sending mail fails." in desk.shown


async def test_a_subscription_is_made_changed_and_ended_by_controls(desk: Desk) -> None:
    """Each is saved before the ack, in the person's own zone, and the tab shows what stands."""
    await desk.visit()
    await desk.choose("ways", "outbound")
    assert desk.own.directions == {Direction.OUTBOUND}
    assert "You are told by direct message about: Outgoing mail." in desk.shown
    await desk.press({"type": "timepicker", "action_id": "subscription.from", "selected_time": "21:30"})
    await desk.press({"type": "timepicker", "action_id": "subscription.until", "selected_time": "08:00"})
    assert desk.own.quiet == QuietHours(start=time(21, 30), end=time(8), zone="Europe/Berlin")
    await desk.choose("zone", "Asia/Tokyo")
    assert "Quiet from 21:30 to 08:00 (Asia/Tokyo)" in desk.shown
    await desk.press({"type": "button", "action_id": "subscription.loud", "value": "loud"})
    assert "No quiet hours are set." in desk.shown
    await desk.choose("ways", "everything")
    assert desk.own.directions == frozenset()
    await desk.choose("ways", "nothing")
    assert desk.kept.people == {}
    assert "You are not told in person." in desk.shown


@pytest.mark.parametrize(
    "action",
    [
        {"type": "timepicker", "action_id": "subscription.from", "selected_time": None},
        {"type": "timepicker", "action_id": "subscription.until", "selected_time": "half past"},
        {"type": "timepicker", "action_id": "subscription.until", "selected_time": "21:30+02:00"},
        {"type": "static_select", "action_id": "subscription.ways", "selected_option": {"value": "sideways"}},
        {"type": "static_select", "action_id": "subscription.zone", "selected_option": {"value": "../etc"}},
        {"type": "button", "action_id": "subscription.else", "value": "x"},
    ],
)
async def test_nonsense_from_a_control_changes_nothing(desk: Desk, action: dict[str, object]) -> None:
    """And is no error for the person."""
    assert await desk.press(action) == 200
    assert desk.kept.people == {}


async def test_without_the_store_the_tab_shows_the_mail_and_offers_nothing_to_change(desk: Desk) -> None:
    """It must not say that somebody is told nothing when nobody knows."""
    desk.kept.breaks = True
    await desk.visit()
    assert "Sending mail fails." in desk.shown
    assert "subscription" not in desk.shown


NIGHT = QuietHours(start=time(22), end=time(7), zone="Asia/Kathmandu")
MINE = [
    controls(None, "en", zone=""),
    controls(Subscription(person=ANA, created=NOW), "de", zone="Nowhere/Land"),
    controls(
        Subscription(
            person=ANA, created=NOW, quiet=NIGHT, directions=frozenset({Direction.OUTBOUND, Direction.INBOUND})
        ),
        "ja",
        zone="",
    ),
]
"""Nobody, somebody whose zone is none, and somebody who chose by words what no option says."""


@pytest.mark.parametrize("mine", MINE)
@pytest.mark.parametrize(
    "shows",
    [
        snapshot(),
        healthy(),
        snapshot(open=(), directions=()),
        snapshot(open=[incident(str(n)) for n in range(60)], past=(incident("0"),) * 90),
    ],
    ids=["an outage", "a good day", "before the first test message", "the worst of weeks"],
)
def test_the_view_is_what_slack_accepts(shows: Snapshot, mine: list[dict[str, object]]) -> None:
    """On bad days too, with the person's own at its end."""
    shown = view(shows, "en", mine)["blocks"]
    assert isinstance(shown, list)
    assert len(shown) <= 100
    assert shown[-len(mine) :] == mine
    for block in shown:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()


def test_every_open_incident_has_its_buttons() -> None:
    """The gravest first, then the others, as many as a tab can show."""
    shown = view(snapshot(open=tuple(incident(str(n)) for n in range(4))), "en")["blocks"]
    assert [block["elements"][0]["value"] for block in shown if block["type"] == "actions"] == ["0", "1", "2", "3"]  # type: ignore[attr-defined]  # blocks are plain JSON
