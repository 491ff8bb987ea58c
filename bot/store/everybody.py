"""What is asked over all companies at once: for the operator alone, never for one company's people."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import load
from bot.store.tables import changes, incidents, machines
from bot.types import Incident, Reason

SIGHT = (Reason.CANNOT_SEE.value, Reason.SEES_AGAIN.value)


@dataclass(frozen=True, slots=True)
class Everybody:
    """Rows of every company."""

    connection: AsyncConnection

    async def open_incidents(self) -> list[Incident]:
        """Read all that is open anywhere, by company, oldest first."""
        i = incidents.c
        wanted = select(i.body).where(i.resolved.is_(None)).order_by(i.tenant, i.opened, i.id)
        return [load(Incident, body) for body in await self.connection.scalars(wanted)]

    async def seen(self) -> dict[str, datetime]:
        """Tell when each company's state was saved last, which happens while it is watched."""
        rows = await self.connection.execute(select(machines.c.tenant, machines.c.saved_at))
        return {row.tenant: row.saved_at for row in rows}

    async def blind(self) -> dict[str, list[str]]:
        """Name the sources of which each company was told that they cannot be seen, and not yet that they can."""
        c = changes.c
        newest = select(func.max(c.id)).where(c.reason.in_(SIGHT)).group_by(c.tenant, c.about)
        wanted = select(c.tenant, c.about).where(c.id.in_(newest), c.reason == Reason.CANNOT_SEE.value)
        found: dict[str, list[str]] = {}
        for row in await self.connection.execute(wanted.order_by(c.tenant, c.about)):
            found.setdefault(row.tenant, []).extend(json.loads(row.about))
        return found
