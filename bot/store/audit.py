"""Who did what; rows can be added and read, never changed or deleted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import canonical
from bot.store.tables import audit
from bot.types import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that a person or the bot did."""

    at: datetime
    who: str
    what: str
    about: Mapping[str, object]

    @classmethod
    def of(cls, person: Person, who: str, what: str, *, at: datetime, about: Mapping[str, object]) -> Self:
        """Give the deed of a person whom others call ``who``: names change and are shared, so the ids stand beside."""
        return cls(at=at, who=who, what=what, about={"person": person.destination, **about})


@dataclass(frozen=True, slots=True)
class Audit:
    """The log of deeds by tenant; the database itself refuses to change or delete a row."""

    connection: AsyncConnection

    async def note(self, tenant: str, deed: Deed) -> None:
        """Append a deed; ``about`` must survive a trip through JSON."""
        row = {"tenant": tenant, "at": deed.at, "who": deed.who, "what": deed.what, "about": canonical(deed.about)}
        await self.connection.execute(audit.insert(), row)

    async def between(self, tenant: str, since: datetime, until: datetime) -> list[Deed]:
        """Read the deeds with since <= at < until in the order of noting."""
        a = audit.c
        wanted = select(audit).where(a.tenant == tenant, a.at >= since, a.at < until).order_by(a.id)
        rows = await self.connection.execute(wanted)
        return [Deed(at=row.at, who=row.who, what=row.what, about=json.loads(row.about)) for row in rows]
