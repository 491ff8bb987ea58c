"""What this worker watches: the tenants of the shards it holds, eyes open, all that is to be done on one agenda."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import blake2b

import structlog

from bot.app.agenda import NEVER, Agenda, Due, Rhythm
from bot.app.eyes import Eyes
from bot.app.loops import Beat
from bot.app.rounds import CALENDAR, PAGE, Rounds
from bot.app.tenants import Moved
from bot.app.watched import Opener
from bot.jobs import Args, TaskCount
from bot.jobs.runner import Runner
from bot.machine import TICK

log = structlog.get_logger(__name__)

SHARDS = 64
AT_ONCE: Mapping[str, int] = {
    "probe": 512,
    "open": 8,
    "tick": 8,
    "feed": 64,
    "late": 8,
    "calendar": 32,
    "news": 8,
    "page": 8,
}
"""How many runs of each task go side by side, and which begin first."""
OPEN_LIMIT = timedelta(minutes=1)
AGAIN = timedelta(seconds=5)
"""After so long a tenant is tried again that could not be opened."""
FIRST = timedelta(seconds=2)
"""Over so long the first rounds of a tenant are spread: what nobody may have watched for a while waits for no turn."""
BEHIND = 2
"""A feed or calendar that is due for so many intervals and was not read is said to be old."""
LOOK = 5.0
"""Seconds from one look for such ones to the next."""
SHORTEST_NAP = 0.005
"""Seconds: what is due within so little goes together."""
LONGEST_NAP = timedelta(seconds=1)
CLOSING = 2.0
"""Seconds that what runs has to end, and connections to be let go of."""


def shard_of(tenant: str) -> int:
    """Tell a tenant's shard: the same in every process."""
    return int.from_bytes(blake2b(tenant.encode(), digest_size=8).digest()) % SHARDS


@dataclass(slots=True, kw_only=True)
class _Open:
    """A tenant that is watched: what closes it, and its things that others may want sooner."""

    stack: AsyncExitStack
    tick: Due
    news: Due
    late: Mapping[str, Due]
    """Of each calendar by its name, and of the feed without one."""
    told: float
    """When something of it was taken in last."""
    probes: Mapping[str, Due]


