"""The machine with a memory, on both databases: saved with what it gives to say, or not taken at all."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.jobs import TableJobs
from bot.keeper import Company
from bot.pipeline import Memory, Pipeline, Pushed
from bot.store import Push, Store, StoreError
from bot.types import (
    AdvisorySeen,
    Arrived,
    Destination,
    Direction,
    Kind,
    Observation,
    Order,
    Refused,
    Reported,
    Route,
    Sent,
    Verb,
)
from tests.handlers.people import ANA

NOON = datetime(2023, 7, 18, 12, tzinfo=UTC)
ROUTES = tuple(
    Route(name=f"{direction}-{vantage}", direction=direction, vantage=vantage)
    for direction in (Direction.OUTBOUND, Direction.INBOUND)
    for vantage in ("eu", "us")
)

OPS = Destination(name="ops", platform="slack", edits=True)
IT = Destination(name="it", platform="teams", language="de")


class HandClock:
    """Stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    async def sleep(self, length: timedelta) -> None:
        self.at += length


class Failing:
    """A store whose next transactions fail."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fails = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands in for the whole store
        return getattr(self._store, name)

    @asynccontextmanager
    async def begin(self) -> Any:  # noqa: ANN401 - as the store's
        async with self._store.begin() as tx:
            yield tx
            if self.fails:
                raise StoreError("the disk is full")


class Counting:
    """A store that counts the transactions that may write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.begun = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands in for the whole store
        return getattr(self._store, name)

    @asynccontextmanager
    async def begin(self) -> Any:  # noqa: ANN401 - as the store's
        self.begun += 1
        async with self._store.begin() as tx:
            yield tx


