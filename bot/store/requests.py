"""Which of people's requests were done, by whichever process: none is done twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import insert_into
from bot.store.tables import acted

REMEMBERED = timedelta(days=2)
"""No platform delivers a request again after this long, and no signature is good for so long."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests by the names that their platforms gave them, noted in the transaction that saves what they ask for."""

    connection: AsyncConnection

    async def first(self, request: str, at: datetime) -> bool:
        """Note a request, and tell whether it is news; who comes second waits until the first has saved or given up."""
        noted = insert_into(self.connection, acted).values(id=request, at=at).on_conflict_do_nothing()
        return (await self.connection.execute(noted.returning(acted.c.id))).one_or_none() is not None

    async def retire(self, now: datetime, *, at_most: int = 5_000) -> int:
        """Forget up to so many that are too old to come again; 0 when all is done."""
        old = select(acted.c.id).where(acted.c.at < now - REMEMBERED).order_by(acted.c.at).limit(at_most)
        return (await self.connection.execute(delete(acted).where(acted.c.id.in_(old)))).rowcount
