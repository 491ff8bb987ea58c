"""Counts and delays by route and minute, and by quarter of an hour, and how long each is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import EPOCH, MICROSECOND, insert_into
from bot.store.tables import marks, observations, route_minutes, route_quarters

ROLLED = "rolled"
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
AT_ONCE = timedelta(hours=1)
"""How much raw time one call works through."""
AGAIN = timedelta(minutes=2)
"""How far back each call looks once more, for rows whose transaction ended after the last call."""
RAW_KEPT = timedelta(hours=48)
ROLLED_KEPT = ((route_minutes, timedelta(days=14)), (route_quarters, timedelta(days=396)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStretch:
    """What happened on a route from ``at`` for a minute or a quarter of an hour."""

    route: str
    at: datetime
    sent: int
    arrived: int
    refused: int
    bounced: int
    unreachable: int
    latency_sum: timedelta
    latency_median: timedelta | None
    latency_max: timedelta | None


@dataclass(frozen=True, slots=True)
class Rollups:
    """Roll-ups of the raw observations: minutes kept 14 days, quarter-hours 13 months."""

    connection: AsyncConnection

    async def roll_up(self, now: datetime) -> bool:
        """Roll up to an hour of finished minutes and quarter-hours; True if more is left for another transaction."""
        since = await self._first_open()
        end = _floor(now, MINUTE)
        if since is None or since >= end:
            return False
        until = min(_floor(since, MINUTE) + AT_ONCE, end)
        await self._roll(route_minutes, MINUTE, _floor(since - AGAIN, MINUTE), until)
        await self._roll(route_quarters, QUARTER, _floor(since - AGAIN, QUARTER), _floor(until, QUARTER))
        await self._mark(until)
        return until < end

    async def minutes(self, tenant: str, since: datetime, until: datetime) -> list[RouteStretch]:
        """Read the minutes that begin in since <= at < until, in order of time and route."""
        return await self._read(route_minutes, tenant, since, until)

    async def quarters(self, tenant: str, since: datetime, until: datetime) -> list[RouteStretch]:
        """Read the quarter-hours that begin in since <= at < until, in order of time and route."""
        return await self._read(route_quarters, tenant, since, until)

    async def retire(self, now: datetime, *, at_most: int = 5_000) -> int:
        """Delete up to so many rows of each kind that are older than they are kept; 0 when all is done."""
        mark = await self._marked()
        gone = 0 if mark is None else await self._retire(observations, min(now - RAW_KEPT, mark - AGAIN), at_most)
        for table, kept in ROLLED_KEPT:
            gone += await self._retire(table, now - kept, at_most)
        return gone

    async def _first_open(self) -> datetime | None:
        """Find the first raw moment that no call has worked through, skipping stretches without any."""
        first = select(func.min(observations.c.at)).where(observations.c.route.is_not(None))
        mark = await self._marked()
        if mark is not None:
            first = first.where(observations.c.at >= mark)
        found: datetime | None = await self.connection.scalar(first)
        return found

    async def _marked(self) -> datetime | None:
        mark: datetime | None = await self.connection.scalar(select(marks.c.at).where(marks.c.name == ROLLED))
        return mark

    async def _mark(self, until: datetime) -> None:
        statement = insert_into(self.connection, marks).values(name=ROLLED, at=until)
        await self.connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"at": statement.excluded.at})
        )

    async def _roll(self, table: Table, step: timedelta, since: datetime, until: datetime) -> None:
        rows = _rolled(step, since, until)
        statement = insert_into(self.connection, table).from_select([*rows.selected_columns.keys()], rows)
        values = {
            name: statement.excluded[name] for name in set(table.c.keys()) - set(table.primary_key.columns.keys())
        }
        await self.connection.execute(
            statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values)
        )

    async def _read(self, table: Table, tenant: str, since: datetime, until: datetime) -> list[RouteStretch]:
        columns = [column for column in table.c if column.name != "tenant"]
        wanted = select(*columns).where(table.c.tenant == tenant, table.c.at >= since, table.c.at < until)
        rows = await self.connection.execute(wanted.order_by(table.c.at, table.c.route))
        return [RouteStretch(**row) for row in rows.mappings()]

    async def _retire(self, table: Table, before: datetime, at_most: int) -> int:
        key = tuple_(*table.primary_key)
        old = select(*table.primary_key).where(table.c.at < before).order_by(table.c.at).limit(at_most)
        result = await self.connection.execute(delete(table).where(key.in_(old)))
        return result.rowcount


def _floor(at: datetime, step: timedelta) -> datetime:
    return at - (at - EPOCH) % step


def _rolled(step: timedelta, since: datetime, until: datetime) -> Select[Any]:
    """Count by route and bucket; the median is of the one or two in the middle of those that arrived."""
    at = type_coerce(observations.c.at, BigInteger)
    bucket = (at - at % literal(step // MICROSECOND, BigInteger)).label("at")
    c = observations.c
    group = (c.tenant, c.route, bucket, c.kind)
    raw = (
        select(
            c.tenant,
            c.route,
            bucket,
            c.kind,
            type_coerce(c.latency, BigInteger).label("latency"),
            func.row_number().over(partition_by=group, order_by=c.latency).label("place"),
            func.count().over(partition_by=group).label("size"),
        )
        .where(c.at >= since, c.at < until, c.route.is_not(None))
        .subquery()
    )
    r = raw.c
    middle = case((r.place.in_([(r.size + 1) // 2, (r.size + 2) // 2]), r.latency))
    return select(
        r.tenant,
        r.route,
        r.at,
        *(
            _count(r.kind, kind).label(kind.lower())
            for kind in ("Sent", "Arrived", "Refused", "Bounced", "Unreachable")
        ),
        cast(func.coalesce(func.sum(r.latency), 0), BigInteger).label("latency_sum"),
        cast(func.avg(middle), BigInteger).label("latency_median"),
        func.max(r.latency).label("latency_max"),
    ).group_by(r.tenant, r.route, r.at)


def _count(kind: ColumnElement[str], wanted: str) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((kind == wanted, 1), else_=0)), 0)