class Slow:
    """A store whose transactions begin when it is told so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.goes = asyncio.Event()
        self.goes.set()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands in for the whole store
        return getattr(self._store, name)

    @asynccontextmanager
    async def begin(self) -> Any:  # noqa: ANN401 - as the store's
        await self.goes.wait()
        async with self._store.begin() as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> Any:  # noqa: ANN401 - as the store's
        await self.goes.wait()
        async with self._store.read() as tx:
            yield tx


async def pipeline(store: Store, clock: HandClock, destinations: Sequence[Destination] = (OPS, IT)) -> Pipeline:
    jobs = TableJobs(store, clock, random.Random(1))  # noqa: S311 - a test wants the same each time
    made = Pipeline(Memory(store=store, jobs=jobs, clock=clock))
    await made.admit("default", Company(routes=ROUTES, destinations=destinations))
    return made


def evening(minutes: int, *, refused: bool) -> list[Observation]:
    """Give test messages of every route, one a minute, each arriving or, on the way out, refused."""
    seen: list[Observation] = []
    for minute in range(minutes):
        for number, route in enumerate(ROUTES):
            at = NOON + timedelta(minutes=minute, seconds=10 * number)
            probe = f"{route.name}-{minute}-{refused}"
            seen.append(Sent(at=at, route=route.name, probe=probe))
            took = timedelta(seconds=5 + minute % 3)
            if refused and route.direction is Direction.OUTBOUND:
                seen.append(Refused(at=at + timedelta(seconds=1), route=route.name, probe=probe, reply="503 5.5.1 no"))
            else:
                seen.append(Arrived(at=at + took, route=route.name, probe=probe, latency=took))
    return sorted(seen, key=lambda one: one.at)


async def live(bot: Pipeline, clock: HandClock, seen: Sequence[Observation]) -> None:
    for one in seen:
        clock.at = max(clock.at, one.at)
        await bot.take("default", [one])


async def drafts(store: Store) -> list[tuple[str, Kind, str]]:
    async with store.read() as tx:
        return [(one.destination, one.kind, one.message.language) for one in await tx.deliveries.recent("default")]


async def test_a_fault_is_saved_with_a_draft_for_everyone_and_a_job_to_deliver_it(store: Store) -> None:
    """Incident, change, drafts in each language and their jobs stand in the store together."""
    clock = HandClock()
    bot = await pipeline(store, clock)
    await live(bot, clock, evening(20, refused=True))
    assert sorted(draft for draft in await drafts(store) if draft[1] is Kind.HEAD) == [
        ("it", Kind.HEAD, "de"),
        ("ops", Kind.HEAD, "en"),
    ]
    async with store.read() as tx:
        assert [incident.id for incident in await tx.incidents.open("default")] == ["1"]
    assert [incident.id for incident in bot.snapshot("default").open] == ["1"]


async def test_a_restart_forgets_nothing_and_repeats_nothing(store: Store) -> None:
    """A second process goes on with the same incident, and tells nobody twice."""
    clock = HandClock()
    bot = await pipeline(store, clock)
    seen = evening(30, refused=True)
    await live(bot, clock, seen[:120])
    before = await drafts(store)
    again = await pipeline(store, clock)
    assert [incident.id for incident in again.snapshot("default").open] == ["1"]
    await live(again, clock, seen[120:])
    heads = [draft for draft in await drafts(store) if draft[1] is Kind.HEAD]
    assert len(heads) == len([draft for draft in before if draft[1] is Kind.HEAD]) == 2


async def test_what_could_not_be_saved_is_taken_with_the_next_step(sqlite_store: Store) -> None:
    """A full disk loses no observation: machine and store go back together, and the next step takes both."""
    clock, failing = HandClock(), Failing(sqlite_store)
    bot = await pipeline(failing, clock)  # type: ignore[arg-type]  # stands in for a store
    seen = evening(20, refused=True)
    failing.fails = True
    for one in seen:
        clock.at = max(clock.at, one.at)
        with pytest.raises(StoreError):
            await bot.take("default", [one])
    assert await drafts(sqlite_store) == []
    failing.fails = False
    await bot.tick("default")
    async with sqlite_store.read() as tx:
        kept = [one async for one in tx.observations.between("default", NOON, clock.now() + timedelta(days=1))]
    assert len(kept) == len(seen)
    assert [incident.id for incident in bot.snapshot("default").open] == ["1"]


async def test_an_order_is_done_and_its_giver_noted(sqlite_store: Store) -> None:
    """Who acknowledged stands in the incident and in the audit log."""
    clock = HandClock()
    bot = await pipeline(sqlite_store, clock)
    await live(bot, clock, evening(20, refused=True))
    await bot.order(Order(at=clock.now(), person="Ana", by=ANA, verb=Verb.ACK, incident="1"))
    assert bot.snapshot("default").open[0].acknowledged_by == "Ana"
    async with sqlite_store.read() as tx:
        deeds = await tx.audit.between("default", NOON, clock.now() + timedelta(seconds=1))
    assert [(deed.who, deed.what, deed.about["person"]) for deed in deeds] == [("Ana", "ack", "@slack/T1/U1")]


async def test_a_report_is_saved_with_a_note_of_its_giver_or_not_at_all(sqlite_store: Store) -> None:
    """Whoever was told that it failed says it again; what watchers saw meanwhile is kept."""
    clock, failing = HandClock(), Failing(sqlite_store)
    bot = await pipeline(failing, clock)  # type: ignore[arg-type]  # stands in for a store
    seen = Sent(at=NOON, route=ROUTES[0].name, probe="ours")
    reported = Reported(at=NOON, person="Ana", text="mail is late")
    failing.fails = True
    with pytest.raises(StoreError):
        await bot.take("default", [seen])
    with pytest.raises(StoreError):
        await bot.report(reported, ANA)
    failing.fails = False
    await bot.tick("default")
    await bot.report(reported, ANA)
    async with sqlite_store.read() as tx:
        kept = [one async for one in tx.observations.between("default", NOON, NOON + timedelta(days=1))]
        deeds = await tx.audit.between("default", NOON, NOON + timedelta(days=1))
    assert kept == [seen, reported]
    assert [(deed.who, deed.what) for deed in deeds] == [("Ana", "report")]


async def test_an_advisory_that_is_not_about_mail_rings_nobody(sqlite_store: Store) -> None:
    """It is kept and shown, and that is all."""
    clock = HandClock()
    bot = await pipeline(sqlite_store, clock)
    issue = {"id": "SP1", "title": "Users can't open SharePoint sites", "service": "SharePoint Online", "isResolved": False,
             "status": "serviceDegradation", "impactDescription": "Users can't open SharePoint sites.", "posts": []}  # fmt: skip
    await bot.take("default", [AdvisorySeen(at=NOON, source="microsoft", issue=issue)])
    assert await drafts(sqlite_store) == []
    assert [claim.reading.id for claim in bot.snapshot("default").advisories] == ["SP1"]


async def test_what_was_saved_late_is_not_forgotten_by_a_restart(sqlite_store: Store) -> None:
    """A far vantage's word is some seconds old when it is saved, and the machine's state was saved in between."""
    clock = HandClock()
    bot = await pipeline(sqlite_store, clock)
    await live(bot, clock, evening(5, refused=False))
    clock.at += timedelta(minutes=1)
    await bot.tick("default")
    late = Sent(at=clock.at - timedelta(seconds=20), route=ROUTES[0].name, probe="late")
    await bot.take("default", [late])
    again = await pipeline(sqlite_store, clock)
    assert sum(one.recent.sent for one in again.snapshot("default").directions) == 21


async def test_what_a_vantage_pushed_is_not_kept_where_it_could_not_be_saved(sqlite_store: Store) -> None:
    """It keeps it itself, and pushes it again: here it would count twice. What is ours is kept beside it."""
    clock, failing = HandClock(), Failing(sqlite_store)
    bot = await pipeline(failing, clock)  # type: ignore[arg-type]  # stands in for a store
    ours, theirs = (Sent(at=NOON, route=ROUTES[0].name, probe=probe) for probe in ("ours", "theirs"))
    push = Push(vantage="us", spool="a", last=1, signed=NOON, heard=NOON, offset=timedelta())
    failing.fails = True
    with pytest.raises(StoreError):
        await bot.take("default", [ours])
    with pytest.raises(StoreError):
        await bot.take("default", [theirs], pushed=Pushed(push=push, after=0))
    failing.fails = False
    await bot.take("default", [theirs], pushed=Pushed(push=push, after=0))
    async with sqlite_store.read() as tx:
        kept = [one async for one in tx.observations.between("default", NOON, NOON + timedelta(days=1))]
        assert (await tx.pushes.known("us", "a"))["default"] == push
    assert kept == [ours, theirs]


async def test_a_push_that_another_machine_took_is_not_taken_again(store: Store) -> None:
    """On both databases: nothing of it is saved."""
    clock = HandClock()
    bot = await pipeline(store, clock)
    seen = Sent(at=NOON, route=ROUTES[0].name, probe="theirs")
    push = Push(vantage="us", spool="a", last=9, signed=NOON, heard=NOON, offset=timedelta())
    await bot.take("default", [seen], pushed=Pushed(push=push, after=0))
    with pytest.raises(StoreError, match="another machine"):
        await bot.take("default", [seen], pushed=Pushed(push=push, after=0))
    async with store.read() as tx:
        kept = [one async for one in tx.observations.between("default", NOON, NOON + timedelta(days=1))]
        assert await tx.pushes.newest("us") == push
        assert await tx.pushes.newest("eu") is None
    assert kept == [seen]


async def test_two_programs_on_one_store_share_one_machine(store: Store) -> None:
    """Each sees half of the messages: neither takes the other's for late, and the fault is one incident, told once."""
    clock = HandClock()
    one, two = await pipeline(store, clock), await pipeline(store, clock)
    for number, seen in enumerate(evening(20, refused=True)):
        clock.at = max(clock.at, seen.at)
        await (one, two)[number % 2].take("default", [seen])
    await one.refresh()
    await two.refresh()
    assert len(one.snapshot("default").open) == 1
    assert [incident.id for incident in one.snapshot("default").open] == [
        incident.id for incident in two.snapshot("default").open
    ]
    assert sorted(draft for draft in await drafts(store) if draft[1] is Kind.HEAD) == [
        ("it", Kind.HEAD, "de"),
        ("ops", Kind.HEAD, "en"),
    ]


