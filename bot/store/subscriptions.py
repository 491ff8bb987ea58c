"""Who is told in person: one row a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy import Row as ResultRow
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import dump, load
from bot.store.columns import insert_into
from bot.store.tables import subscriptions
from bot.types import Direction, Person, QuietHours, Subscription


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Subscriptions by person; whoever reads those of a tenant sees them all, and shows nobody another's."""

    connection: AsyncConnection

    async def save(self, subscription: Subscription) -> None:
        """Save what a person wants, in place of what they wanted before."""
        person, quiet = subscription.person, subscription.quiet
        row = {
            "platform": person.platform,
            "workspace": person.workspace,
            "person": person.id,
            "tenant": subscription.tenant,
            "created": subscription.created,
            "language": subscription.language,
            "directions": ",".join(sorted(subscription.directions)),
            "quiet": dump(quiet) if quiet else None,
            "address": subscription.address,
        }
        statement = insert_into(self.connection, subscriptions).values(row)
        news = {name: statement.excluded[name] for name in row if name not in KEY}
        await self.connection.execute(statement.on_conflict_do_update(index_elements=KEY, set_=news))

    async def get(self, person: Person) -> Subscription | None:
        """Read what a person wants; None where they have no subscription."""
        row = (await self.connection.execute(select(subscriptions).where(*_is(person)))).one_or_none()
        return _subscription(row) if row else None

    async def of(self, tenant: str) -> list[Subscription]:
        """Read all of a tenant's, the oldest first."""
        c = subscriptions.c
        wanted = select(subscriptions).where(c.tenant == tenant).order_by(c.created, c.platform, c.workspace, c.person)
        return [_subscription(row) for row in await self.connection.execute(wanted)]

    async def count(self, tenant: str) -> int:
        """Count a tenant's."""
        wanted = select(func.count()).select_from(subscriptions).where(subscriptions.c.tenant == tenant)
        return int(await self.connection.scalar(wanted) or 0)

    async def end(self, person: Person) -> bool:
        """Forget what a person wanted; False where there was nothing to forget."""
        return (await self.connection.execute(delete(subscriptions).where(*_is(person)))).rowcount > 0


KEY = ["platform", "workspace", "person"]


def _is(person: Person) -> Sequence[ColumnElement[bool]]:
    c = subscriptions.c
    return c.platform == person.platform, c.workspace == person.workspace, c.person == person.id


def _subscription(row: ResultRow[Any]) -> Subscription:
    return Subscription(
        person=Person(platform=row.platform, workspace=row.workspace, id=row.person),
        created=row.created,
        directions=frozenset(Direction(one) for one in row.directions.split(",") if one),
        quiet=load(QuietHours, row.quiet) if row.quiet else None,
        language=row.language,
        tenant=row.tenant,
        address=row.address,
    )
