"""Subscriptions that are kept in memory, for the tests of handlers."""

import asyncio
from dataclasses import dataclass, field

from bot.store import StoreError
from bot.types import Person, Subscription
from handlers.saving import Saving
from handlers.subscriptions import Subscriptions, Wish
from tests.handlers.examples import TestClock

ANA = Person(platform="slack", workspace="T1", id="U1")


@dataclass
class Kept:
    """What each person wants; full, broken or hung where a test says so."""

    people: dict[Person, Subscription] = field(default_factory=dict)
    by: list[str] = field(default_factory=list)
    full: bool = False
    breaks: bool = False
    gate: asyncio.Event | None = None

    async def get(self, person: Person) -> Subscription | None:
        """Read one."""
        if self.breaks:
            raise StoreError("the disk is full")
        return self.people.get(person)

    async def change(
        self,
        person: Person,
        wish: Wish,
        *,
        by: str,
        request: str = "",  # noqa: ARG002 - nothing comes twice here
    ) -> Subscription | None:
        """Save one."""
        if self.gate:
            await self.gate.wait()
        had = await self.get(person)
        wanted = wish(had)
        if wanted is None or (self.full and had is None):
            self.people.pop(person, None)
            return None
        self.people[person] = wanted
        self.by.append(by)
        return wanted

    def desk(self, saving: Saving, clock: TestClock | None = None) -> Subscriptions:
        """Offer them to handlers."""
        return Subscriptions(get=self.get, change=self.change, clock=clock or TestClock(), saving=saving)
