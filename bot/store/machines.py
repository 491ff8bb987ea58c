"""What the machine of a tenant knows, so that a restart forgets nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import insert_into
from bot.store.tables import machines


@dataclass(frozen=True, slots=True)
class Machines:
    """The newest state of each tenant's machine, as bytes that only the machine can read."""

    connection: AsyncConnection

    async def save(self, tenant: str, state: bytes, at: datetime) -> None:
        """Keep this state instead of the one before."""
        statement = insert_into(self.connection, machines).values(tenant=tenant, state=state, saved_at=at)
        news = {"state": statement.excluded.state, "saved_at": statement.excluded.saved_at}
        await self.connection.execute(statement.on_conflict_do_update(index_elements=["tenant"], set_=news))

    async def load(self, tenant: str) -> tuple[bytes, datetime] | None:
        """Read the state and when it was saved."""
        wanted = select(machines.c.state, machines.c.saved_at).where(machines.c.tenant == tenant)
        row = (await self.connection.execute(wanted)).one_or_none()
        return None if row is None else (row.state, row.saved_at)