async def test_a_message_as_it_should_be_is_taken_over_where_somebody_asks(store: Store) -> None:
    """Else a program would read every machine of the others anew with every message; what is news it hears at once."""
    clock = HandClock()
    one, two = await pipeline(store, clock), await pipeline(store, clock)
    await two.refresh()
    await live(one, clock, evening(1, refused=False))
    # News counts for some seconds longer than it is new.
    async with store.begin() as tx:
        await tx.connection.execute(text("UPDATE machines SET moved = moved - 60000000"))
    assert await two.refresh() == []
    two.asked("default")
    assert await two.refresh() == ["default"]
    assert two.snapshot("default").directions == one.snapshot("default").directions
    await live(one, clock, [listed(clock.at, over=False)])
    assert await two.refresh() == ["default"]


async def test_what_arrived_while_a_step_is_saved_is_late_for_nobody(sqlite_store: Store) -> None:
    """Time passes for a machine that knows all that is known, not only what was saved."""
    clock, slow = HandClock(), Slow(sqlite_store)
    held: Any = slow
    bot = await pipeline(held, clock)
    await live(bot, clock, evening(20, refused=False))
    sent = Sent(at=clock.at, route=ROUTES[0].name, probe="x")
    await bot.take("default", [sent])
    slow.goes.clear()
    clock.at += timedelta(minutes=5)
    other = replace(sent, at=clock.at, route=ROUTES[1].name, probe="y")
    came = Arrived(at=sent.at + timedelta(seconds=5), route=sent.route, probe="x", latency=timedelta(seconds=5))
    known = []

    async def passing() -> None:
        await bot.tick("default")
        known.append(max(one.last_arrived for one in bot.snapshot("default").directions if one.last_arrived))

    async with asyncio.TaskGroup() as together:
        together.create_task(bot.take("default", [other]))
        together.create_task(passing())
        together.create_task(bot.take("default", [came]))
        await asyncio.sleep(0)
        slow.goes.set()
    assert known == [came.at]
    async with sqlite_store.read() as tx:
        assert [one async for one in tx.observations.between("default", came.at, clock.at)] == [came]


