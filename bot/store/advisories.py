"""What the vendor said, with every version, and our own times."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy import Row as ResultRow
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bodies import keep_bodies, version_of
from bot.store.columns import insert_into
from bot.store.tables import advisories, advisory_bodies, advisory_versions
from bot.types import AdvisoryGone, AdvisorySeen, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAdvisory:
    """An advisory as the feed listed it last."""

    source: str
    id: str
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None
    issue: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersion:
    """An advisory as it once was, from ``first_seen`` on."""

    first_seen: datetime
    issue: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Advisories:
    """Advisories by tenant, source and id; nothing that was ever listed is deleted."""

    connection: AsyncConnection

    async def note(self, observations: Sequence[Observation]) -> None:
        """Keep every version of every advisory among what was observed."""
        await self.see([seen for seen in observations if isinstance(seen, AdvisorySeen)])
        for seen in observations:
            if isinstance(seen, AdvisoryGone):
                await self.gone(seen)

    async def see(self, batch: Sequence[AdvisorySeen]) -> None:
        """Save advisories as listed now, of any tenants; each wording is kept once for all who have it listed."""
        if not batch:
            return
        rows = [_row(seen) for seen in batch]
        await keep_bodies([seen.issue for seen in batch], self.connection)
        statement = insert_into(self.connection, advisories)
        news = {"last_seen": statement.excluded.last_seen, "version": statement.excluded.version, "gone_at": None}
        newer = advisories.c.last_seen <= statement.excluded.last_seen
        key = ["tenant", "source", "id"]
        listed = [{**row, "last_seen": row["first_seen"]} for row in rows]
        await self.connection.execute(
            statement.on_conflict_do_update(index_elements=key, set_=news, where=newer), listed
        )
        await self._insert(advisory_versions, rows)

    async def gone(self, gone: AdvisoryGone) -> None:
        """Save that the feed lists an advisory no more; the first moment counts."""
        c = advisories.c
        match = (c.tenant == gone.tenant, c.source == gone.source, c.id == gone.id, c.gone_at.is_(None))
        await self.connection.execute(update(advisories).where(*match).values(gone_at=gone.at))

    async def listed(self, tenant: str, source: str | None = None) -> list[KeptAdvisory]:
        """Read the advisories that are listed now, in the order in which we first saw them."""
        return await self._read(tenant, source, advisories.c.gone_at.is_(None))

    async def since(self, tenant: str, since: datetime, source: str | None = None) -> list[KeptAdvisory]:
        """Read the advisories that are listed now or were last listed at ``since`` or later."""
        return await self._read(tenant, source, (advisories.c.gone_at.is_(None)) | (advisories.c.last_seen >= since))

    async def versions(self, tenant: str, source: str, id_: str) -> list[KeptVersion]:
        """Read every version of an advisory, oldest first."""
        v, b = advisory_versions.c, advisory_bodies.c
        wanted = (
            select(v.first_seen, b.body)
            .join(advisory_bodies, v.version == b.version)
            .where(v.tenant == tenant, v.source == source, v.id == id_)
            .order_by(v.first_seen, v.version)
        )
        rows = await self.connection.execute(wanted)
        return [KeptVersion(first_seen=row.first_seen, issue=json.loads(row.body)) for row in rows]

    async def _insert(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        await self.connection.execute(insert_into(self.connection, table).on_conflict_do_nothing(), rows)

    async def _read(self, tenant: str, source: str | None, condition: ColumnElement[bool]) -> list[KeptAdvisory]:
        a, b = advisories.c, advisory_bodies.c
        wanted = select(advisories, b.body).join(advisory_bodies, a.version == b.version)
        wanted = wanted.where(a.tenant == tenant, condition).order_by(a.first_seen, a.source, a.id)
        if source is not None:
            wanted = wanted.where(a.source == source)
        return [_kept(row) for row in await self.connection.execute(wanted)]


def _kept(row: ResultRow[Any]) -> KeptAdvisory:
    return KeptAdvisory(
        source=row.source,
        id=row.id,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        gone_at=row.gone_at,
        issue=json.loads(row.body),
    )


def _row(seen: AdvisorySeen) -> dict[str, object]:
    return {
        "tenant": seen.tenant,
        "source": seen.source,
        "id": str(seen.issue.get("id", "")),
        "version": version_of(seen.issue),
        "first_seen": seen.at,
    }
