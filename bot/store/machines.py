"""What the machine of a tenant knows, so that a restart forgets nothing and several programs share one machine."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import database_now, insert_into
from bot.store.tables import machines


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMachine:
    """The newest state of a machine; steps that changed nothing worth saving may have come after ``saved_at``."""

    state: bytes
    saved_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Versions of machines by tenant, and the moment up to which none is missing, by the database's clock."""

    versions: Mapping[str, int]
    until: int


@dataclass(frozen=True, slots=True)
class Machines:
    """The newest state of each tenant's machine, as bytes that only the machine can read."""

    connection: AsyncConnection

    async def hold(self, tenants: Collection[str]) -> Mapping[str, int]:
        """Tell how often machines moved on, with nobody moving them until this transaction ends.

        A machine that is not in the store is not in the answer. On SQLite the one writer holds everything already.
        """
        if self.connection.dialect.name == "postgresql":
            await self.connection.execute(HOLD, {"kind": LOCKS, "tenants": list(tenants)})
        wanted = select(machines.c.tenant, machines.c.version).where(machines.c.tenant.in_(tenants))
        return {row.tenant: row.version for row in await self.connection.execute(wanted)}

    async def save(self, states: Mapping[str, bytes], at: datetime, *, news: bool = True) -> None:
        """Keep these states instead of those before, a step further; ``news`` is what others take over at once."""
        if not states:
            return
        statement = insert_into(self.connection, machines).values(moved=database_now(self.connection))
        step = {
            "state": statement.excluded.state,
            "saved_at": statement.excluded.saved_at,
            "version": machines.c.version + 1,
            **({"moved": statement.excluded.moved} if news else {}),
        }
        rows = [{"tenant": name, "state": state, "saved_at": at, "version": 1} for name, state in states.items()]
        await self.connection.execute(statement.on_conflict_do_update(index_elements=["tenant"], set_=step), rows)

    async def step(self, tenants: Collection[str], *, news: bool = True) -> None:
        """Note that machines moved on by observations that are saved, their states not; ``news`` as for a state."""
        if tenants:
            step = {
                "version": machines.c.version + 1,
                **({"moved": database_now(self.connection)} if news else {}),
            }
            await self.connection.execute(update(machines).where(machines.c.tenant.in_(tenants)).values(step))

    async def load(self, tenant: str) -> SavedMachine | None:
        """Read the newest state."""
        wanted = select(machines.c.state, machines.c.saved_at, machines.c.version).where(machines.c.tenant == tenant)
        row = (await self.connection.execute(wanted)).one_or_none()
        return None if row is None else SavedMachine(state=row.state, saved_at=row.saved_at, version=row.version)

    async def newest(self) -> datetime | None:
        """Tell when any state was saved last, by the clock of who saved it."""
        saved: datetime | None = await self.connection.scalar(select(func.max(machines.c.saved_at)))
        return saved

    async def moved(self, since: int | None, *, named: Collection[str] = ()) -> Moved:
        """Tell how often those machines moved on that had news after ``since`` or are named, or all."""
        now: int = (await self.connection.execute(select(database_now(self.connection)))).scalar_one()
        wanted = select(machines.c.tenant, machines.c.version)
        if since is not None:
            wanted = wanted.where(or_(machines.c.moved > since, machines.c.tenant.in_(named)))
        rows = await self.connection.execute(wanted)
        return Moved(versions={row.tenant: row.version for row in rows}, until=now - UNCOMMITTED)


LOCKS = 7_245_003
"""The first half of PostgreSQL's advisory locks of machines: they hold a machine that has no row yet as well."""
# Always in one order, so that two programs never wait for each other crosswise.
HOLD = text("""
    SELECT pg_advisory_xact_lock(:kind, lock)
      FROM (SELECT DISTINCT hashtext(name) AS lock FROM unnest(CAST(:tenants AS text[])) AS name ORDER BY lock) AS locks
""")
UNCOMMITTED = 5_000_000
"""Microseconds: a step is committed within so long after its machine is saved, which is the last thing that it does."""
