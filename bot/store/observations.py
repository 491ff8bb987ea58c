"""What watchers saw: raw rows, and each route as it is now."""

import json
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Executable, Select, case, func, literal, or_, select, tuple_, type_coerce, update
from sqlalchemy import Row as ResultRow
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bodies import keep_bodies, version_of
from bot.store.codec import canonical
from bot.store.columns import EPOCH, MICROSECOND, Row, Time, insert_for
from bot.store.tables import advisory_bodies, current, marks, observations
from bot.types import (
    AdvisoryGone,
    AdvisorySeen,
    Arrived,
    Bounced,
    CalendarSeen,
    Duplicated,
    Observation,
    ProbeObservation,
    ProbeSeen,
    Refused,
    Reported,
    Sent,
    SourceBack,
    SourceBlind,
    Unreachable,
)
from bot.types.way import read_legs, write_legs

KINDS: dict[str, type[Observation]] = {
    kind.__name__: kind
    for kind in (
        Sent,
        Refused,
        Unreachable,
        Arrived,
        Duplicated,
        Bounced,
        CalendarSeen,
        AdvisorySeen,
        AdvisoryGone,
        SourceBlind,
        SourceBack,
        Reported,
    )
}
OWN_COLUMNS = ("tenant", "at", "route", "probe", "latency")
PAGE = 5_000
ROLLABLE = timedelta(hours=46)
"""How late a row may come and still be rolled up: beyond it the raw rows beside it may be gone already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteNow:
    """The last that was seen of a route."""

    route: str
    at: datetime
    sent_at: datetime | None = None
    arrived_at: datetime | None = None
    latency: timedelta | None = None
    """Of the last that arrived."""
    failed_at: datetime | None = None
    failure: str = ""
    """What the server said last when a message was refused, bounced or found nobody."""


@dataclass(frozen=True, slots=True)
class Observations:
    """Raw observations, kept 48 hours, and a row for each route as it is now."""

    connection: AsyncConnection

    async def add(self, batch: Sequence[Observation]) -> None:
        """Save a batch of any size and order; each route's current row follows."""
        if not batch:
            return
        await keep_bodies([each.issue for each in batch if isinstance(each, AdvisorySeen)], self.connection)
        await self.connection.execute(observations.insert(), [_row(each) for each in batch])
        await self._follow(batch)
        await self._wind_back(min(each.at for each in batch))

    async def between(
        self,
        tenant: str,
        since: datetime,
        until: datetime,
        *,
        routes: Collection[str] | None = None,
        kinds: Collection[type[Observation]] | None = None,
    ) -> AsyncIterator[Observation]:
        """Read those with since <= at < until in order of time, page by page."""
        wanted = (
            select(observations, advisory_bodies.c.body)
            .outerjoin(advisory_bodies, observations.c.version == advisory_bodies.c.version)
            .where(observations.c.tenant == tenant, observations.c.at >= since, observations.c.at < until)
            .order_by(observations.c.at, observations.c.id)
            .limit(PAGE)
        )
        if routes is not None:
            wanted = wanted.where(observations.c.route.in_(routes))
        if kinds is not None:
            wanted = wanted.where(observations.c.kind.in_([kind.__name__ for kind in kinds]))
        async for row in self._pages(wanted):
            yield _observation(row)

    async def now(self, tenant: str) -> list[RouteNow]:
        """Tell the last that was seen of every route, by name."""
        rows = await self.connection.execute(select(current).where(current.c.tenant == tenant).order_by("route"))
        return [
            RouteNow(
                route=row.route,
                at=row.at,
                sent_at=row.sent_at,
                arrived_at=row.arrived_at,
                latency=row.latency,
                failed_at=row.failed_at,
                failure=row.failure or "",
            )
            for row in rows
        ]

    async def _pages(self, wanted: Select[Any]) -> AsyncIterator[ResultRow[Any]]:
        page = (await self.connection.execute(wanted)).all()
        while page:
            for row in page:
                yield row
            if len(page) < PAGE:
                return
            last = tuple_(literal(page[-1].at, Time), literal(page[-1].id, BigInteger))
            after = tuple_(observations.c.at, observations.c.id) > last
            page = (await self.connection.execute(wanted.where(after))).all()

    async def _follow(self, batch: Iterable[Observation]) -> None:
        rows = _currents(batch)
        if not rows:
            return
        await self.connection.execute(_following(self.connection.dialect.name), rows)

    async def _wind_back(self, oldest: datetime) -> None:
        """Have rows that come late rolled up again."""
        mark = type_coerce(marks.c.at, BigInteger)
        bottom = mark - literal(ROLLABLE // MICROSECOND, BigInteger)
        new = literal((oldest - EPOCH) // MICROSECOND, BigInteger)
        await self.connection.execute(
            update(marks)
            .where(marks.c.at > oldest)
            .values(at=type_coerce(case((new > bottom, new), else_=bottom), Time))
        )


GATES = {
    "at": ("at",),
    "sent_at": ("sent_at",),
    "arrived_at": ("arrived_at", "latency"),
    "failed_at": ("failed_at", "failure"),
}


@cache
def _following(dialect: str) -> Executable:
    """Have rows of routes follow what is newer; written once, as that takes longer than to run it."""
    statement = insert_for(dialect, current)
    new = statement.excluded
    newest = {
        name: case(
            (or_(new[gate] >= current.c[gate], current.c[gate].is_(None)), func.coalesce(new[name], current.c[name])),
            else_=current.c[name],
        )
        for gate, names in GATES.items()
        for name in names
    }
    return statement.on_conflict_do_update(index_elements=["tenant", "route"], set_=newest)


"""Which moment decides whether a column of the current row is newer."""


def _row(observation: Observation) -> dict[str, object]:
    rest = {
        field.name: getattr(observation, field.name)
        for field in fields(observation)
        if field.name not in OWN_COLUMNS and field.name != "issue" and getattr(observation, field.name) != field.default
    }
    if isinstance(observation, Arrived) and observation.legs:
        rest["legs"] = write_legs(observation.legs)
    return {
        "kind": type(observation).__name__,
        **{name: getattr(observation, name, None) for name in OWN_COLUMNS},
        "rest": canonical(rest) if rest else None,
        "version": version_of(observation.issue) if isinstance(observation, AdvisorySeen) else None,
    }


def _observation(row: ResultRow[Any]) -> Observation:
    kind = KINDS[row.kind]
    known = {field.name for field in fields(kind)}
    named = {name: getattr(row, name) for name in OWN_COLUMNS if name in known}
    # What an older or newer version wrote beside is not read.
    rest = {name: value for name, value in json.loads(row.rest or "{}").items() if name in known}
    for name in {"routes", "leaving"} & rest.keys():
        rest[name] = tuple(rest[name])
    if "legs" in rest:
        rest["legs"] = read_legs(rest["legs"])
    if row.body is not None:
        rest["issue"] = json.loads(row.body)
    return kind(**named, **rest)


def _currents(batch: Iterable[Observation]) -> list[Row]:
    """Fold a batch into at most one row for each route."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for each in sorted(batch, key=lambda observation: observation.at):
        if not isinstance(each, ProbeSeen):
            continue
        row = rows.setdefault((each.tenant, each.route), dict.fromkeys(current.c.keys()))
        row.update(tenant=each.tenant, route=each.route, at=each.at, **_news(each))
    return list(rows.values())


def _news(each: ProbeObservation) -> Row:
    match each:
        case Sent():
            return {"sent_at": each.at}
        case Arrived():
            return {"arrived_at": each.at, "latency": each.latency}
        case Duplicated():
            return {}
        case Unreachable():
            return {"failed_at": each.at, "failure": each.error}
        case Refused() | Bounced():
            return {"failed_at": each.at, "failure": each.reply}
