"""Which deliveries wait, and which of them is next: an incident's keep their order, another's may overtake."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Update, and_, bindparam, func, or_, select, update

from bot.store.columns import Time
from bot.store.tables import deliveries
from bot.types import Delivery, Kind


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    SUPERSEDED = "superseded"


OPEN = deliveries.c.state.in_([State.WAITING, State.CLAIMED])
IS_PICTURE = deliveries.c.kind == Kind.PICTURE


WHOSE: BindParameter[str] = bindparam("whose")
WHERE_TO: BindParameter[str] = bindparam("where_to")
NOW: BindParameter[datetime] = bindparam("now", type_=Time)


def at(tenant: str, destination: str, now: datetime | None = None) -> Mapping[str, object]:
    """Give what the statements below are asked with, which are written once: that takes longer than to run them."""
    return {"whose": tenant, "where_to": destination, **({"now": now} if now else {})}


@cache
def next_due(*, pictures: bool) -> Select[Any]:
    """Select what is to be claimed next, words or pictures, locked until then."""
    kind = IS_PICTURE if pictures else ~IS_PICTURE
    wanted = select(deliveries).where(*_first_in_line(), kind, is_due(NOW))
    return wanted.order_by(deliveries.c.id).limit(1).with_for_update(skip_locked=True, of=deliveries)


@cache
def when_due() -> Select[Any]:
    """Select the moments when the next words and the next picture are to be claimed, a lease's end included."""
    moment = func.min(func.coalesce(deliveries.c.leased_until, deliveries.c.due), type_=Time)
    wanted = select(IS_PICTURE.label("pictures"), moment.label("due"))
    return wanted.where(*_first_in_line()).group_by("pictures")


@cache
def supersede() -> Update:
    """End every edit that a newer one of the same incident makes pointless, unless it may be under way."""
    c, newer = deliveries.c, deliveries.alias("newer").c
    after = select(newer.id).where(
        newer.tenant == c.tenant,
        newer.destination == c.destination,
        newer.incident == c.incident,
        newer.id > c.id,
        newer.kind == Kind.EDIT,
        newer.state.in_([State.WAITING, State.CLAIMED]),
    )
    idle = or_(c.state == State.WAITING, c.leased_until <= NOW)
    outdated = (c.tenant == WHOSE, c.destination == WHERE_TO, c.kind == Kind.EDIT, OPEN, idle, after.exists())
    return update(deliveries).where(*outdated).values(state=State.SUPERSEDED, ended_at=NOW, leased_until=None)


def _first_in_line() -> Sequence[ColumnElement[bool]]:
    """Match what waits for a destination and has nothing of the same incident before it to wait for."""
    c, older = deliveries.c, deliveries.alias("older").c
    before = select(older.id).where(
        older.tenant == c.tenant,
        older.destination == c.destination,
        older.incident == c.incident,
        older.id < c.id,
        older.state.in_([State.WAITING, State.CLAIMED]),
        or_(older.kind == c.kind, older.kind == Kind.HEAD, c.kind.in_([Kind.HEAD, Kind.PICTURE])),
        or_(older.kind != Kind.PICTURE, c.kind == Kind.PICTURE),
    )
    return c.tenant == WHOSE, c.destination == WHERE_TO, OPEN, ~before.exists()


def rest(first: Delivery, now: datetime, *, of_its_incident: bool) -> Select[Any]:
    """Match what is due beside a claimed delivery, unless something of the same incident has to go before it alone."""
    c, older = deliveries.c, deliveries.alias("older").c
    held = select(older.id).where(
        older.tenant == c.tenant,
        older.destination == c.destination,
        older.incident == c.incident,
        older.id < c.id,
        older.id != first.id,
        or_(
            and_(older.state == State.CLAIMED, older.leased_until > now),
            and_(older.state == State.WAITING, older.due > now),
        ),
    )
    place = (c.tenant == first.message.tenant, c.destination == first.destination, c.kind != Kind.PICTURE)
    words = (c.incident == (first.message.incident or ""), c.kind != Kind.EDIT) if of_its_incident else ()
    wanted = select(deliveries).where(*place, *words, c.id != first.id, is_due(now), ~held.exists())
    return wanted.order_by(c.id).with_for_update(skip_locked=True, of=deliveries)


def is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Match what waits to be tried by now, and what somebody claimed and did not mark in time."""
    c = deliveries.c
    return or_(
        and_(c.state == State.WAITING, c.due <= now),
        and_(c.state == State.CLAIMED, c.leased_until <= now),
    )
