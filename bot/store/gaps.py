"""Which destinations cannot be reached now, since when, and who is told in their stead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row as ResultRow
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import insert_into
from bot.store.tables import gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch during which a destination takes nothing; it ends with the first message that is taken."""

    destination: str
    since: datetime
    """Of the first failure."""
    why: str
    """Of the newest one."""
    stand_ins: tuple[str, ...] = ()
    """Destinations that were told meanwhile."""
    shut: str = ""
    """The address, as a fingerprint, that fails for good: nothing is tried there before ``probe``; else empty."""
    probe: datetime | None = None
    """When a destination that is shut is tried again."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """At most one a destination, by tenant."""

    connection: AsyncConnection

    async def get(self, tenant: str, destination: str) -> Gap | None:
        """Read the gap that a destination is in, if any."""
        wanted = select(gaps).where(gaps.c.tenant == tenant, gaps.c.destination == destination)
        row = (await self.connection.execute(wanted)).one_or_none()
        return None if row is None else _gap(row)

    async def all(self, tenant: str) -> Sequence[Gap]:
        """Read every gap, the longest first."""
        wanted = select(gaps).where(gaps.c.tenant == tenant).order_by(gaps.c.since, gaps.c.destination)
        return [_gap(row) for row in await self.connection.execute(wanted)]

    async def shut(self) -> Sequence[tuple[str, Gap]]:
        """Read those of all tenants, each with its tenant, where nothing is tried now."""
        rows = await self.connection.execute(select(gaps).where(gaps.c.shut != ""))
        return [(row.tenant, _gap(row)) for row in rows]

    async def save(self, tenant: str, gap: Gap) -> None:
        """Begin a gap, or renew what is known of it."""
        statement = insert_into(self.connection, gaps).values(
            tenant=tenant,
            destination=gap.destination,
            since=gap.since,
            why=gap.why,
            stand_ins="\n".join(gap.stand_ins),
            shut=gap.shut,
            probe=gap.probe,
        )
        news = {name: statement.excluded[name] for name in ("since", "why", "stand_ins", "shut", "probe")}
        await self.connection.execute(
            statement.on_conflict_do_update(index_elements=["tenant", "destination"], set_=news)
        )

    async def rouse(self, now: datetime) -> None:
        """End all waits for a moment of a clock that was set back, at anybody's."""
        c = gaps.c
        await self.connection.execute(update(gaps).where(c.since > now).values(since=now))
        await self.connection.execute(update(gaps).where(c.probe > now).values(probe=now))

    async def end(self, tenant: str, destination: str) -> None:
        """Forget a gap: the destination took a message."""
        match = (gaps.c.tenant == tenant, gaps.c.destination == destination)
        await self.connection.execute(delete(gaps).where(*match))


def _gap(row: ResultRow[Any]) -> Gap:
    return Gap(
        destination=row.destination,
        since=row.since,
        why=row.why,
        stand_ins=tuple(row.stand_ins.split("\n")) if row.stand_ins else (),
        shut=row.shut,
        probe=row.probe,
    )
