"""How the bot itself is, put together from its parts."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.app.heartbeat import Heartbeat
from bot.app.holder import SHARD
from bot.app.loop_news import loop_news
from bot.app.loops import Beat as Heard
from bot.app.loops import Loops, LoopState
from bot.app.shards import SHARDS, Shards
from bot.app.watchdog import Watchdog
from bot.jobs import Jobs, TaskCount
from bot.pipeline import Pipeline
from bot.store import KeptDelivery, State, Store, StoreError
from bot.types import Clock, Kind, SightObservation
from bot.web.health import Beat, ClockSet, Count, Health, Mouth, Outward

DEADLINES: Mapping[str, timedelta] = {
    "roll_up": timedelta(minutes=10),
    "probe": timedelta(minutes=15),
    "feed": timedelta(minutes=15),
    "calendar": timedelta(minutes=15),
}
"""How long each task may stay away before it counts as stuck."""
ROUNDS = ("probe", "feed", "calendar")
"""Tasks that only a process has which watches somebody who needs them."""
SHARED = ("roll_up",)
"""Where several programs share a store a job runs on any of them, and comes to none surely."""

log = structlog.get_logger(__name__)

ANYBODYS = "companies"
"""Stands for the channels of all where there are several companies."""
HANDOVER = 3
"""So many looks may find shards that nobody holds: one is taken over within a minute."""
CHECK = timedelta(seconds=15)
CHECK_DEADLINE = timedelta(minutes=2)
ANSWER = 20.0
"""Seconds within which a store answers that is there."""


@dataclass(slots=True, kw_only=True)
class Pulse:
    """What health is read from without waiting: counts in memory, and what the last check of the store found."""

    clock: Clock
    started: datetime
    jobs: Jobs
    pipeline: Pipeline
    shards: Shards
    loops: Loops
    watchdog: Watchdog
    store: Store
    destinations: Callable[[str], Sequence[str]]
    """Names a company's channels."""
    heartbeat: Heartbeat | None = None
    told_after: timedelta
    """Trouble of a loop that is shorter is told to nobody."""
    begun: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    """The start, in seconds of the event loop's clock."""
    store_silent: datetime | None = None
    """Since when the store does not answer."""
    store_error: str = ""
    store_lost: bool = False
    """The store's file was deleted or replaced under us."""
    alone: int = 0
    """Looks in a row that found shards which no worker holds."""
    waiting: int = 0
    oldest: datetime | None = None
    stopped: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Companies' destinations that took no message since one was given up, with the reason."""

    jumped: Callable[[], timedelta] = timedelta
    """Asks by how much the machine's clock jumped since the last time."""
    clock_set: ClockSet | None = None
    rouse: Callable[[], Awaitable[None]] | None = None
    """Has what waits for a moment that is far off again tried at once; may raise StoreError."""
    set_back: bool = False
    """Whether the clock was set back, and nothing roused since."""
    hears: Callable[[], bool] = lambda: True
    """Asks whether the chat platforms that need a connection of ours can reach us."""

    async def run(self, beat: Heard) -> None:
        """Check again and again; by a loop of its own, as the jobs do not run while the store cannot be reached."""
        while True:
            self.look_at_clock()
            await self.check()
            await self.settle_clock()
            await self.report()
            beat()
            await asyncio.sleep(CHECK.total_seconds())

    def look_at_clock(self) -> None:
        """Keep when the machine's clock jumped last."""
        if jump := self.jumped():
            self.clock_set = ClockSet(at=self.clock.now(), by=jump)
            self.set_back = self.set_back or jump < timedelta()
            log.warning("clock_jumped", seconds=jump.total_seconds())

    async def settle_clock(self) -> None:
        """Let nothing wait until a clock that was set back is as late as it was."""
        if self.set_back and self.rouse:
            with contextlib.suppress(StoreError):  # once the store can be written
                await self.rouse()
                self.set_back = False

    async def check(self) -> None:
        """Ask the store what waits, and what could not be delivered."""
        try:
            async with asyncio.timeout(ANSWER), self.store.read() as tx:
                self._look_at_file(lost=await self.store.is_lost())
                waiting, given_up = await tx.outbox.waiting(), await tx.outbox.given_up()
                gaps = await tx.gaps.shut()
        except (StoreError, TimeoutError) as error:
            self.store_silent = self.store_silent or self.clock.now()
            self.store_error = str(error) or f"store: no answer within {ANSWER:.0f} s"
            return
        self.store_silent, self.store_error = self.store_silent if self.store_lost else None, ""
        await self._count_shards()
        ours = set(self.pipeline.tenants)
        pending = [one for name, one in waiting.items() if name in ours]
        self.waiting = sum(one.count for one in pending)
        self.oldest = min((one.due for one in pending), default=None)
        failing = {**given_up, **{(name, one.destination): one.why for name, one in gaps}}
        self.stopped = {whose: why for whose, why in failing.items() if whose[0] in ours}

    def _look_at_file(self, *, lost: bool) -> None:
        if lost and not self.store_lost:
            self.store_silent = self.store_silent or self.clock.now()
            log.error("store_lost", why="its file was deleted or replaced; what is saved now is lost when we end")
        self.store_lost = lost

    async def _count_shards(self) -> None:
        """Look whether all is watched by somebody; what is just being handed over is not missed."""
        if self.store.address:
            with contextlib.suppress(StoreError, TimeoutError):
                async with asyncio.timeout(ANSWER):
                    held = [one for one in await self.store.leases.held() if one.name.startswith(SHARD)]
                self.alone = self.alone + 1 if len(held) < SHARDS else 0

    async def report(self) -> None:
        """Have it told where a loop hangs and stays so, and when it runs again, to those whose business it is."""
        now = self.clock.now()
        news = {
            tenant: loop_news(beats, self.pipeline.sources(tenant), now, tenant=tenant, told_after=self.told_after)
            for tenant, beats in self._business().items()
        }
        await asyncio.gather(*(self._tell(tenant, seen) for tenant, seen in news.items() if seen))

    async def _tell(self, tenant: str, seen: Sequence[SightObservation]) -> None:
        with contextlib.suppress(StoreError):  # the pipeline keeps it
            await self.pipeline.take(tenant, seen)

    def _business(self) -> Mapping[str, Sequence[Beat]]:
        """Give whom we tell of loops that hang, and of which: of several companies each of those that look for itself.

        The others are the operator's business then, who hears of them by other ways than somebody's channels.
        """
        hang = [one for one in self.loops.states() if one.hangs]
        if not self._several:
            # With several machines, whoever watches the company speaks of its own loops there.
            here = self.shards.eyes if self.store.address else self.pipeline.tenants
            return {tenant: [_beat(one) for one in hang] for tenant in here}
        own: dict[str, list[Beat]] = {tenant: [] for tenant in self.shards.eyes}
        for one in hang:
            if one.tenant in own:
                own[one.tenant].append(_beat(one))
        return own

    @property
    def _several(self) -> bool:
        """Tell whether there are several companies, however few of them are watched from here."""
        return len(self.shards.tenants()) > 1

    def health(self) -> Health:
        """Tell how the bot is now."""
        unsaved = [*self.pipeline.unsaved.values()]
        since = min((one.since for one in unsaved), default=self.store_silent)
        return Health(
            at=self.clock.now(),
            started=self.started,
            several=self._several,
            beats=self._beats(),
            store=since is None,
            unsaved_since=since,
            store_error=self.store_error or next((one.why for one in unsaved), ""),
            store_lost=self.store_lost,
            sees=self._sees(),
            tells=not self.stopped,
            hears=self.hears(),
            waiting=self.waiting,
            oldest=self.oldest,
            counts=self._counts(),
            blocked=self.watchdog.blocked,
            blocked_for=timedelta(seconds=self.watchdog.longest),
            clock_set=self.clock_set,
            mouths=self._all_mouths(),
            outward=Outward(taken=self.heartbeat.taken, error=self.heartbeat.error) if self.heartbeat else None,
        )

    def health_of(self, tenant: str) -> Health:
        """Tell how the bot is as far as it is one company's business; all of it where there is only one."""
        health = self.health()
        if not self._several:
            return health
        own = tuple(_beat(one) for one in self.loops.states() if one.tenant == tenant)
        return replace(health, beats=own, mouths=self._mouths(tenant), outward=None, store_error="")

    def _all_mouths(self) -> tuple[Mouth, ...]:
        """Give everybody's channels; without names where there are several companies: machines ask without a token."""
        mouths = tuple(mouth for tenant in self.pipeline.tenants for mouth in self._mouths(tenant))
        return tuple(replace(mouth, name=ANYBODYS) for mouth in mouths) if self._several else mouths

    def _mouths(self, tenant: str) -> tuple[Mouth, ...]:
        names = self.destinations(tenant)
        return tuple(Mouth(name=name, error=self.stopped.get((tenant, name), "")) for name in names)

    def _beats(self) -> tuple[Beat, ...]:
        loops = [_beat(one) for one in self.loops.states()]
        loops = _by_kind(loops) if self._several else loops
        counts, now = self._task_counts(), asyncio.get_running_loop().time()
        away = SHARED if self.store.address else ()
        tasks = [
            Beat(
                loop=task, age=timedelta(seconds=now - (counts[task].ended_at or self.begun)), deadline=limit, task=True
            )
            for task, limit in DEADLINES.items()
            if task in counts and task not in away and (task not in ROUNDS or self.shards.agenda.has(task))
        ]
        return (*loops, *tasks)

    def _task_counts(self) -> Mapping[str, TaskCount]:
        return {**self.jobs.counts(), **self.shards.counts()}

    def _sees(self) -> bool:
        """Tell whether anything at all can be seen: a feed, or a mailbox."""
        if self.alone > HANDOVER:
            return False
        eyes = [one for each in self.shards.eyes.values() for one in (each.feed, *each.mailboxes.values()) if one]
        return not eyes or any(one.readable for one in eyes)

    def _counts(self) -> Mapping[Count, int]:
        counts = self._task_counts().values()
        return {
            Count.JOBS_DONE: sum(one.runs - one.failures for one in counts),
            Count.JOBS_FAILED: sum(one.failures for one in counts),
        }


def _beat(state: LoopState) -> Beat:
    return Beat(loop=state.name, age=state.age, deadline=state.deadline, restarts=state.restarts, error=state.error)


def _by_kind(loops: Iterable[Beat]) -> list[Beat]:
    """Give the worst loop of each kind: the rest of a name is some company's mailbox."""
    worst: dict[str, Beat] = {}
    for one in loops:
        kind = one.loop.partition(":")[0]
        before = worst.get(kind)
        if before is None or one.age - one.deadline > before.age - before.deadline:
            worst[kind] = replace(one, loop=kind, restarts=one.restarts + (before.restarts if before else 0))
        else:
            worst[kind] = replace(before, restarts=before.restarts + one.restarts)
    return list(worst.values())


def stopped(recent: Sequence[KeptDelivery]) -> Mapping[str, str]:
    """Name the destinations whose newest message that came to an end was given up; ``recent`` is newest first."""
    newest: dict[str, KeptDelivery] = {}
    for one in recent:
        if one.state in {State.SENT, State.FAILED} and one.kind is not Kind.PICTURE:
            newest.setdefault(one.destination, one)
    return {name: one.error for name, one in newest.items() if one.state is State.FAILED}
