"""Faults, what was measured of them, and what was new about them when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import canonical, digest, dump, load
from bot.store.columns import insert_into
from bot.store.tables import changes, counters, incident_evidence, incidents
from bot.types import Change, Finding, Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvidence:
    """A finding as it was when an incident was saved."""

    saved_at: datetime
    finding: Finding


@dataclass(frozen=True, slots=True)
class Incidents:
    """Incidents by tenant and id, with every version of their findings and every change."""

    connection: AsyncConnection

    async def next_id(self, tenant: str) -> str:
        """Give the next short id of a tenant, "1" at first; an id given is never given again."""
        statement = insert_into(self.connection, counters).values(tenant=tenant, name="incident", value=1)
        statement = statement.on_conflict_do_update(
            index_elements=["tenant", "name"], set_={"value": counters.c.value + 1}
        )
        return str(await self.connection.scalar(statement.returning(counters.c.value)))

    async def save(self, incident: Incident, at: datetime) -> None:
        """Save an incident as it stands at ``at``, and each finding that is not as it was saved before."""
        statement = insert_into(self.connection, incidents).values(
            tenant=incident.tenant,
            id=incident.id,
            opened=incident.opened,
            resolved=incident.resolved,
            saved_at=at,
            body=dump(incident),
        )
        news = {name: statement.excluded[name] for name in ("opened", "resolved", "saved_at", "body")}
        await self.connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "id"], set_=news))
        await self._keep_evidence(incident, at)

    async def get(self, tenant: str, id_: str) -> Incident | None:
        """Read one incident."""
        wanted = select(incidents.c.body).where(incidents.c.tenant == tenant, incidents.c.id == id_)
        body = await self.connection.scalar(wanted)
        return None if body is None else load(Incident, body)

    async def open(self, tenant: str) -> list[Incident]:
        """Read those that are not resolved, oldest first."""
        return await self._read(tenant, incidents.c.resolved.is_(None))

    async def since(self, tenant: str, since: datetime) -> list[Incident]:
        """Read those that are open or were resolved at ``since`` or later, oldest first."""
        return await self._read(tenant, or_(incidents.c.resolved.is_(None), incidents.c.resolved >= since))

    async def evidence(self, tenant: str, id_: str) -> list[KeptEvidence]:
        """Read every version of an incident's findings, in the order of saving."""
        e = incident_evidence.c
        wanted = select(e.saved_at, e.body).where(e.tenant == tenant, e.incident == id_)
        rows = await self.connection.execute(wanted.order_by(e.saved_at, e.finding, e.hash))
        return [KeptEvidence(saved_at=row.saved_at, finding=load(Finding, row.body)) for row in rows]

    async def record(self, news: Sequence[Change]) -> None:
        """Append changes, whether they ring or not."""
        if news:
            await self.connection.execute(changes.insert(), [_row(change) for change in news])

    async def changes(
        self,
        tenant: str,
        since: datetime,
        until: datetime,
        *,
        incident: str | None = None,
        ringing: bool = False,
    ) -> list[Change]:
        """Read the changes with since <= at < until in the order of saving."""
        c = changes.c
        wanted = select(c.body).where(c.tenant == tenant, c.at >= since, c.at < until)
        if incident is not None:
            wanted = wanted.where(c.incident == incident)
        if ringing:
            wanted = wanted.where(c.rings)
        return [load(Change, body) for body in await self.connection.scalars(wanted.order_by(c.id))]

    async def _keep_evidence(self, incident: Incident, at: datetime) -> None:
        rows = [_evidence(incident, finding, at) for finding in incident.findings]
        if rows:
            statement = insert_into(self.connection, incident_evidence).on_conflict_do_nothing()
            await self.connection.execute(statement, rows)

    async def _read(self, tenant: str, condition: ColumnElement[bool]) -> list[Incident]:
        wanted = select(incidents.c.body).where(incidents.c.tenant == tenant, condition)
        bodies = await self.connection.scalars(wanted.order_by(incidents.c.opened, incidents.c.id))
        return [load(Incident, body) for body in bodies]


def _evidence(incident: Incident, finding: Finding, at: datetime) -> dict[str, object]:
    body = dump(finding)
    return {
        "tenant": incident.tenant,
        "incident": incident.id,
        "finding": finding.id,
        "hash": digest(body),
        "saved_at": at,
        "body": body,
    }


def _row(change: Change) -> dict[str, object]:
    return {
        "tenant": change.tenant,
        "at": change.at,
        "incident": change.incident.id if change.incident else None,
        "reason": change.reason.value,
        "rings": change.rings,
        "why": change.why,
        "about": canonical(change.about),
        "body": dump(change),
    }