async def test_what_waits_outlives_a_step_that_is_given_up(sqlite_store: Store) -> None:
    """A tick has a minute, and the machine may be read for longer; what arrived meanwhile was another's to save."""
    clock, slow = HandClock(), Slow(sqlite_store)
    held: Any = slow
    bot = await pipeline(held, clock)
    sent = Sent(at=clock.at, route=ROUTES[0].name, probe="x")
    bot._keeper.forget("default")
    slow.goes.clear()
    async with asyncio.TaskGroup() as together:
        async with bot._locks["default"]:  # a step is under way
            ticking = together.create_task(bot.tick("default"))
            taking = together.create_task(bot.take("default", [sent]))
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        ticking.cancel()
        slow.goes.set()
    assert taking.done()
    async with sqlite_store.read() as tx:
        assert [one async for one in tx.observations.between("default", NOON, NOON + timedelta(hours=1))] == [sent]


async def test_an_order_at_one_program_is_known_to_the_other(store: Store) -> None:
    """Whoever is asked next answers with it."""
    clock = HandClock()
    one = await pipeline(store, clock)
    await live(one, clock, evening(20, refused=True))
    two = await pipeline(store, clock)
    (incident,) = two.snapshot("default").open
    await one.order(Order(at=clock.at, verb=Verb.ACK, person="Ana", by=ANA, incident=incident.id))
    await two.refresh()
    assert two.snapshot("default").open[0].acknowledged_by == one.snapshot("default").open[0].acknowledged_by


