"""What far vantages pushed: how far, so that nothing counts twice and no push is let in again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row as ResultRow
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import insert_into
from bot.store.errors import StoreError
from bot.store.tables import pushes

FORGOTTEN = timedelta(days=30)
"""After so long without a push a spool is forgotten: its vantage has another one by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """How far one spool of a vantage has come for one tenant."""

    vantage: str
    spool: str
    last: int
    """The number of the newest line that was taken."""
    signed: datetime
    """When its newest push was signed, by the vantage's clock."""
    heard: datetime
    """When it came, by ours."""
    offset: timedelta
    """How far our clock is ahead of the vantage's."""


@dataclass(frozen=True, slots=True)
class Pushes:
    """The newest push of each spool, noted in the transaction that saves what it brought."""

    connection: AsyncConnection

    async def known(self, vantage: str, spool: str) -> Mapping[str, Push]:
        """Tell how far a spool has come, by tenant."""
        wanted = select(pushes).where(pushes.c.vantage == vantage, pushes.c.spool == spool)
        return {row.tenant: _push(row) for row in await self.connection.execute(wanted)}

    async def newest(self, vantage: str) -> Push | None:
        """Give the last push of a vantage."""
        wanted = select(pushes).where(pushes.c.vantage == vantage).order_by(pushes.c.heard.desc()).limit(1)
        row = (await self.connection.execute(wanted)).one_or_none()
        return None if row is None else _push(row)

    async def note(self, tenant: str, push: Push, *, after: int) -> None:
        """Note a push that goes on from the line numbered ``after``; StoreError where another machine was quicker."""
        row = {"tenant": tenant, **{name: getattr(push, name) for name in Push.__dataclass_fields__}}
        statement = insert_into(self.connection, pushes).values(row)
        updated = statement.on_conflict_do_update(
            index_elements=["tenant", "vantage", "spool"],
            set_={name: statement.excluded[name] for name in ("last", "signed", "heard", "offset")},
            where=pushes.c.last == after,
        ).returning(pushes.c.last)
        if (await self.connection.execute(updated)).one_or_none() is None:
            raise StoreError("store: another machine is taking this push")
        old = pushes.c.heard < push.heard - FORGOTTEN
        await self.connection.execute(delete(pushes).where(pushes.c.vantage == push.vantage, old))


def _push(row: ResultRow[Any]) -> Push:
    return Push(**{name: getattr(row, name) for name in Push.__dataclass_fields__})
