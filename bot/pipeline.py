"""The machine with a memory: observation in, outbox rows out, in one transaction."""

import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.correlate import in_doubt
from bot.jobs import Jobs
from bot.keeper import Company, Keeper, Kept, Think, Unsaved
from bot.machine import Machine
from bot.outbox import draft
from bot.store import Deed, Push, Store, StoreError, Transaction
from bot.types import Change, Clock, Incident, Observation, Order, Reported, Snapshot

log = structlog.get_logger(__name__)

SAVE_EVERY = timedelta(minutes=1)
"""The state of a machine that was told something is saved this often, and with every change."""
REFRESH_FOR = 0.3
"""Seconds: what others moved on is read for so long at a time, as somebody may be waiting for an answer."""
GIVEN_UP = "this company is no longer watched"
UNTAKEN_AT_MOST = 10_000
"""Observations that wait in memory while the store cannot be written: hours of a company's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Where the pipeline keeps what it knows, and how it has it told."""

    store: Store
    jobs: Jobs
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """That observations came from a far vantage, and from after which of its lines."""

    push: Push
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is noted in the transaction of a step."""

    deed: Deed | None = None
    pushed: Pushed | None = None
    leaving: bool = False
    """Nobody is told anything more."""


@dataclass(slots=True, kw_only=True)
class _Shown:
    """A machine as it was after its last step, and its snapshot once somebody asked."""

    machine: Machine
    at: datetime
    snapshot: Snapshot | None = None


NOTHING = Beside()


class Pipeline:
    """One machine a tenant; each step of it is saved together with what it gives to say, or not taken at all."""

    def __init__(self, memory: Memory, *, everybody: bool = True) -> None:
        """Begin with nobody to watch for; ``everybody`` who is admitted is wound up, else only who is asked for."""
        self._memory = memory
        self._companies: dict[str, Company] = {}
        self._keeper = Keeper(memory.store, memory.clock, self._companies)
        self._shown: dict[str, _Shown] = {}
        self._untaken: dict[str, Sequence[Observation]] = {}
        self.unsaved: dict[str, Unsaved] = {}
        """Tenants whose last step could not be saved."""
        self._everybody = everybody
        self._asked: dict[str, float] = {}
        """When somebody asked last, in seconds of the event loop; for ever from now where it is we who watch."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def admit(self, tenant: str, company: Company) -> None:
        """Watch for a tenant from now on, as ``company`` says: go on where the store says that we were.

        Raises StoreError; a tenant that was not watched before is not watched then either.
        """
        before, self._companies[tenant] = self._companies.get(tenant), company
        if before is None and self._everybody:
            try:
                await self._step(tenant, _nothing)
            except StoreError:
                del self._companies[tenant]
                raise
        elif before != company:
            async with self._locks[tenant]:
                self._keeper.refit(tenant)

    async def dismiss(self, tenant: str) -> None:
        """Watch for a tenant no longer: close what is open, give up what waits to be told; raises StoreError."""
        if tenant not in self._companies:
            return
        deed = Deed(at=self._memory.clock.now(), who="mailstatus", what="stopped watching", about={})
        leave = Beside(deed=deed, leaving=True)
        await self._step(tenant, lambda machine: machine.leave(self._memory.clock.now()), beside=leave)
        for known in (self._companies, self._shown, self._untaken, self.unsaved, self._locks, self._asked):
            known.pop(tenant, None)
        self._keeper.forget(tenant)

    async def wind(self, tenant: str) -> None:
        """Have a tenant's machine at hand, and keep it new before others: it is from here that it is watched."""
        await self._step(tenant, _nothing)
        self._asked[tenant] = math.inf

    def release(self, tenant: str) -> None:
        """Watch a tenant no more: others may now move its machine on."""
        self._asked.pop(tenant, None)
        kept = self._keeper.known(tenant)
        if kept and not (self._everybody or kept.unsaved):
            self._keeper.forget(tenant)
            self._shown.pop(tenant, None)

    async def refresh(self) -> list[str]:
        """Take over what other programs on the same store saw and did since, and name whose news it is.

        Whom we watch and who was asked about last comes first, and what takes too long is left to the next time.
        Raises StoreError.
        """
        now, renewed = asyncio.get_running_loop().time, list[str]()
        until = now() + REFRESH_FOR
        for tenant in sorted(await self._keeper.behind(), key=lambda one: -self._asked.get(one, 0.0)):
            if now() >= until:
                break
            async with self._locks[tenant]:
                kept = self._keeper.known(tenant)
                self._untaken[tenant] = [*self._untaken.get(tenant, ()), *(kept.unsaved if kept else ())]
                self._keeper.forget(tenant)
            await self._step(tenant, _nothing)
            renewed.append(tenant)
        return renewed

    async def take(
        self, tenant: str, observations: Sequence[Observation], *, pushed: Pushed | None = None
    ) -> list[Change]:
        """Save what was seen, judge it at once, and have told what is new.

        Raises StoreError where nothing could be saved; the observations are then kept for the next step, but for those
        that a far vantage pushed: it keeps them itself.
        """
        return await self._step(
            tenant, lambda machine: machine.tick(self._memory.clock.now()), observations, Beside(pushed=pushed)
        )

    async def tick(self, tenant: str) -> list[Change]:
        """Let time pass; raises StoreError."""
        return await self._step(tenant, lambda machine: machine.tick(self._memory.clock.now()))

    async def order(self, order: Order) -> list[Change]:
        """Do what a person asked for, and note who it was; raises StoreError."""
        about = {"incident": order.incident, "advisory": order.advisory, "note": order.note}
        deed = Deed(at=order.at, who=order.person, what=str(order.verb), about=about)
        return await self._step(order.tenant, lambda machine: machine.order(order), beside=Beside(deed=deed))

    async def report(self, reported: Reported) -> list[Change]:
        """Take in what a person says that they see; raises StoreError."""
        return await self.take(reported.tenant, [reported])

    @property
    def tenants(self) -> Sequence[str]:
        """Name whom we watch for."""
        return tuple(self._shown)

    def snapshot(self, tenant: str) -> Snapshot:
        """Give how things stood after the last step, from memory; made when somebody asks, at most once a step."""
        shown = self._shown[tenant]
        if shown.snapshot is None:
            shown.snapshot = shown.machine.snapshot(shown.at, language=self.language(tenant))
        return shown.snapshot

    def snapshots(self) -> list[Snapshot]:
        """Give all that there are here."""
        return [self.snapshot(tenant) for tenant in self._shown]

    def open(self) -> list[Incident]:
        """Give all that is open at anybody's."""
        return [one for shown in self._shown.values() for one in shown.machine.open]

    def asked(self, tenant: str) -> Snapshot:
        """Give a snapshot to somebody who asks, and keep it new before those of others."""
        self._asked.setdefault(tenant, 0.0)
        self._asked[tenant] = max(self._asked[tenant], asyncio.get_running_loop().time())
        return self.snapshot(tenant)

    def language(self, tenant: str) -> str:
        """Give the language of a tenant's page."""
        return self._companies[tenant].language

    def suspects(self, tenant: str) -> tuple[str, ...]:
        """Name the routes that want a confirming test message now."""
        return self._keeper.suspects(tenant, self._memory.clock.now())

    async def _step(
        self, tenant: str, think: Think, observations: Sequence[Observation] = (), beside: Beside = NOTHING
    ) -> list[Change]:
        async with self._locks[tenant]:
            if tenant not in self._companies:  # word from a watcher that has not heard of the dismissal yet
                return []
            if beside != NOTHING and tenant in self._shown:
                self.snapshot(tenant)  # what is told to have failed where it cannot be saved is not to be seen before
            untaken = self._untaken.pop(tenant, ())
            try:
                kept, changes = await self._taken(tenant, [*untaken, *observations], think, beside)
            except StoreError as error:
                before = self.unsaved.get(tenant)
                since = before.since if before else self._memory.clock.now()
                self.unsaved[tenant] = Unsaved(since=since, why=str(error))
                self._put_off(tenant, untaken, observations, beside)
                raise
            self.unsaved.pop(tenant, None)
            self._publish(kept.machine)
            return changes

    def _put_off(
        self, tenant: str, untaken: Sequence[Observation], observations: Sequence[Observation], beside: Beside
    ) -> None:
        """Have what could not be saved saved with the next step; whoever was told that it failed sees nothing of it."""
        kept = self._keeper.known(tenant)
        if kept and beside == NOTHING:
            # The machine goes on ahead of the store, so that the page shows what we see.
            kept.unsaved = kept.unsaved[-UNTAKEN_AT_MOST:]
            self._publish(kept.machine)
            return
        self._keeper.forget(tenant)
        waits = kept.unsaved if kept else [*untaken, *observations]
        waits = waits[: len(waits) - len(observations)] if beside.pushed else waits
        self._untaken[tenant] = waits[-UNTAKEN_AT_MOST:]

    async def _taken(
        self, tenant: str, batch: Sequence[Observation], think: Think, beside: Beside
    ) -> tuple[Kept, list[Change]]:
        """Think with the machine that we have, and again with the newest one where others moved it on meanwhile."""
        kept = await self._keeper.get(tenant)
        changes = kept.think(batch, think)
        if not (kept.unsaved or self._state_is_due(kept, changes, beside)):
            return kept, changes
        async with self._memory.store.begin() as tx:
            newest = await self._keeper.hold(kept, tx)
            if newest is not kept:
                kept, changes = newest, newest.think(kept.unsaved, think)
            saved = await self._save(kept, changes, beside, tx)
        kept.version, kept.saved, kept.news, kept.unsaved = kept.version + 1, saved, (), ()
        return kept, changes

    def _state_is_due(self, kept: Kept, changes: Sequence[Change], beside: Beside) -> bool:
        overdue = kept.stirred and self._memory.clock.now() - kept.saved >= SAVE_EVERY
        return bool(changes or beside.deed) or kept.version == 0 or overdue

    async def _save(self, kept: Kept, changes: Sequence[Change], beside: Beside, tx: Transaction) -> datetime:
        """Save a step; tells when the machine's state was saved last."""
        now, machine = self._memory.clock.now(), kept.machine
        await tx.observations.add(kept.unsaved)
        await tx.advisories.note(kept.unsaved)
        if beside.deed:
            await tx.audit.note(machine.tenant, beside.deed)
        if beside.pushed:
            await tx.pushes.note(machine.tenant, beside.pushed.push, after=beside.pushed.after)
        await self._record(machine, changes, beside, tx)
        if beside.leaving:
            await tx.deliveries.give_up_all(machine.tenant, GIVEN_UP, now)
        if not self._state_is_due(kept, changes, beside):
            await tx.machines.step(machine.tenant)
            return kept.saved
        await tx.machines.save(machine.tenant, machine.dump(), now)
        kept.stirred = False
        return now

    async def _record(self, machine: Machine, changes: Sequence[Change], beside: Beside, tx: Transaction) -> None:
        if not changes:
            return
        now, destinations = self._memory.clock.now(), self._companies[machine.tenant].destinations
        for incident in {change.incident.id: change.incident for change in changes if change.incident}.values():
            await tx.incidents.save(incident, now)
        await tx.incidents.record(changes)
        doubts = in_doubt(machine.advisories, now)
        for change in changes:
            log.info("change", reason=str(change.reason), rings=change.rings, why=change.why, about=change.about)
            if not beside.leaving:
                await draft(change, destinations, doubts, jobs=self._memory.jobs, now=now, tx=tx)

    def _publish(self, machine: Machine) -> None:
        self._shown[machine.tenant] = _Shown(machine=machine, at=self._memory.clock.now())


def _nothing(_: Machine) -> list[Change]:
    return []
