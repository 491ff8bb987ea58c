"""What a machine's step gives to save: one transaction for all that many tenants take in at the same time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.correlate import in_doubt
from bot.jobs import Jobs
from bot.keeper import Company, Keeper, Kept, Think
from bot.outbox import draft
from bot.store import Deed, Push, Store, Together, Transaction
from bot.types import Change, Clock, Observation

log = structlog.get_logger(__name__)

SAVE_EVERY = timedelta(minutes=1)
"""The state of a machine that was told something is saved this often, and with every change."""
GIVEN_UP = "this company is no longer watched"


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
    request: str = ""
    """By which a person asked for it: where that was done before, by whichever process, nothing is saved."""
    leaving: bool = False
    """Nobody is told anything more."""


NOTHING = Beside()


@dataclass(slots=True, kw_only=True)
class Step:
    """What a machine took in and thought; both are another's where somebody else moved the machine on meanwhile."""

    kept: Kept
    think: Think
    beside: Beside = NOTHING
    changes: list[Change] = field(default_factory=list)
    repeated: bool = False
    """Whether it was done before, and nothing is saved."""

    @property
    def tenant(self) -> str:
        """Whose machine it is."""
        return self.kept.machine.tenant

    def take(self, batch: Sequence[Observation]) -> None:
        """Have the machine take in what was seen, and think."""
        self.changes = self.kept.think(batch, self.think)

    @property
    def is_news(self) -> bool:
        """Tell whether other programs are to take it over at once, and not only when somebody asks."""
        return bool(self.changes) or self.beside != NOTHING or self.kept.version == 0

    def state_is_due(self, now: datetime) -> bool:
        """Tell whether the machine's state is to be saved, and not only what it took in."""
        kept = self.kept
        overdue = kept.stirred and now - kept.saved >= SAVE_EVERY
        return bool(self.changes or self.beside.deed) or kept.version == 0 or overdue

    def saved(self, now: datetime, *, state: bool) -> None:
        """Note that all of it is in the store."""
        kept = self.kept
        kept.version, kept.news, kept.unsaved = kept.version + 1, (), ()
        if state:
            kept.saved, kept.stirred = now, False


class Steps:
    """Saves steps, each whole or not at all."""

    def __init__(self, memory: Memory, keeper: Keeper, companies: Mapping[str, Company]) -> None:
        """Take the machines, and whom their news are for."""
        self._memory = memory
        self._keeper = keeper
        self._companies = companies
        self._together = Together(self._save)

    async def save(self, step: Step) -> None:
        """Save a step, if there is anything to save; raises StoreError."""
        if step.kept.unsaved or step.state_is_due(self._memory.clock.now()):
            await self._together.do(step)

    async def _save(self, steps: Sequence[Step]) -> None:
        now = self._memory.clock.now()
        async with self._memory.store.begin() as tx:
            newest = await self._keeper.hold([step.kept for step in steps], tx)
            for step in steps:
                if newest[step.tenant] is not step.kept:
                    unsaved, step.kept = step.kept.unsaved, newest[step.tenant]
                    step.take(unsaved)
            steps = [step for step in steps if await self._is_first(step, tx)]
            whole = [step for step in steps if step.state_is_due(now)]
            seen = [one for step in steps for one in step.kept.unsaved]
            await tx.observations.add(seen)
            await tx.advisories.note(seen)
            for step in steps:
                await self._noted(step, tx)
                await self._told(step, now, tx)
            for news in (True, False):
                alike = [step for step in steps if step.is_news is news]
                await tx.machines.step([step.tenant for step in alike if step not in whole], news=news)
                states = {step.tenant: step.kept.machine.dump() for step in alike if step in whole}
                await tx.machines.save(states, now, news=news)
        for step in steps:
            step.saved(now, state=step in whole)

    async def _is_first(self, step: Step, tx: Transaction) -> bool:
        """Tell whether nobody did yet what a step is for; nobody else does it now, as we hold the machine."""
        request = step.beside.request
        step.repeated = bool(request) and not await tx.requests.first(request, self._memory.clock.now())
        return not step.repeated

    async def _noted(self, step: Step, tx: Transaction) -> None:
        beside = step.beside
        if beside.deed:
            await tx.audit.note(step.tenant, beside.deed)
        if beside.pushed:
            await tx.pushes.note(step.tenant, beside.pushed.push, after=beside.pushed.after)
        if beside.leaving:
            await tx.deliveries.give_up_all(step.tenant, GIVEN_UP, self._memory.clock.now())

    async def _told(self, step: Step, now: datetime, tx: Transaction) -> None:
        """Save what is new, and what everybody is to be told of it."""
        changes = step.changes
        if not changes:
            return
        destinations = self._companies[step.tenant].destinations
        for incident in {change.incident.id: change.incident for change in changes if change.incident}.values():
            await tx.incidents.save(incident, now)
        await tx.incidents.record(changes)
        doubts = in_doubt(step.kept.machine.advisories, now)
        for change in changes:
            log.info(
                "change",
                tenant=change.tenant,
                reason=str(change.reason),
                rings=change.rings,
                why=change.why,
                about=change.about,
            )
            if not step.beside.leaving:
                await draft(change, destinations, doubts, jobs=self._memory.jobs, now=now, tx=tx)
