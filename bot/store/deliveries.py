"""The outbox: what is to be told where, each attempt counted before it is made, and where it landed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row as ResultRow
from sqlalchemy import case, func, literal, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import waiting
from bot.store.codec import dump, load
from bot.store.columns import Time, insert_into
from bot.store.tables import deliveries, landings
from bot.store.waiting import OPEN, State
from bot.types import Delivery, Draft, Kind, Landed, Message, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What waits for one destination, tries under way included."""

    count: int
    oldest: datetime
    """When the oldest was saved."""
    due: datetime
    """When the next try is due at the earliest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When the next words, and the next picture, are to be claimed; None where none waits."""

    words: datetime | None = None
    pictures: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """A delivery as the page and the audit show it."""

    id: int
    destination: str
    kind: Kind
    message: Message
    key: str
    state: State
    saved_at: datetime
    due: datetime
    attempts: int
    doubts: int
    """Tries that may have landed, one that is under way included."""
    landed: Landed | None
    error: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Deliveries by tenant and destination; marking one takes the fence of its newest claim."""

    connection: AsyncConnection

    async def save(self, drafts: Sequence[Draft], at: datetime) -> list[int]:
        """Save drafts in order and give the ids of the new ones; a key that a destination has already is not new."""
        saved = [await self._save(draft, at) for draft in drafts]
        return [id_ for id_ in saved if id_ is not None]

    async def claim(
        self, tenant: str, destination: str, now: datetime, lease: timedelta, *, pictures: bool = False
    ) -> Delivery | None:
        """Claim the oldest due delivery until ``now + lease``, its attempt counted; None if nothing is due.

        Words and ``pictures`` are claimed apart: no words wait for a picture, but a picture for the words before it.
        Deliveries about one incident keep their order, except that a reply does not wait for an edit, nor an edit for a
        reply; those about another incident may overtake one that waits for its next try. Of several edits only the
        newest is claimed. Each claim is a doubt until it is marked: one whose claim ran out may have landed.
        """
        asked = waiting.at(tenant, destination, now)
        await self.connection.execute(waiting.supersede(), asked)
        row = (await self.connection.execute(waiting.next_due(pictures=pictures), asked)).one_or_none()
        return None if row is None else await self._claimed(row, now + lease)

    async def claim_rest(
        self, first: Delivery, now: datetime, lease: timedelta, *, most: int, of_its_incident: bool = False
    ) -> list[Delivery]:
        """Claim what else waits where ``first`` goes and is due, oldest first, as ``claim`` would one after another.

        All of it can then be told in one message; ``of_its_incident``: the words alone, without edits.
        """
        rows = await self.connection.execute(waiting.rest(first, now, of_its_incident=of_its_incident).limit(most))
        claimed = [await self._claimed(row, now + lease) for row in rows.all()]
        return [one for one in claimed if one is not None]

    async def _claimed(self, row: ResultRow[Any], until: datetime) -> Delivery | None:
        claimed = {
            "state": State.CLAIMED,
            "attempts": row.attempts + 1,
            "fence": row.fence + 1,
            "doubts": row.doubts + 1,
            "leased_until": until,
        }
        match = (deliveries.c.id == row.id, deliveries.c.fence == row.fence)
        result = await self.connection.execute(update(deliveries).where(*match).values(claimed))
        if not result.rowcount:
            return None
        return _delivery(row, claimed, await self.landing(row.tenant, row.destination, row.incident))

    async def tells(self, destination: str, message: Message) -> bool:
        """Tell whether a destination is told of a change already, for itself or in the stead of another one."""
        c = deliveries.c
        same = (c.tenant == message.tenant, c.destination == destination, c.incident == (message.incident or ""),
                c.kind.in_([Kind.HEAD, Kind.REPLY]), or_(OPEN, c.state == State.SENT))  # fmt: skip
        recent = select(c.message).where(*same).order_by(c.id.desc()).limit(LOOKED_BACK)
        kept = [load(Message, one) for one in await self.connection.scalars(recent)]
        return any((one.at, one.reason) == (message.at, message.reason) for one in kept)

    async def mark_sent(self, delivery: Delivery, landed: Landed | None, at: datetime) -> bool:
        """Save that it was sent, and where the head stands from now on; False if the claim is not the newest."""
        done = {"state": State.SENT, "ended_at": at, "doubts": 0, "leased_until": None, "error": None}
        where = {"channel": landed.channel, "landed": landed.id} if landed else {}
        if not await self._mark(delivery, {**done, **where}):
            return False
        if landed and landed != delivery.head:
            message = delivery.message
            await self.land(message.tenant, delivery.destination, message.incident or "", landed, at=at)
        return True

    async def mark_failed(self, delivery: Delivery, error: str, due: datetime) -> bool:
        """Save that this try surely did not land and when the next is due; False if the claim is not the newest.

        The doubts that earlier tries left stay.
        """
        doubts = deliveries.c.doubts - 1
        return await self._mark(delivery, {**WAITING, "doubts": doubts, "due": due, "error": error})

    async def mark_unknown(self, delivery: Delivery, error: str, due: datetime) -> bool:
        """Save that the try may have landed and is due for a look; False if the claim is not the newest."""
        return await self._mark(delivery, {**WAITING, "due": due, "error": error})

    async def give_up(self, delivery: Delivery, error: str, at: datetime) -> bool:
        """Save that it failed for good: the row stays, to be seen; False if the claim is not the newest."""
        values = {"state": State.FAILED, "ended_at": at, "leased_until": None, "error": error}
        return await self._mark(delivery, values)

    async def give_up_all(self, tenant: str, why: str, at: datetime) -> None:
        """Give up all that waits for a tenant's channels and people; a try under way still ends by itself."""
        c = deliveries.c
        ended = {"state": State.FAILED, "ended_at": at, "error": why}
        await self.connection.execute(
            update(deliveries).where(c.tenant == tenant, c.state == State.WAITING).values(ended)
        )

    async def drop(self, tenant: str, destination: str, at: datetime) -> None:
        """Send no more of what waits for a destination that wants nothing any more."""
        c = deliveries.c
        waiting = (c.tenant == tenant, c.destination == destination, c.state == State.WAITING)
        await self.connection.execute(update(deliveries).where(*waiting).values(state=State.SUPERSEDED, ended_at=at))

    async def hold(self, tenant: str, destination: str, now: datetime, *, until: datetime) -> list[Delivery]:
        """Give what is due at a destination that is not to be tried now, oldest first, and have it wait until then."""
        c = deliveries.c
        match = (c.tenant == tenant, c.destination == destination, waiting.is_due(now))
        rows = (await self.connection.execute(select(deliveries).where(*match).order_by(c.id))).all()
        held = {**WAITING, "due": until, "fence": c.fence + 1}
        await self.connection.execute(update(deliveries).where(*match).values(held))
        return [_delivery(row, row._asdict(), None) for row in rows]

    async def release(self, tenant: str, destination: str, now: datetime) -> None:
        """Have all that waited because a destination took nothing tried at once, as it takes messages again."""
        c = deliveries.c
        kept = or_(c.fence > 0, c.due <= now)
        match = (c.tenant == tenant, c.destination == destination, c.state == State.WAITING, kept)
        due = case((c.due > now, literal(now, Time)), else_=c.due)
        await self.connection.execute(update(deliveries).where(*match).values(due=due, fence=c.fence + 1))

    async def land(self, tenant: str, destination: str, incident: str, landed: Landed, *, at: datetime) -> None:
        """Save where an incident's head stands at a destination."""
        statement = insert_into(self.connection, landings).values(
            tenant=tenant, destination=destination, incident=incident, channel=landed.channel, landed=landed.id, at=at
        )
        news = {name: statement.excluded[name] for name in ("channel", "landed", "at")}
        key = ["tenant", "destination", "incident"]
        await self.connection.execute(statement.on_conflict_do_update(index_elements=key, set_=news))

    async def landing(self, tenant: str, destination: str, incident: str) -> Landed | None:
        """Tell where an incident's head stands at a destination."""
        c = landings.c
        wanted = select(c.channel, c.landed).where(
            c.tenant == tenant, c.destination == destination, c.incident == incident
        )
        row = (await self.connection.execute(wanted)).one_or_none() if incident else None
        return None if row is None else Landed(channel=row.channel, id=row.landed)

    async def heads(self, tenant: str, incident: str) -> frozenset[str]:
        """Name the destinations that have an incident's head, landed or still to be sent."""
        landed = select(landings.c.destination).where(landings.c.tenant == tenant, landings.c.incident == incident)
        c = deliveries.c
        sent_or_waiting = select(c.destination).where(
            c.tenant == tenant, c.incident == incident, c.kind == Kind.HEAD, or_(OPEN, c.state == State.SENT)
        )
        return frozenset(await self.connection.scalars(union(landed, sent_or_waiting)))

    async def pending(self, tenant: str) -> dict[str, Pending]:
        """Count what is not told yet, by destination; a picture is told without."""
        c = deliveries.c
        wanted = select(c.destination, func.count(), func.min(c.saved_at), func.min(c.due))
        wanted = (
            wanted.where(c.tenant == tenant, OPEN, c.kind != Kind.PICTURE)
            .group_by(c.destination)
            .order_by(c.destination)
        )
        rows = await self.connection.execute(wanted)
        return {name: Pending(count=count, oldest=oldest, due=due) for name, count, oldest, due in rows}

    async def next_due(self, tenant: str, destination: str) -> Due:
        """Tell when ``claim`` will next find something, a lease's end included."""
        rows = await self.connection.execute(waiting.when_due(), waiting.at(tenant, destination))
        moments = {row.pictures: row.due for row in rows}
        return Due(words=moments.get(False), pictures=moments.get(True))

    async def recent(self, tenant: str, *, limit: int = 100, people: bool = False) -> list[KeptDelivery]:
        """Read the newest deliveries in any state, newest first: to channels, or to ``people`` who are told in person.

        What one person is told is nobody else's business, and many people must not push the channels out of sight.
        """
        c = deliveries.c
        whose = c.destination.startswith(Person.MARK)
        wanted = select(deliveries).where(c.tenant == tenant, whose if people else ~whose)
        wanted = wanted.order_by(c.id.desc()).limit(limit)
        return [_kept(row) for row in await self.connection.execute(wanted)]

    async def _save(self, draft: Draft, at: datetime) -> int | None:
        row = {
            "tenant": draft.message.tenant,
            "destination": draft.destination,
            "incident": draft.message.incident or "",
            "kind": draft.kind.value,
            "key": draft.key,
            "message": dump(draft.message),
            "saved_at": at,
            "due": draft.due,
            "wanted": draft.due,
            "state": State.WAITING,
        }
        statement = insert_into(self.connection, deliveries).values(row).on_conflict_do_nothing()
        id_: int | None = await self.connection.scalar(statement.returning(deliveries.c.id))
        return id_

    async def _mark(self, delivery: Delivery, values: dict[str, object]) -> bool:
        c = deliveries.c
        match = (c.id == delivery.id, c.fence == delivery.fence, c.state == State.CLAIMED)
        return (await self.connection.execute(update(deliveries).where(*match).values(values))).rowcount > 0


WAITING: dict[str, object] = {"state": State.WAITING, "leased_until": None}
LOOKED_BACK = 50
"""So many deliveries of one incident are read to see whether a change was told."""


def _delivery(row: ResultRow[Any], claimed: dict[str, Any], head: Landed | None) -> Delivery:
    return Delivery(
        id=row.id,
        destination=row.destination,
        kind=Kind(row.kind),
        message=load(Message, row.message),
        key=row.key,
        wanted=row.wanted or row.due,
        attempts=claimed["attempts"],
        fence=claimed["fence"],
        doubts=claimed["doubts"] - 1,
        head=head,
    )


def _kept(row: ResultRow[Any]) -> KeptDelivery:
    return KeptDelivery(
        id=row.id,
        destination=row.destination,
        kind=Kind(row.kind),
        message=load(Message, row.message),
        key=row.key,
        state=State(row.state),
        saved_at=row.saved_at,
        due=row.due,
        attempts=row.attempts,
        doubts=row.doubts,
        landed=Landed(channel=row.channel, id=row.landed) if row.landed is not None else None,
        error=row.error or "",
        ended_at=row.ended_at,
    )
