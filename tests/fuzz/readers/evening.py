"""The evening that people ask about in whatever way they come in."""

from bot.types import Order, Person, Reported
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.saving import Saving
from tests.handlers.examples import TestClock, claim, incident, snapshot
from tests.handlers.people import Kept

EVENING = snapshot(open=(incident(claims=(claim(),)),), advisories=(claim("EX649488"),))


async def _order(_: Order) -> None:
    """Take an order."""


async def _report(_: Reported, _by: Person) -> None:
    """Take a report."""


def commands(saving: Saving | None = None) -> Commands:
    """Give what people ask; ``saving`` is by what it saves."""
    saving = saving or Saving()
    orders = Orders(
        snapshot=lambda: EVENING,
        order=_order,
        report=_report,
        refused=_order,
        clock=TestClock(),
        may=lambda _: True,
        saving=saving,
    )
    return Commands(orders=orders, subscriptions=Kept().desk(saving))