@dataclass(slots=True, kw_only=True, repr=False)
class Shards:
    """Watches the tenants of the shards that it is told to hold."""

    tenants: Callable[[], Sequence[str]]
    """Names all tenants there are."""
    opener: Opener
    rounds: Rounds
    chance: random.Random
    held: frozenset[int] = frozenset()
    agenda: Agenda = field(default_factory=Agenda)
    runner: Runner = field(init=False)
    _wanted: set[str] = field(default_factory=set)
    _open: dict[str, _Open] = field(default_factory=dict)
    _closing: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _running: dict[asyncio.Task[None], Due] = field(default_factory=dict)
    _busy: Counter[str] = field(default_factory=Counter)
    _looked: float = 0.0
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Say what each task does."""
        self.runner = Runner(self.rounds.clock)
        self.rounds.register(self.runner)
        self.rounds.taken = self.stir
        self.runner.register("open", self._open_tenant, OPEN_LIMIT)
        for name in self.rounds.pages:
            page = Due(tenant="", task="page", what=name, next=Rhythm(f"page {name}", PAGE))
            self.agenda.add(page, self._soon(FIRST))

    @property
    def eyes(self) -> Mapping[str, Eyes]:
        """Give what looks now, by tenant."""
        return self.rounds.eyes

    def counts(self) -> Mapping[str, TaskCount]:
        """Tell how each task has fared in this process."""
        return self.runner.counts()

    def hold(self, shards: frozenset[int]) -> None:
        """Watch these shards from now on, and no other."""
        if shards != self.held:
            log.info("shards_held", gained=len(shards - self.held), lost=len(self.held - shards), now=len(shards))
        self.held = shards
        self.settle()

    async def follow(self, moved: Moved) -> None:
        """Watch whoever came, no longer whoever went, and anew whose settings are others now."""
        self.settle(anew={one.name for one in moved.changed})

    def settle(self, *, anew: Collection[str] = ()) -> None:
        """Open the tenants that are ours and not watched yet, or ``anew``; close those that are not ours any more."""
        ours = {tenant for tenant in self.tenants() if shard_of(tenant) in self.held}
        stay = (self._wanted & ours).difference(anew)
        self._close(self._wanted - stay)
        for tenant in sorted(ours - stay):
            self.agenda.add(Due(tenant=tenant, task="open", next=partial(self._open_again, tenant)), self._now())
        self._wanted = ours
        self._wake.set()

    def stir(self, tenant: str) -> None:
        """Have time pass soon for a tenant of which something is new."""
        if watched := self._open.get(tenant):
            watched.told = self._now()
            self.agenda.hurry(tenant)
            self._hasten(watched.tick, watched.told + TICK.total_seconds())

    async def run(self, beat: Beat) -> None:
        """Begin what is due for ever."""
        while True:
            beat()
            self._wake.clear()
            self.agenda.ripen(self._now())
            self._begin()
            self._own_up()
            await self._nap()

    async def aclose(self) -> None:
        """Watch nothing any more, and let go of every connection within a few seconds."""
        self.hold(frozenset())
        for task in self._running:
            task.cancel()
        await self.closed(CLOSING)

    async def closed(self, patience: float) -> None:
        """Wait until what was closed has let go of its connections, for a while."""
        if ending := {*self._closing.values(), *(task for task, due in self._running.items() if due.is_over)}:
            await asyncio.wait(ending, timeout=patience)

    def _begin(self) -> None:
        for task, at_once in AT_ONCE.items():
            while self._busy[task] < at_once and (due := self.agenda.take(task)):
                self._busy[task] += 1
                running = asyncio.create_task(self._once(due), name=f"{task}:{due.tenant}:{due.what}")
                self._running[running] = due
                running.add_done_callback(self._running.pop)

    def _own_up(self) -> None:
        """Have said of what is long due, and not read as others go first, that what we know of it is old."""
        now = self._now()
        if 0.0 <= now - self._looked < LOOK:
            return
        self._looked = now
        for due in (*self.agenda.ripe("feed"), *self.agenda.ripe("calendar")):
            if watched := self._open.get(due.tenant):
                late, every = watched.late[due.what], self.rounds.every(due.tenant, due.what).total_seconds()
                if late.last < due.at < now - BEHIND * every:
                    self._hasten(late, now)

    async def _once(self, due: Due) -> None:
        try:
            await self.runner.run(due.task, {"tenant": due.tenant, "what": due.what})
        finally:
            self._busy[due.task] -= 1
            self.agenda.done(due, self._now())
            self._follow_up(due)
            self._wake.set()

    def _follow_up(self, due: Due) -> None:
        """Do what the end of a run asks for: haste, confirming test messages, and the tenants' share of a page."""
        self.agenda.hurry(due.tenant)
        if due.task == "page":
            for one in self._open.values():
                self._hasten(one.news, self._now())
        elif due.task == "tick" and (watched := self._open.get(due.tenant)):
            for route in self.rounds.pipeline.suspects(due.tenant):
                if route in watched.probes:
                    self._hasten(watched.probes[route], self._now(), first=True)

    async def _nap(self) -> None:
        """Wait for what is due next, on the clock, or until something is new."""
        length = min(max(self.agenda.next_at - self._now(), SHORTEST_NAP), LONGEST_NAP.total_seconds())
        sleeping = asyncio.ensure_future(self.rounds.clock.sleep(timedelta(seconds=length)))
        waking = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait(
                {sleeping, waking}, timeout=LONGEST_NAP.total_seconds(), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            sleeping.cancel()
            waking.cancel()

    async def _open_tenant(self, args: Args) -> None:
        tenant = str(args["tenant"])
        if closing := self._closing.get(tenant):
            await asyncio.wait({closing})
        async with AsyncExitStack() as stack:
            eyes = await stack.enter_async_context(self.opener.open(tenant, self.rounds.take))
            if tenant not in self._wanted:
                return
            self.rounds.eyes[tenant] = eyes
            self._open[tenant] = self._scheduled(eyes, stack.pop_all())

    def _scheduled(self, eyes: Eyes, stack: AsyncExitStack) -> _Open:
        dues = list(self._dues(eyes))
        for due in dues:
            self.agenda.add(due, NEVER if due.task in {"news", "late"} else self._soon(FIRST))
        only = {due.task: due for due in dues}
        return _Open(
            stack=stack,
            tick=only["tick"],
            news=only["news"],
            late={due.what: due for due in dues if due.task == "late"},
            told=self._now(),
            probes={due.what: due for due in dues if due.task == "probe"},
        )

    def _dues(self, eyes: Eyes) -> Iterator[Due]:
        tenant = eyes.tenant
        urgent = partial(self._is_urgent, tenant)

        def due(task: str, every: timedelta, what: str = "") -> Due:
            rhythm = Rhythm(f"{task} {tenant} {what}", every)
            return Due(tenant=tenant, task=task, what=what, next=rhythm, urgent=urgent)

        yield Due(tenant=tenant, task="tick", next=partial(self._next_tick, tenant))
        yield Due(tenant=tenant, task="news", next=_never)
        if eyes.feed:
            yield due("feed", self.rounds.poll_every)
            yield Due(tenant=tenant, task="late", next=_never)
        for name, line in eyes.lines.items():
            yield due("probe", line.route.interval, name)
        for name in eyes.calendars:
            yield due("calendar", CALENDAR, name)
            yield Due(tenant=tenant, task="late", what=name, next=_never)

    def _next_tick(self, tenant: str, now: float) -> float:
        watched = self._open.get(tenant)
        quiet = timedelta(seconds=max(now - watched.told, 0.0)) if watched else timedelta()
        rest = self.rounds.pipeline.rest(tenant, quiet)
        return NEVER if rest is None else now + rest.total_seconds()

    def _is_urgent(self, tenant: str) -> bool:
        return self.rounds.pipeline.is_troubled(tenant)

    def _close(self, tenants: set[str]) -> None:
        for tenant in tenants:
            self.agenda.drop(tenant)
            self.rounds.eyes.pop(tenant, None)
            watched = self._open.pop(tenant, None)
            if watched:
                self._closing[tenant] = asyncio.create_task(watched.stack.aclose(), name=f"closing:{tenant}")
                self._closing[tenant].add_done_callback(partial(self._let_go, tenant))
        for task, due in self._running.items():
            if due.is_over:
                task.cancel()

    def _let_go(self, tenant: str, task: asyncio.Task[None]) -> None:
        if self._closing.get(tenant) is task:
            del self._closing[tenant]

    def _soon(self, spread: timedelta) -> float:
        return self._now() + spread.total_seconds() * self.chance.random()

    def _hasten(self, due: Due, at: float, *, first: bool = False) -> None:
        self.agenda.hasten(due, at, first=first)
        self._wake.set()

    def _open_again(self, tenant: str, now: float) -> float:
        return NEVER if tenant in self._open else now + AGAIN.total_seconds()

    def _now(self) -> float:
        return self.rounds.clock.now().timestamp()


def _never(_: float) -> float:
    return NEVER
