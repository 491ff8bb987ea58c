"""Who may do what from chat: one table, complete over the commands and the buttons."""

import asyncio

import pytest

from bot.types import Order, Reported
from handlers.actions import ACTIONS
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.orders import Orders
from tests.handlers.examples import TestClock, claim, incident, snapshot
from tests.handlers.people import ANA, Kept

READS, OWN, CHANGES = "reads", "about oneself", "changes an incident"
TABLE = {
    "help": READS,
    "history": READS,
    "details": READS,
    "explain": READS,
    "report": OWN,
    "subscribe": OWN,
    "unsubscribe": OWN,
    "subscriptions": OWN,
    "ack": CHANGES,
    "mute": CHANGES,
    "unmute": CHANGES,
    "part": CHANGES,
    "join": CHANGES,
}
BUTTONS = {"ack": CHANGES, "mute": CHANGES, "details": READS, "works": OWN, "fails": OWN}
MORE = {"report": "mail is late", "part": "EX649175", "join": "EX649488", "explain": "EX649175"}
NOBODY_ELSE = "somebody who is no manager"


class Desk:
    """Commands over an open incident, and what was saved by them."""

    def __init__(self, *, may: bool) -> None:
        """Say whether the one who asks is a manager."""
        self.orders: list[Order] = []
        self.reports: list[Reported] = []
        evening = snapshot(open=(incident(claims=(claim(),)),), advisories=(claim("EX649488"),))
        orders = Orders(
            snapshot=lambda: evening, order=self._order, report=self._report, clock=TestClock(), may=lambda _: may
        )
        self.commands = Commands(orders=orders, subscriptions=Kept().desk(orders.saving))

    async def _order(self, order: Order) -> None:
        self.orders.append(order)

    async def _report(self, reported: Reported) -> None:
        self.reports.append(reported)


def asked(text: str = "") -> Asked:
    """Ask about the incident that is open."""
    return Asked(text=text, person=ANA.id, name="ana", language="en", whom=ANA, incident="1" if not text else None)


def test_the_table_is_complete() -> None:
    """A command or a button that is new has no line, and fails here."""
    commands = Desk(may=True).commands
    assert set(TABLE) == {*commands._reads(), *commands._own(), *commands._changes()}
    assert set(BUTTONS) == set(ACTIONS)


@pytest.mark.parametrize("may", [True, False], ids=["a manager", NOBODY_ELSE])
@pytest.mark.parametrize("command", TABLE)
def test_a_command_changes_an_incident_by_managers_alone(command: str, may: bool) -> None:  # noqa: FBT001 - a table's column
    """What only reads or is about oneself saves no order, whoever asks."""
    desk = Desk(may=may)
    asyncio.run(desk.commands.answer(asked(f"{command} {MORE.get(command, '')}".strip())))
    assert bool(desk.orders) is (may and TABLE[command] is CHANGES)
    assert bool(desk.reports) is (command == "report")


@pytest.mark.parametrize("may", [True, False], ids=["a manager", NOBODY_ELSE])
@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_changes_an_incident_by_managers_alone(button: str, may: bool) -> None:  # noqa: FBT001 - as above
    """The same as the command of its name."""
    desk = Desk(may=may)
    asyncio.run(desk.commands.press(button, asked()))
    assert bool(desk.orders) is (may and BUTTONS[button] is CHANGES)
    assert bool(desk.reports) is (BUTTONS[button] is OWN)
