"""People who are told in person: saved with a note, told like a channel, ended where they left."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot import subscribers
from bot.outbox import Channels, Courier, SendError
from bot.store import State, Store
from bot.subscribers import Subscribers
from bot.types import Delivery, Direction, Draft, Kind, Landed, Person, Subscription
from bot.words.labels import passed_on_note
from tests.outbox.chance import CHANCE
from tests.outbox.enqueued import Enqueued
from tests.test_pipeline import NOON, HandClock, evening, live, pipeline

ANA = Person(platform="slack", workspace="T1", id="U1")
BO = Person(platform="slack", workspace="T1", id="U2")


def wants(person: Person, *directions: Direction, tenant: str = "default") -> Subscription:
    """Give a subscription."""
    return Subscription(person=person, created=NOON, directions=frozenset(directions), language="fr", tenant=tenant)


@dataclass
class Desk:
    """Subscribers over a store."""

    store: Store
    clock: HandClock
    people: Subscribers

    async def subscribe(self, one: Subscription) -> Subscription | None:
        """Save a subscription."""
        return await self.people.change(one.person, lambda _: one, by="ana")

    async def deeds(self) -> list[tuple[str, str, object]]:
        """Read who did what, and why."""
        async with self.store.read() as tx:
            noted = await tx.audit.between("default", NOON, NOON + timedelta(days=1))
        return [(deed.who, deed.what, deed.about["why"]) for deed in noted]

    async def told(self) -> list[tuple[str, Kind, State]]:
        """Read what people are to be told."""
        async with self.store.read() as tx:
            kept = await tx.deliveries.recent("default", people=True)
        return sorted((one.destination, one.kind, one.state) for one in kept)


@pytest.fixture
def desk(sqlite_store: Store) -> Desk:
    """Set up an empty store."""
    clock = HandClock()
    return Desk(sqlite_store, clock, Subscribers(store=sqlite_store, clock=clock))


async def test_a_change_is_one_row_and_a_note_of_who_asked_for_it(desk: Desk) -> None:
    """What is as it was is noted by nobody."""
    assert await desk.subscribe(wants(ANA)) == wants(ANA)
    await desk.subscribe(wants(ANA))
    await desk.subscribe(wants(ANA, Direction.INBOUND))
    assert await desk.people.get(ANA) == wants(ANA, Direction.INBOUND)
    assert await desk.people.change(ANA, lambda _: None, by="ana") is None
    assert await desk.people.get(ANA) is None
    assert await desk.deeds() == [
        ("ana", "subscribe", ""),
        ("ana", "change a subscription", ""),
        ("ana", "unsubscribe", "asked for"),
    ]


async def test_there_is_room_for_so_many_and_those_who_have_one_may_change_it(desk: Desk) -> None:
    """A channel serves more people better."""
    async with desk.store.begin() as tx:
        for number in range(subscribers.MOST):
            await tx.subscriptions.save(wants(replace(ANA, id=f"U{number}")))
    assert await desk.subscribe(wants(replace(ANA, id="LATE"))) is None
    assert await desk.subscribe(wants(ANA, Direction.INBOUND)) == wants(ANA, Direction.INBOUND)


async def test_a_ring_is_drafted_for_everyone_who_asked_for_its_direction(desk: Desk) -> None:
    """Each in their own language, and each with a delivery of their own."""
    await desk.subscribe(wants(ANA, Direction.OUTBOUND))
    await desk.subscribe(wants(BO, Direction.INBOUND))
    await desk.subscribe(wants(replace(ANA, id="U3"), tenant="other"))
    bot = await pipeline(desk.store, desk.clock, ())
    await live(bot, desk.clock, evening(20, refused=True))
    assert {name for name, kind, _ in await desk.told() if kind is Kind.HEAD} == {ANA.destination}
    async with desk.store.read() as tx:
        assert {one.message.language for one in await tx.deliveries.recent("default", people=True)} == {"fr"}
        assert await tx.deliveries.recent("default") == []


async def test_what_waits_for_somebody_who_wants_nothing_more_is_not_sent(desk: Desk) -> None:
    """Without a failure of anything."""
    await desk.subscribe(wants(ANA))
    bot = await pipeline(desk.store, desk.clock, ())
    await live(bot, desk.clock, evening(20, refused=True))
    await desk.people.change(ANA, lambda _: None, by="ana")
    assert {state for _, _, state in await desk.told()} == {State.SUPERSEDED}


class Line:
    """A direct line, dead or alive."""

    def __init__(self, error: SendError | None = None) -> None:
        self.error = error
        self.sent: list[Delivery] = []

    async def send(self, delivery: Delivery) -> Landed:
        """Send, or fail as told."""
        self.sent.append(delivery)
        if self.error:
            raise self.error
        return Landed(channel="D1", id=str(len(self.sent)))


def courier(desk: Desk, line: Line, lost: list[str]) -> Courier:
    """Give a courier with one line to everybody in Slack."""

    async def stopped(delivery: Delivery, error: SendError) -> None:
        lost.append(f"{delivery.destination}: {error}")
        person = Person.of(delivery.destination)
        if person and error.gone:
            await desk.people.end(person, str(error))

    return Courier(
        store=desk.store,
        jobs=Enqueued(),
        channels={"default": Channels()},
        clock=desk.clock,
        chance=CHANCE,
        stopped=stopped,
        excuse=passed_on_note,
        lines={"slack": lambda _: line},
    )


async def test_a_person_gets_one_message_that_changes_in_place(desk: Desk) -> None:
    """As a channel does."""
    await desk.subscribe(wants(ANA))
    bot = await pipeline(desk.store, desk.clock, ())
    seen = evening(60, refused=True)
    line, lost = Line(), list[str]()
    for start in (0, 120):
        await live(bot, desk.clock, seen[start : start + 120])
        await courier(desk, line, lost).deliver({"tenant": "default", "destination": ANA.destination})
    assert [one.kind for one in line.sent][:1] == [Kind.HEAD]
    assert [one.kind for one in line.sent].count(Kind.HEAD) == 1
    assert Kind.EDIT in [one.kind for one in line.sent]
    assert {one.head for one in line.sent if one.kind is Kind.EDIT} == {Landed(channel="D1", id="1")}
    assert lost == []


async def test_somebody_who_left_is_not_tried_again(desk: Desk) -> None:
    """The error says so, and nobody else is told in their place."""
    await desk.subscribe(wants(ANA))
    bot = await pipeline(desk.store, desk.clock, ())
    await live(bot, desk.clock, evening(20, refused=True))
    line, lost = Line(SendError("user_not_found", permanent=True, gone=True)), list[str]()
    await courier(desk, line, lost).deliver({"tenant": "default", "destination": ANA.destination})
    assert len(line.sent) == 1
    assert lost == [f"{ANA.destination}: user_not_found"]
    assert {state for _, _, state in await desk.told()} == {State.FAILED, State.SUPERSEDED}
    assert await desk.people.get(ANA) is None


@pytest.mark.parametrize("whom", [BO.destination, "@irc/net/ana"])
async def test_a_line_that_leads_to_nobody_gives_up(desk: Desk, whom: str) -> None:
    """Somebody who is not subscribed, and a platform that we do not know."""
    await desk.subscribe(wants(ANA))
    bot = await pipeline(desk.store, desk.clock, ())
    await live(bot, desk.clock, evening(20, refused=True))
    async with desk.store.begin() as tx:
        delivery = await tx.deliveries.claim("default", ANA.destination, desk.clock.now(), timedelta(minutes=1))
        assert delivery is not None
        due = desk.clock.now()
        draft = Draft(destination=whom, kind=Kind.HEAD, message=delivery.message, key="k", due=due)
        await tx.deliveries.save([draft], due)
    lost: list[str] = []
    await courier(desk, Line(), lost).deliver({"tenant": "default", "destination": whom})
    assert len(lost) == 1


async def test_the_end_of_a_subscription_says_why(desk: Desk) -> None:
    """It stands in the audit log; a second end is none."""
    await desk.subscribe(wants(ANA))
    await desk.people.end(ANA, "user_not_found")
    await desk.people.end(ANA, "user_not_found")
    assert await desk.people.get(ANA) is None
    assert await desk.deeds() == [("ana", "subscribe", ""), ("mailstatus", "unsubscribe", "user_not_found")]


async def test_what_a_person_wants_is_changed_once_by_a_request(store: Store) -> None:
    """One that comes again, be it to another process, undoes nothing that they wanted since."""
    people, ask = Subscribers(store=store, clock=HandClock()), wants(ANA)
    assert await people.change(ANA, lambda _: ask, by="ana", request="e1") == ask
    assert await people.change(ANA, lambda _: None, by="ana", request="e2") is None
    assert await people.change(ANA, lambda _: ask, by="ana", request="e1") is None
    assert await people.get(ANA) is None