async def test_a_program_that_could_not_do_something_goes_on_with_what_others_do(store: Store) -> None:
    """It has dropped its machine, and reads the newest one."""
    clock, failing = HandClock(), Failing(store)
    one = await pipeline(store, clock)
    await live(one, clock, evening(20, refused=True))
    two = await pipeline(failing, clock)  # type: ignore[arg-type]  # stands in for a store
    failing.fails = True
    with pytest.raises(StoreError):
        await two.order(Order(at=clock.at, verb=Verb.ACK, person="Ana", by=ANA, incident="1"))
    failing.fails = False
    await one.order(Order(at=clock.at, verb=Verb.ACK, person="Ben", by=ANA, incident="1"))
    await two.refresh()
    assert two.snapshot("default").open[0].acknowledged_by == "Ben"


async def test_what_a_person_asked_for_is_done_once_by_all_programs(store: Store) -> None:
    """Its platform delivers it again to another one, at the same time or later; all else that it took in is kept."""
    clock = HandClock()
    one = await pipeline(store, clock)
    await live(one, clock, evening(20, refused=True))
    two = await pipeline(store, clock)
    clock.at += timedelta(minutes=1)
    order = Order(at=clock.at, verb=Verb.ACK, person="Ana", by=ANA, incident="1", request="e1")
    report = Reported(at=clock.at, person="Ana", text="it works", request="e2")
    both = (one.order(order), two.order(order), one.report(report, ANA), two.report(report, ANA))
    changes = await asyncio.gather(*both)
    assert sum(change.why == "acknowledged by Ana" for found in changes for change in found) == 1
    seen = Sent(at=clock.at, route=ROUTES[0].name, probe="x")
    two._arrived["default"].append(seen)
    assert await two.report(report, ANA) == []
    await two.tick("default")
    async with store.read() as tx:
        deeds = [deed.what for deed in await tx.audit.between("default", NOON, clock.at + timedelta(seconds=1))]
        kept = [one async for one in tx.observations.between("default", clock.at, clock.at + timedelta(seconds=1))]
    assert sorted(deeds) == ["ack", "report"]
    assert sorted(map(repr, kept)) == sorted(map(repr, [report, seen]))
    assert one.unsaved == two.unsaved == {}
    assert two.snapshot("default").open[0].acknowledged_by == "Ana"


async def test_what_could_not_be_saved_for_a_person_is_not_saved_behind_their_back(sqlite_store: Store) -> None:
    """They were told that it failed, and whoever does it again does it once."""
    clock, failing = HandClock(), Failing(sqlite_store)
    bot = await pipeline(failing, clock)  # type: ignore[arg-type]  # stands in for a store
    report = Reported(at=clock.at, person="Ana", text="it works", request="e2")
    failing.fails = True
    with pytest.raises(StoreError):
        await bot.report(report, ANA)
    failing.fails = False
    await bot.tick("default")
    async with sqlite_store.read() as tx:
        assert [one async for one in tx.observations.between("default", NOON, NOON + timedelta(hours=1))] == []
    await bot.report(report, ANA)
    async with sqlite_store.read() as tx:
        assert [one async for one in tx.observations.between("default", NOON, NOON + timedelta(hours=1))] == [report]


def listed(at: datetime, *, over: bool) -> AdvisorySeen:
    """Give an advisory as its feed lists it at a moment."""
    issue: dict[str, object] = {
        "id": "EX1",
        "title": "Users may get no results when searching their mailboxes",
        "service": "Exchange Online",
        "status": "serviceRestored" if over else "serviceDegradation",
        "isResolved": over,
        "startDateTime": f"{NOON:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}" if over else None,
        "lastModifiedDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "posts": [],
    }
    return AdvisorySeen(at=at, source="microsoft", issue=issue)


