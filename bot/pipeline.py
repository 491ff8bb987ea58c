"""The machine with a memory: observation in, outbox rows out, in one transaction."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import deeds
from bot.interest import Interest
from bot.keeper import Company, Keeper, Think, Unsaved
from bot.machine import Machine
from bot.steps import NOTHING, Beside, Memory, Pushed, Step, Steps
from bot.store import Deed, StoreError
from bot.types import Change, Incident, Observation, Order, Person, ProbeSeen, Reported, Snapshot, SourceNow

__all__ = ["Memory", "Pipeline", "Pushed"]

log = structlog.get_logger(__name__)

REFRESH_FOR = 0.3
"""Seconds: what others moved on is read for so long at a time, as somebody may be waiting for an answer."""
UNTAKEN_AT_MOST = 10_000
"""Observations that wait in memory while the store cannot be written: hours of a company's."""


@dataclass(slots=True, kw_only=True)
class _Shown:
    """A machine as it was after its last step, and its snapshot once somebody asked."""

    machine: Machine
    at: datetime
    snapshot: Snapshot | None = None


class Pipeline:
    """One machine a tenant; each step of it is saved together with what it gives to say, or not taken at all."""

    def __init__(self, memory: Memory, *, everybody: bool = True) -> None:
        """Begin with nobody to watch for; ``everybody`` who is admitted is kept at hand, else only whom we watch."""
        self._memory = memory
        self._companies: dict[str, Company] = {}
        self._keeper = Keeper(memory.store, memory.clock, self._companies)
        self._steps = Steps(memory, self._keeper, self._companies)
        self._shown: dict[str, _Shown] = {}
        self._untaken: dict[str, Sequence[Observation]] = {}
        """What could not be saved, where the machine that was told it is gone."""
        self._arrived: defaultdict[str, list[Observation]] = defaultdict(list)
        """What waits for a step that is under way: the next one knows it all, whosever it is."""
        self.unsaved: dict[str, Unsaved] = {}
        """Tenants whose last step could not be saved."""
        self._everybody = everybody
        self._interest = Interest()
        self._wound: set[str] = set()
        """Whom we began to watch since the last look at what others did."""
        self._unread: set[str] = set()
        """Whose machine could not be read anew."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def admit(self, tenant: str, company: Company) -> None:
        """Watch for a tenant from now on, as ``company`` says: go on where the store says that we were.

        Raises StoreError; a tenant that was not watched before is not watched then either. One that alone cannot be
        read here is not shown until it can be.
        """
        before, self._companies[tenant] = self._companies.get(tenant), company
        if before is None and self._everybody:
            try:
                await self._step(tenant, _nothing)
            except StoreError as error:
                if not error.passing:
                    self._leave_out(tenant, error)
                    return
                self._companies.pop(tenant)
                self._shown.pop(tenant, None)
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
        try:
            await self._step(tenant, lambda machine: machine.leave(self._memory.clock.now()), beside=leave)
        except StoreError as error:
            if error.passing:
                raise
            self._leave_out(tenant, error)  # whoever can read it closes what is open
        ours = (self._companies, self._shown, self._untaken, self._arrived, self.unsaved, self._locks)
        for known in ours:
            known.pop(tenant, None)
        self._interest.forget(tenant)
        self._unread.discard(tenant)
        self._keeper.forget(tenant)

    async def wind(self, tenant: str) -> None:
        """Have a tenant's machine at hand, and keep it new before others: it is from here that it is watched."""
        await self._step(tenant, _nothing)
        self._interest.watch(tenant)
        self._wound.add(tenant)

    async def release(self, tenant: str) -> None:
        """Watch a tenant no more: others may, and see for themselves what we could not save."""
        async with self._locks[tenant]:
            self._interest.forget(tenant)
            waits = [*self._waiting(tenant), *self._keeper.doubt(tenant)]
            self._untaken[tenant] = [one for one in waits if isinstance(one, ProbeSeen | Reported)]
            if not self._everybody:
                self._unread.discard(tenant)
                self._keeper.forget(tenant)
                self._shown.pop(tenant, None)

    async def refresh(self) -> list[str]:
        """Take over what other programs on the same store saw and did since, and name whose news it is.

        So it is with a machine that was dropped because a step could not be saved: others move it on, unheard of here.
        Whom we watch and who was asked about last comes first, and what takes too long is left to the next time.
        Raises StoreError.
        """
        now, renewed = asyncio.get_running_loop().time, list[str]()
        until, wound = now() + REFRESH_FOR, frozenset(self._wound)
        dropped = [tenant for tenant in self._shown if self._keeper.known(tenant) is None]
        behind = {*await self._keeper.behind(wound | self._interest.lately(now())), *dropped, *self._unread}
        self._wound -= wound
        for tenant in sorted(behind, key=lambda one: (one in self._unread, -self._interest.of(one))):
            if now() >= until:
                break
            if await self._is_renewed(tenant):
                renewed.append(tenant)
        return renewed

    async def _is_renewed(self, tenant: str) -> bool:
        """Read a tenant's machine anew; False where it alone cannot be read. Raises StoreError."""
        async with self._locks[tenant]:
            kept = self._keeper.known(tenant)
            self._untaken[tenant] = [*self._untaken.get(tenant, ()), *(kept.unsaved if kept else ())]
            self._keeper.forget(tenant)
        try:
            await self._step(tenant, _nothing)
        except StoreError as error:
            self._leave_out(tenant, error)
            if error.passing:
                raise
            return False
        self._unread.discard(tenant)
        return True

    def _leave_out(self, tenant: str, error: StoreError) -> None:
        """Go on without a tenant, and try again with each look at what others did."""
        if tenant not in self._unread:
            log.error("company_not_read", tenant=tenant, why=str(error))
        self._unread.add(tenant)

    async def take(
        self, tenant: str, observations: Sequence[Observation], *, pushed: Pushed | None = None
    ) -> list[Change]:
        """Save what was seen, judge it at once, and have told what is new.

        Raises StoreError where nothing could be saved; the observations are then kept for the next step, but for those
        that a far vantage pushed: it keeps them itself.
        """
        if pushed:
            return await self._step(tenant, self._tick, observations, Beside(pushed=pushed))
        self._arrived[tenant] += observations
        return await self._step(tenant, self._tick)

    async def tick(self, tenant: str) -> list[Change]:
        """Let time pass; raises StoreError."""
        return await self._step(tenant, self._tick)

    async def order(self, order: Order) -> list[Change]:
        """Do what a person asked for, once, and note who it was; raises StoreError."""
        beside = Beside(deed=deeds.ordered(order), request=order.request)
        return await self._step(order.tenant, lambda machine: machine.order(order), beside=beside)

    async def refuse(self, order: Order) -> None:
        """Note that a person asked for what they may not do; raises StoreError."""
        async with self._memory.store.begin() as tx:
            await tx.audit.note(order.tenant, deeds.refused(order))

    async def report(self, reported: Reported, by: Person) -> list[Change]:
        """Take in what a person says that they see, once, and note who it was, not their words; raises StoreError."""
        beside = Beside(deed=deeds.reported(reported, by), request=reported.request)
        return await self._step(reported.tenant, self._tick, [reported], beside)

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

    def sources(self, tenant: str) -> Sequence[SourceNow]:
        """Give what can be seen and what cannot, without a snapshot being made; nothing of whom we do not know."""
        shown = self._shown.get(tenant)
        return shown.machine.sources if shown else ()

    def snapshots(self) -> list[Snapshot]:
        """Give all that there are here."""
        return [self.snapshot(tenant) for tenant in self._shown]

    def open(self) -> list[Incident]:
        """Give all that is open at anybody's."""
        return [one for shown in self._shown.values() for one in shown.machine.open]

    def asked(self, tenant: str) -> Snapshot:
        """Give a snapshot to somebody who asks, and keep it new before those of others."""
        self._interest.ask(tenant, asyncio.get_running_loop().time())
        return self.snapshot(tenant)

    def is_troubled(self, tenant: str) -> bool:
        """Tell whether an incident is open, without a snapshot being made."""
        shown = self._shown.get(tenant)
        return shown is not None and shown.machine.is_troubled

    def language(self, tenant: str) -> str:
        """Give the language of a tenant's page."""
        return self._companies[tenant].language

    def rest(self, tenant: str, quiet: timedelta) -> timedelta | None:
        """Tell after how long time must pass for a tenant that was told nothing for a while; None for never."""
        kept = self._keeper.known(tenant)
        return kept.machine.rest(quiet) if kept else None

    def suspects(self, tenant: str) -> tuple[str, ...]:
        """Name the routes that want a confirming test message now."""
        return self._keeper.suspects(tenant, self._memory.clock.now())

    def _tick(self, machine: Machine) -> list[Change]:
        return machine.tick(self._memory.clock.now())

    def _waiting(self, tenant: str) -> list[Observation]:
        return [*self._untaken.pop(tenant, ()), *self._arrived.pop(tenant, ())]

    async def _step(
        self, tenant: str, think: Think, observations: Sequence[Observation] = (), beside: Beside = NOTHING
    ) -> list[Change]:
        async with self._locks[tenant]:
            if tenant not in self._companies:  # word from a watcher that has not heard of the dismissal yet
                self._waiting(tenant)
                return []
            if beside != NOTHING and tenant in self._shown:
                self.snapshot(tenant)  # what is told to have failed where it cannot be saved is not to be seen before
            try:
                step = await self._taken(tenant, observations, think, beside)
            except StoreError as error:
                before = self.unsaved.get(tenant)
                since = before.since if before else self._memory.clock.now()
                self.unsaved[tenant] = Unsaved(since=since, why=str(error))
                self._put_off(tenant, observations, beside)
                raise
            self.unsaved.pop(tenant, None)
            if step.repeated:  # the machine did it again in thought
                self._put_off(tenant, observations, beside)
                return []
            self._publish(step.kept.machine)
            return step.changes

    def _put_off(self, tenant: str, observations: Sequence[Observation], beside: Beside) -> None:
        """Have what could not be saved saved with the next step; whoever was told that it failed sees nothing of it."""
        kept = self._keeper.known(tenant)
        if kept and beside == NOTHING:
            # The machine goes on ahead of the store, so that the page shows what we see.
            kept.unsaved = kept.unsaved[-UNTAKEN_AT_MOST:]
            self._publish(kept.machine)
            return
        self._keeper.forget(tenant)
        waits = kept.unsaved if kept else [*self._waiting(tenant), *observations]
        self._untaken[tenant] = waits[: len(waits) - len(observations)][-UNTAKEN_AT_MOST:]

    async def _taken(self, tenant: str, batch: Sequence[Observation], think: Think, beside: Beside) -> Step:
        """Think with the machine that we have, and again with the newest one where others moved it on meanwhile."""
        step = Step(kept=await self._keeper.get(tenant), think=think, beside=beside)
        # Not before the machine is there: what waits is others' too, and must outlive a step that is given up.
        step.take([*self._waiting(tenant), *batch])
        await self._steps.save(step)
        return step

    def _publish(self, machine: Machine) -> None:
        self._shown[machine.tenant] = _Shown(machine=machine, at=self._memory.clock.now())


def _nothing(_: Machine) -> list[Change]:
    return []
