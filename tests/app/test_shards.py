"""What a worker watches: whom it holds, at once and no longer; old knowledge is said to be old."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.app.eyes import Eyes
from bot.app.loops import Loop, Loops
from bot.app.rounds import Rounds
from bot.app.shards import Shards, shard_of
from bot.types import Direction, Observation, Route, SourceBlind
from bot.watch import Canary, FreeBusy, Habit, Line, ServiceHealth, Tools
from tests.mail.worlds import SEAL, StillClock, chance, mailbox

LIMIT_S = 20.0
MINUTE = timedelta(minutes=1)
HABIT = Habit(every=5 * MINUTE, limit=10 * MINUTE)
ROUTE = Route(name="to", direction=Direction.OUTBOUND, vantage="home", interval=MINUTE)
LINE = Line(route=ROUTE, sender=mailbox(), receiver=mailbox("bob"))
FEW = [f"t{number}" for number in range(6)]


class Feed(ServiceHealth):
    """A feed that notes when it is read, and is not answered where it is told so."""

    def __init__(self, tenant: str, read: list[str], answers: asyncio.Event) -> None:
        super().__init__(None, tenant=tenant)  # type: ignore[arg-type] # nothing is sent
        self._tenant = tenant
        self._reads = read
        self._answers = answers

    async def look(self, _: datetime) -> Sequence[Observation]:
        self._reads.append(self._tenant)
        await self._answers.wait()
        return ()


class Calendar(FreeBusy):
    """A calendar that notes when it is tried, and is not answered where it is told so."""

    def __init__(self, tenant: str, tried: list[str], clock: StillClock, answers: asyncio.Event) -> None:
        nothing: Any = None  # is sent
        super().__init__("office", nothing, HABIT, clock=clock, chance=chance(), tenant=tenant)
        self._tried = tried
        self._answers = answers

    async def look(self, _: datetime) -> Sequence[Observation]:
        self._tried.append(self._tenant)
        await self._answers.wait()
        return ()


class Sending(Canary):
    """Notes what it sends, and is not answered where it is told so."""

    def __init__(self, tools: Tools, read: list[str], answers: asyncio.Event) -> None:
        super().__init__([], {}, tools)
        self._sends = read
        self._answers = answers

    async def send(self, route: str, _: datetime) -> Sequence[Observation]:
        self._sends.append(route)
        await self._answers.wait()
        return ()


@dataclass
class World:
    """Stands for pipeline and opener at once."""

    clock: StillClock
    names: list[str] = field(default_factory=lambda: list(FEW))
    troubled: set[str] = field(default_factory=set)
    breaks: set[str] = field(default_factory=set)
    """Whose incident opens as time passes."""
    suspected: set[str] = field(default_factory=set)
    routes: set[str] = field(default_factory=set)
    """Who sends test messages, along a route that is named ``to`` and the tenant."""
    with_calendars: bool = False
    read: list[str] = field(default_factory=list)
    """Tenants whose feed was read, and routes along which a message was sent."""
    tried: list[str] = field(default_factory=list)
    open_now: set[str] = field(default_factory=set)
    taken: list[Observation] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Of the feeds."""
    sendings: asyncio.Event = field(default_factory=asyncio.Event)
    """Answers to test messages, there unless a test takes them away."""
    refuses: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def open(self, tenant: str, _: object) -> AsyncIterator[Eyes]:
        if tenant in self.refuses:
            self.refuses.remove(tenant)
            raise OSError("not now")
        self.open_now.add(tenant)
        feed = Feed(tenant, self.read, self.answers)
        office = {"office": Calendar(tenant, self.tried, self.clock, self.answers)} if self.with_calendars else {}
        tools = Tools(seal=SEAL, clock=self.clock, chance=chance())
        lines = {f"to {tenant}": LINE} if tenant in self.routes else {}
        canary = Sending(tools, self.read, self.sendings)
        try:
            yield Eyes(tenant=tenant, feed=feed, mailboxes={}, calendars=office, pages={}, canary=canary, lines=lines)
        finally:
            self.open_now.discard(tenant)

    async def take(self, _: str, seen: Sequence[Observation]) -> None:
        self.taken += seen

    async def tick(self, tenant: str) -> None:
        if tenant in self.breaks:
            self.troubled.add(tenant)

    def suspects(self, tenant: str) -> Sequence[str]:
        return [f"to {tenant}"] if tenant in self.suspected else []

    def rest(self, _: str, __: timedelta) -> timedelta | None:
        return None

    def is_troubled(self, tenant: str) -> bool:
        return tenant in self.troubled