async def test_what_one_program_could_not_save_is_old_when_another_has_taken_over(store: Store) -> None:
    """A feed's word from before is not taken for news; the fate of a message that nobody can see again is kept."""
    clock = HandClock()
    cut_off: Any = Failing(store)
    one, two = await pipeline(cut_off, clock), await pipeline(store, clock)
    await one.wind("default")
    cut_off.fails = True
    arrived = evening(1, refused=False)[:2]
    for seen in (listed(clock.at, over=False), *arrived):
        with pytest.raises(StoreError):
            await one.take("default", [seen])
    await one.release("default")
    await two.wind("default")
    await two.take("default", [listed(clock.at, over=False)])
    clock.at += timedelta(minutes=20)
    await two.take("default", [listed(clock.at, over=True)])
    cut_off.fails = False
    clock.at += timedelta(minutes=1)
    await one.refresh()
    assert not one.snapshot("default").open
    async with store.read() as tx:
        kept = [seen async for seen in tx.observations.between("default", NOON - timedelta(hours=1), clock.at)]
    assert [type(seen) for seen in kept if seen.at == NOON] == [AdvisorySeen, Sent]
    assert arrived[1] in kept


async def test_a_program_that_is_alone_reads_nothing_anew(store: Store) -> None:
    """Its own steps keep its versions."""
    clock = HandClock()
    bot = await pipeline(store, clock)
    await live(bot, clock, evening(3, refused=False))
    before = bot._keeper._kept["default"]
    await bot.refresh()
    assert bot._keeper._kept["default"] is before


async def test_a_machine_that_was_told_nothing_is_not_saved_again(sqlite_store: Store) -> None:
    """For thousands of tenants whose feeds are silent nothing is written; one message more, and it is."""
    clock = HandClock()
    bot = await pipeline(sqlite_store, clock)
    for _ in range(10):
        clock.at += timedelta(minutes=1)
        await bot.tick("default")
    async with sqlite_store.read() as tx:
        before = await tx.machines.load("default")
    assert before is not None
    assert before.saved_at == NOON
    await bot.take("default", [Sent(at=clock.at, route=ROUTES[0].name, probe="one")])
    async with sqlite_store.read() as tx:
        after = await tx.machines.load("default")
    assert after is not None
    assert after.saved_at == clock.at


async def test_a_snapshot_is_made_once_a_step_however_often_it_is_asked_for(sqlite_store: Store) -> None:
    clock = HandClock()
    bot = await pipeline(sqlite_store, clock)
    first = bot.snapshot("default")
    assert bot.snapshot("default") is first
    clock.at += timedelta(minutes=1)
    assert bot.snapshot("default") is first
    await bot.tick("default")
    assert bot.snapshot("default").at == clock.at


async def test_what_many_tenants_take_in_at_the_same_time_is_saved_together(store: Store) -> None:
    """On both databases: each tenant's messages, machine and incident are its own, and few transactions hold them."""
    clock, counting = HandClock(), Counting(store)
    bot = Pipeline(Memory(store=counting, jobs=TableJobs(store, clock, random.Random(1)), clock=clock))  # type: ignore[arg-type]  # noqa: S311
    names = [f"tenant-{number}" for number in range(8)]
    for name in names:
        routes = tuple(replace(route, tenant=name) for route in ROUTES)
        await bot.admit(name, Company(routes=routes, destinations=(replace(OPS, tenant=name),)))
    before, steps = counting.begun, 0
    for seen in evening(10, refused=True):
        clock.at = max(clock.at, seen.at)
        await asyncio.gather(*(bot.take(name, [replace(seen, tenant=name)]) for name in names))
        steps += len(names)
    assert counting.begun - before < steps / 2
    for name in names:
        assert [incident.tenant for incident in bot.snapshot(name).open] == [name]
        async with store.read() as tx:
            kept = [one async for one in tx.observations.between(name, NOON, NOON + timedelta(days=1))]
            assert len(kept) == len(evening(10, refused=True))
            assert [one.destination for one in await tx.deliveries.recent(name) if one.kind is Kind.HEAD] == ["ops"]
