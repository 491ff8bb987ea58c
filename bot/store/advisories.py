"""What the vendor said, with every version and every post, and our own times."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy import Row as ResultRow
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import canonical, digest
from bot.store.columns import insert_into
from bot.store.tables import advisories, advisory_bodies, advisory_posts, advisory_versions
from bot.types import AdvisoryGone, AdvisorySeen


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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPost:
    """One wording of one post, with the vendor's time as the vendor wrote it and ours."""

    created: str
    first_seen: datetime
    post: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Advisories:
    """Advisories by tenant, source and id; nothing that was ever listed is deleted."""

    connection: AsyncConnection

    async def see(self, seen: AdvisorySeen) -> bool:
        """Save an advisory as listed now; True if the feed never listed it so before."""
        body = canonical(seen.issue)
        version, id_ = digest(body), str(seen.issue.get("id", ""))
        await self._touch(seen, id_, version)
        await self._insert(advisory_bodies, {"version": version, "body": body})
        key = {"tenant": seen.tenant, "source": seen.source, "id": id_}
        new = await self._insert(advisory_versions, {**key, "version": version, "first_seen": seen.at})
        if new:
            for post in _posts(seen.issue):
                await self._insert(advisory_posts, {**key, **post, "first_seen": seen.at})
        return new

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

    async def posts(self, tenant: str, source: str, id_: str) -> list[KeptPost]:
        """Read every wording of every post of an advisory, in the vendor's order, then ours."""
        p = advisory_posts.c
        wanted = select(advisory_posts).where(p.tenant == tenant, p.source == source, p.id == id_)
        rows = await self.connection.execute(wanted.order_by(p.created, p.first_seen, p.hash))
        return [KeptPost(created=row.created, first_seen=row.first_seen, post=json.loads(row.body)) for row in rows]

    async def _touch(self, seen: AdvisorySeen, id_: str, version: str) -> None:
        statement = insert_into(self.connection, advisories).values(
            tenant=seen.tenant, source=seen.source, id=id_, first_seen=seen.at, last_seen=seen.at, version=version
        )
        news = {"last_seen": seen.at, "version": version, "gone_at": None}
        await self.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant", "source", "id"], set_=news, where=advisories.c.last_seen <= seen.at
            )
        )

    async def _insert(self, table: Table, row: Mapping[str, object]) -> bool:
        statement = insert_into(self.connection, table).values(row).on_conflict_do_nothing()
        return await self.connection.scalar(statement.returning(*table.primary_key)) is not None

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


def _posts(issue: Mapping[str, object]) -> list[dict[str, str]]:
    """Take the posts of a Graph ``serviceHealthIssue``; other shapes keep theirs in the versions alone."""
    posts = issue.get("posts")
    if not isinstance(posts, list):
        return []
    return [_post(post) for post in posts if isinstance(post, Mapping)]


def _post(post: Mapping[str, object]) -> dict[str, str]:
    body = canonical(post)
    return {"created": str(post.get("createdDateTime", "")), "hash": digest(body), "body": body}