@pytest.fixture
async def world() -> World:
    made = World(StillClock())
    made.sendings.set()
    return made


@pytest.fixture
async def shards(world: World) -> AsyncIterator[Shards]:
    """Give a worker that is told what it holds by the test."""
    anything: Any = world
    rounds = Rounds(pipeline=anything, clock=world.clock, poll_every=timedelta(minutes=1), pages={})
    made = Shards(tenants=lambda: world.names, opener=anything, rounds=rounds, chance=random.Random(1))  # noqa: S311 - the same each time
    async with Loops(random.Random(1)).running(Loop(name="shards", run=made.run, deadline=timedelta(minutes=1))):  # noqa: S311 - as above
        yield made
        await made.aclose()


async def until(is_so: Callable[[], object]) -> None:
    """Let the worker go on until something has come about."""
    async with asyncio.timeout(LIMIT_S):
        while not is_so():  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0)


async def passes(world: World, length: timedelta) -> None:
    """Let the worker go on for a time."""
    end = world.clock.now() + length
    await until(lambda: world.clock.now() >= end)


def of(*names: str) -> frozenset[int]:
    return frozenset(map(shard_of, names))


async def test_whom_it_holds_is_watched_and_nobody_else(world: World, shards: Shards) -> None:
    """What is lost is closed, its polls under way with it, and what comes is opened."""
    mine = [name for name in FEW if shard_of(name) in of(FEW[0], FEW[1])]
    shards.hold(of(FEW[0], FEW[1]))
    await until(lambda: set(world.read) == set(mine) == world.open_now)
    shards.hold(of(FEW[1]))
    await until(lambda: world.open_now == {name for name in FEW if shard_of(name) in of(FEW[1])})
    await until(lambda: {due.tenant for due in shards._running.values()} <= world.open_now)
    world.names.append("new")
    shards.hold(of(FEW[1], "new"))
    await until(lambda: "new" in world.open_now)


async def test_a_tenant_that_cannot_be_opened_is_tried_again(world: World, shards: Shards) -> None:
    """The others wait for nothing."""
    world.refuses = {FEW[0]}
    shards.hold(of(*FEW))
    await until(lambda: world.open_now == set(FEW))


async def test_who_is_in_trouble_is_read_before_all_others(world: World, shards: Shards) -> None:
    """Where more is due than can be done at once."""
    world.names, world.troubled = [f"t{number}" for number in range(200)], {"t20", "t70", "t150", "t199"}
    shards.hold(of(*world.names))
    await until(lambda: len(world.read) == 64 and len(shards.agenda.ripe("feed")) == 136)
    behind = world.troubled - set(world.read)
    world.read.clear()
    world.answers.set()
    await until(lambda: len(world.read) >= 130)
    assert set(world.read[: len(behind)]) == behind


@pytest.mark.parametrize("by", ["what another program took in", "time that passes"])
async def test_whose_incident_opens_while_their_feed_waits_is_read_next(world: World, shards: Shards, by: str) -> None:
    """And not after all those that wait for longer."""
    world.names = [f"t{number}" for number in range(70)]
    shards.hold(of(*world.names))
    await until(lambda: len(world.read) == 64 and len(shards.agenda.ripe("feed")) == 6)
    last = max(shards.agenda.ripe("feed"), key=lambda due: due.entry).tenant
    if by == "time that passes":
        world.breaks = {last}
        shards.stir(last)
        await until(lambda: last in world.troubled and not shards.counts()["tick"].running)
    else:
        world.troubled = {last}
        shards.stir(last)
    world.read.clear()
    world.answers.set()
    await until(lambda: world.read)
    assert world.read[0] == last


