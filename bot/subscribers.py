"""People who are told in person: what each wants is saved with a note of who changed it, and ended where they left."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from bot.store import Deed, Store, Transaction
from bot.types import Clock, Person, Subscription

MOST = 200
"""Of one tenant: each is a delivery for every ring. A channel serves more people better."""

Wish: TypeAlias = Callable[[Subscription | None], Subscription | None]
"""What a person wants, given what they have: None is nothing any more. Pure."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribers:
    """One row a person; nobody sees another's."""

    store: Store
    clock: Clock

    async def get(self, person: Person) -> Subscription | None:
        """Read what a person is told; raises StoreError."""
        async with self.store.read() as tx:
            return await tx.subscriptions.get(person)

    async def change(self, person: Person, wish: Wish, *, by: str, request: str = "") -> Subscription | None:
        """Save what a person wants and give what stands then; None without one, or where there is no room for one.

        ``by`` is what others call the person. A ``request`` that comes again changes nothing. Raises StoreError.
        """
        async with self.store.begin() as tx:
            again = request and not await tx.requests.first(request, self.clock.now())
            had = await tx.subscriptions.get(person)
            wanted = had if again else wish(had)
            if wanted == had:
                return had
            if wanted is None:
                await self._end(had, tx, by=by, why="asked for")
                return None
            if had is None and await tx.subscriptions.count(wanted.tenant) >= MOST:
                log.warning("subscriptions_full", tenant=wanted.tenant, most=MOST)
                return None
            await tx.subscriptions.save(wanted)
            await self._note(wanted, tx, by=by, what="subscribe" if had is None else "change a subscription")
            return wanted

    async def end(self, person: Person, why: str) -> None:
        """End the subscription of somebody who cannot be reached any more; raises StoreError."""
        async with self.store.begin() as tx:
            await self._end(await tx.subscriptions.get(person), tx, by="mailstatus", why=why)

    async def _end(self, had: Subscription | None, tx: Transaction, *, by: str, why: str) -> None:
        if had is None:
            return
        await tx.subscriptions.end(had.person)
        await tx.deliveries.drop(had.tenant, had.person.destination, self.clock.now())
        await self._note(had, tx, by=by, what="unsubscribe", why=why)

    async def _note(self, about: Subscription, tx: Transaction, *, by: str, what: str, why: str = "") -> None:
        quiet = about.quiet
        told = {
            "directions": sorted(about.directions),
            "quiet": f"{quiet.start:%H:%M}-{quiet.end:%H:%M} {quiet.zone}" if quiet else "",
            "why": why,
        }
        await tx.audit.note(about.tenant, Deed.of(about.person, by, what, at=self.clock.now(), about=told))
