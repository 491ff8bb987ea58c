"""The machine with a memory: observation in, outbox rows out, in one transaction."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.correlate import in_doubt
from bot.jobs import Jobs
from bot.machine import Machine
from bot.outbox import Audience, call, drafts
from bot.store import Deed, Push, Store, StoreError, Transaction
from bot.types import (
    AdvisoryGone,
    AdvisorySeen,
    Change,
    Clock,
    Destination,
    Observation,
    Order,
    ProbeSeen,
    Reading,
    Reported,
    Route,
    Rules,
    Snapshot,
)

log = structlog.get_logger(__name__)

SAVE_EVERY = timedelta(minutes=1)
"""A machine's state is saved this often, and with every change."""
REFED_AT_MOST = timedelta(hours=48)
"""Raw observations are kept this long, so older ones cannot be fed again."""
LATE = timedelta(minutes=2)
"""An observation may be saved so much after its own time; a machine that was fed it already takes no notice."""
UNTAKEN_AT_MOST = 10_000
"""Observations that wait in memory while the store cannot be written: hours of a company's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What is decided for one tenant."""

    routes: Sequence[Route]
    rules: Rules = field(default_factory=Rules)
    false_alarms_a_year: float = 4.0
    language: str = "en"
    """Of its page; each destination has its own."""


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


NOTHING = Beside()
Think = Callable[[Machine], list[Change]]


class Pipeline:
    """One machine a tenant; each step of it is saved together with what it gives to say, or not taken at all."""

    def __init__(self, memory: Memory, companies: Mapping[str, Company], destinations: Sequence[Destination]) -> None:
        """Take what is watched and who is told; ``open`` makes the machines."""
        self._memory = memory
        self._companies = companies
        self._destinations = destinations
        self._machines: dict[str, Machine] = {}
        self._saved: dict[str, datetime] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._untaken: dict[str, Sequence[Observation]] = {}
        self._locks = {tenant: asyncio.Lock() for tenant in companies}

    async def open(self) -> None:
        """Go on where the store says that we were; raises StoreError."""
        for tenant in self._companies:
            await self._machine(tenant)

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
        return tuple(self._companies)

    def snapshot(self, tenant: str) -> Snapshot:
        """Give how things stood after the last step, from memory."""
        return self._snapshots[tenant]

    def language(self, tenant: str) -> str:
        """Give the language of a tenant's page."""
        return self._companies[tenant].language

    def suspects(self, tenant: str) -> tuple[str, ...]:
        """Name the routes that want a confirming test message now."""
        machine = self._machines.get(tenant)
        return machine.suspects(self._memory.clock.now()) if machine else ()

    async def _step(
        self, tenant: str, think: Think, observations: Sequence[Observation] = (), beside: Beside = NOTHING
    ) -> list[Change]:
        async with self._locks[tenant]:
            untaken = self._untaken.pop(tenant, ())
            batch = [*untaken, *observations]
            try:
                machine = await self._machine(tenant)
                changes = [change for seen in batch for change in machine.observe(seen)] + think(machine)
                await self._save(machine, changes, batch, beside)
            except StoreError:
                # The machine is ahead of what is saved: forget it, so that the step can be taken again.
                self._machines.pop(tenant, None)
                self._untaken[tenant] = untaken if beside.pushed else batch[-UNTAKEN_AT_MOST:]
                raise
            self._publish(machine)
            return changes

    async def _machine(self, tenant: str) -> Machine:
        """Give a tenant's machine, read from the store where we have none."""
        machine = self._machines.get(tenant)
        if machine is None:
            machine, self._saved[tenant], changes = await self._read(tenant)
            await self._save(machine, changes)
            self._machines[tenant] = machine
            self._publish(machine)
        return machine

    async def _save(
        self,
        machine: Machine,
        changes: Sequence[Change],
        observations: Sequence[Observation] = (),
        beside: Beside = NOTHING,
    ) -> None:
        now, tenant = self._memory.clock.now(), machine.tenant
        state_is_due = bool(changes or beside.deed) or now - self._saved[tenant] >= SAVE_EVERY
        if not (observations or state_is_due):
            return
        async with self._memory.store.begin() as tx:
            await tx.observations.add(observations)
            await _keep(observations, tx)
            if beside.deed:
                await tx.audit.note(tenant, beside.deed)
            if beside.pushed:
                await tx.pushes.note(tenant, beside.pushed.push, after=beside.pushed.after)
            if state_is_due:
                await tx.machines.save(tenant, machine.dump(), now)
            await self._record(machine, changes, tx, now)
        if state_is_due:
            self._saved[tenant] = now

    async def _record(self, machine: Machine, changes: Sequence[Change], tx: Transaction, now: datetime) -> None:
        if not changes:
            return
        for incident in {change.incident.id: change.incident for change in changes if change.incident}.values():
            await tx.incidents.save(incident, now)
        await tx.incidents.record(changes)
        doubts = in_doubt(machine.advisories, now)
        for change in changes:
            log.info("change", reason=str(change.reason), rings=change.rings, why=change.why, about=change.about)
            await self._draft(change, doubts, tx, now)

    async def _draft(self, change: Change, doubts: Mapping[str, Reading], tx: Transaction, now: datetime) -> None:
        people = [one.destination() for one in await tx.subscriptions.of(change.tenant)]
        heads = await tx.deliveries.heads(change.tenant, change.incident.id) if change.incident else frozenset()
        audience = Audience(destinations=[*self._destinations, *people], heads=heads, doubts=doubts)
        drafted = list(drafts(change, audience, now))
        await tx.deliveries.save(drafted, now)
        first: dict[str, datetime] = {}
        for draft in drafted:
            first[draft.destination] = min(draft.due, first.get(draft.destination, draft.due))
        for name, due in first.items():
            await call(self._memory.jobs, change.tenant, name, due=due, transaction=tx)

    async def _read(self, tenant: str) -> tuple[Machine, datetime, list[Change]]:
        """Wind a machine up: its saved state, then the observations that came after it, and what is new by them."""
        company, now = self._companies[tenant], self._memory.clock.now()
        async with self._memory.store.read() as tx:
            saved = await tx.machines.load(tenant)
            machine = _machine(company, tenant, saved[0] if saved else None)
            since = max(saved[1], now - REFED_AT_MOST) if saved else now
            wound = tx.observations.between(tenant, since - LATE if saved else now, now + REFED_AT_MOST)
            seen = [one async for one in wound if isinstance(one, ProbeSeen) or one.at >= since]
        return machine, since, [change for one in seen for change in machine.observe(one)]

    def _publish(self, machine: Machine) -> None:
        language = self._companies[machine.tenant].language
        self._snapshots[machine.tenant] = machine.snapshot(self._memory.clock.now(), language=language)


async def _keep(observations: Sequence[Observation], tx: Transaction) -> None:
    """Keep every version of every advisory."""
    for seen in observations:
        if isinstance(seen, AdvisorySeen):
            await tx.advisories.see(seen)
        elif isinstance(seen, AdvisoryGone):
            await tx.advisories.gone(seen)


def _machine(company: Company, tenant: str, state: bytes | None) -> Machine:
    return Machine(
        company.routes,
        tenant=tenant,
        rules=company.rules,
        false_alarms_a_year=company.false_alarms_a_year,
        state=state,
    )