async def test_test_messages_are_sent_while_feeds_wait(world: World, shards: Shards) -> None:
    """Feeds that take all the time there is keep no message from being sent."""
    world.names, world.routes = [f"t{number}" for number in range(70)], {"t69"}
    shards.hold(of(*world.names))
    await until(lambda: len(shards.agenda.ripe("feed")) == 6 and world.read.count("to t69") > 3)
    assert len(world.read) - world.read.count("to t69") == 64


async def test_test_messages_go_before_feeds_that_are_due_with_them(world: World, shards: Shards) -> None:
    """Of all that is overdue at once."""
    world.names, world.routes = [f"t{number}" for number in range(200)], {"t7", "t150", "t199"}
    world.answers.set()
    shards.hold(of(*world.names))
    await until(lambda: {*world.names, "to t7", "to t150", "to t199"} <= set(world.read))
    world.read.clear()
    world.clock.time += timedelta(hours=1)
    await until(lambda: len(world.read) >= 60)
    assert sorted(world.read[:3]) == ["to t150", "to t199", "to t7"]


async def test_a_confirming_message_goes_before_others_that_wait(world: World, shards: Shards) -> None:
    """Of a line under suspicion, where more messages wait for an answer than there may be."""
    world.names = [f"t{number}" for number in range(520)]
    world.routes = {*world.names}
    world.answers.set()
    world.sendings.clear()
    shards.hold(of(*world.names))
    await until(lambda: len(shards.agenda.ripe("probe")) == 8)
    last = max(shards.agenda.ripe("probe"), key=lambda due: due.entry).tenant
    world.suspected = {last}
    ticks = shards.counts()["tick"].runs
    shards.stir(last)
    await until(lambda: shards.counts()["tick"].runs > ticks and not shards.counts()["tick"].running)
    world.read.clear()
    world.sendings.set()
    await until(lambda: [one for one in world.read if one.startswith("to ")])
    assert next(one for one in world.read if one.startswith("to ")) == f"to {last}"


async def test_what_nobody_gets_to_is_said_to_be_old_once(world: World, shards: Shards) -> None:
    """Feeds that are due and not read, as the others take all there is; not those that are being read."""
    world.names = [f"t{number}" for number in range(70)]
    shards.hold(of(*world.names))
    await until(lambda: len(world.read) == 64)
    started = set(world.read)
    await until(lambda: len(world.taken) == 6)
    await passes(world, 10 * MINUTE)
    blind = [one for one in world.taken if isinstance(one, SourceBlind)]
    assert sorted(one.tenant for one in blind) == sorted(set(world.names) - started)
    assert all("there is more to read than we get done" in one.error for one in blind)
    assert shards.counts()["late"].runs == 6


async def test_calendars_that_nobody_gets_to_are_said_to_be_old_once(world: World, shards: Shards) -> None:
    """After two of their own intervals, and not before."""
    world.names, world.with_calendars = [f"t{number}" for number in range(40)], True
    shards.hold(of(*world.names))
    await until(lambda: len(world.tried) == 32 and len(shards.agenda.ripe("calendar")) == 8)
    due = {one.tenant: one.at for one in shards.agenda.ripe("calendar")}
    await until(lambda: len(world.taken) == 8)
    assert sorted((one.tenant, one.source) for one in world.taken if isinstance(one, SourceBlind)) == sorted(
        (tenant, "calendar:office") for tenant in due
    )
    assert all(one.at.timestamp() > due[one.tenant] + 2 * HABIT.every.total_seconds() for one in world.taken)
    await passes(world, 10 * MINUTE)
    assert shards.counts()["late"].runs == 8
