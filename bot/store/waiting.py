"""Which deliveries wait, and which of them is next: an incident's keep their order, another's may overtake."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

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


def first_in_line(tenant: str, destination: str, *, pictures: bool) -> Sequence[ColumnElement[bool]]:
    """Match words or pictures for a destination that have nothing of the same incident before them to wait for."""
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
    kind = c.kind == Kind.PICTURE if pictures else c.kind != Kind.PICTURE
    return c.tenant == tenant, c.destination == destination, kind, OPEN, ~before.exists()


def next_due(tenant: str, destination: str, now: datetime, *, pictures: bool) -> Select[Any]:
    """Select what is to be claimed next, locked until then."""
    wanted = select(deliveries).where(*first_in_line(tenant, destination, pictures=pictures), is_due(now))
    return wanted.order_by(deliveries.c.id).limit(1).with_for_update(skip_locked=True, of=deliveries)


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


def is_due(now: datetime) -> ColumnElement[bool]:
    """Match what waits to be tried by now, and what somebody claimed and did not mark in time."""
    c = deliveries.c
    return or_(
        and_(c.state == State.WAITING, c.due <= now),
        and_(c.state == State.CLAIMED, c.leased_until <= now),
    )
