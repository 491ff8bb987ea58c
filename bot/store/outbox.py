"""How the outbox stands over all tenants, in as many statements for thousands as for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import Time
from bot.store.tables import deliveries
from bot.store.waiting import OPEN, State
from bot.types import Kind, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a tenant's channels are still to be told."""

    count: int
    due: datetime
    """When the first of it was to be told."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Words to channels: pictures are sent beside them, and what a person is told is nobody else's business."""

    connection: AsyncConnection

    async def waiting(self) -> Mapping[str, Waiting]:
        """Count what is not told yet, by tenant."""
        c = deliveries.c
        wanted = select(c.tenant, func.count(), func.min(c.due)).where(OPEN, *_words(deliveries)).group_by(c.tenant)
        rows = await self.connection.execute(wanted)
        return {tenant: Waiting(count=count, due=due) for tenant, count, due in rows}

    async def given_up(self) -> Mapping[tuple[str, str], str]:
        """Name the channels, by tenant and name, whose newest message that came to an end was given up, and why."""
        failed, later = deliveries.alias("failed"), deliveries.alias("later")
        ended = later.c.state.in_([State.SENT, State.FAILED])
        same = (later.c.tenant == failed.c.tenant, later.c.destination == failed.c.destination)
        newer = select(later.c.id).where(*same, later.c.id > failed.c.id, ended, *_words(later)).exists()
        wanted = select(failed.c.tenant, failed.c.destination, failed.c.error)
        rows = await self.connection.execute(wanted.where(failed.c.state == State.FAILED, *_words(failed), ~newer))
        return {(tenant, destination): error or "" for tenant, destination, error in rows}

    async def rouse(self, now: datetime) -> list[tuple[str, str]]:
        """Have all tried at once that waits for a moment of a clock that was set back.

        Gives whose it is and where it goes. What nobody has tried yet waits on where it is to wait: for the morning.
        """
        c = deliveries.c
        moment, begun = func.coalesce(c.leased_until, c.due), or_(c.fence > 0, c.due <= c.saved_at)
        lease = case((c.state == State.CLAIMED, literal(now, Time)), else_=None)
        late = update(deliveries).where(OPEN, begun, moment > now).values(due=now, leased_until=lease)
        rows = await self.connection.execute(late.returning(c.tenant, c.destination))
        return sorted({(row.tenant, row.destination) for row in rows})


def _words(table: FromClause) -> tuple[ColumnElement[bool], ...]:
    return table.c.kind != Kind.PICTURE, ~table.c.destination.startswith(Person.MARK)
