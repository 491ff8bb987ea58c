"""The evening that people ask about in whatever way they come in."""

import asyncio
from typing import Any

from bot.types import Order, Person, Reported
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.saving import Saving
from tests.handlers.examples import TestClock, claim, incident, snapshot
from tests.handlers.people import Kept

EVENING = snapshot(open=(incident(claims=(claim(),)),), advisories=(claim("EX649488"),))


class Seen(Saving):
    """Sees what was raised by what our own code began, and nobody waits for."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._raised: list[BaseException] = []

    def _ended(self, task: asyncio.Task[Any]) -> None:
        super()._ended(task)
        if not task.cancelled() and (error := task.exception()):
            self._raised.append(error)

    async def tell(self) -> None:
        """Wait for the end of all that was begun, and of what that began; raise the first that was raised."""
        while self._tasks:
            await self.drain()
        raised, self._raised = self._raised, []
        if raised:
            raise raised[0]


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
