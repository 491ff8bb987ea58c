"""The machines in memory, each with the version that it has in the store: what others moved on is read anew."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.machine import Machine
from bot.store import Store, Transaction, unreadable
from bot.types import Change, Clock, Destination, Observation, ProbeSeen, Route, Rules

Think: TypeAlias = Callable[[Machine], list[Change]]

REFED_AT_MOST = timedelta(hours=48)
"""Raw observations are kept this long, so older ones cannot be fed again."""
LATE = timedelta(minutes=2)
"""An observation may be saved so much after its own time; a machine that was fed it already takes no notice."""

UNKNOWN = -1
"""The version of a machine that may be ahead of the store, or behind it."""
SWEEP = 60
"""So many looks, a second each, apart all machines are compared, not only those that had news: what is shown of one
that nobody asks about grows no older."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What is decided for one tenant."""

    routes: Sequence[Route]
    rules: Rules = field(default_factory=Rules)
    false_alarms_a_year: float = 4.0
    language: str = "en"
    """Of its page; each destination has its own."""
    destinations: Sequence[Destination] = ()
    """Who is told."""


@dataclass(slots=True, kw_only=True)
class Kept:
    """A machine in memory."""

    machine: Machine
    saved: datetime
    """When its state was saved last."""
    version: int
    """How often it had moved on when it was read or saved."""
    news: Sequence[Change] = ()
    """What is new by its observations, and is not saved yet."""
    unsaved: Sequence[Observation] = ()
    """What it has observed and nobody has saved yet."""
    stirred: bool = False
    """Whether it was told anything since its state was saved: else only time has passed, which any machine knows."""

    def think(self, batch: Sequence[Observation], think: Think) -> list[Change]:
        """Tell what is new by what was seen and thought, and keep in mind that none of it is saved yet."""
        self.unsaved = [*self.unsaved, *batch]
        self.stirred = self.stirred or bool(batch)
        observed = [change for seen in batch for change in self.machine.observe(seen)]
        self.news = changes = [*self.news, *observed, *think(self.machine)]
        return changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaved:
    """That a tenant's steps cannot be saved: since when, and why."""

    since: datetime
    why: str


class Keeper:
    """One machine a tenant."""

    def __init__(self, store: Store, clock: Clock, companies: Mapping[str, Company]) -> None:
        """Begin with none in memory."""
        self._store = store
        self._clock = clock
        self._companies = companies
        self._kept: dict[str, Kept] = {}
        self._looks = 0
        self._until: int | None = None
        """Up to when we know who had news."""
        self._newest: dict[str, int] = {}
        """Versions of machines that ours are behind."""

    async def get(self, tenant: str) -> Kept:
        """Give a tenant's machine as it is in memory, read where we have none; raises StoreError."""
        if tenant not in self._kept:
            async with self._store.read() as tx:
                self._kept[tenant] = await self._read(tenant, tx)
        return self._kept[tenant]

    def known(self, tenant: str) -> Kept | None:
        """Give a tenant's machine if it is in memory."""
        return self._kept.get(tenant)

    async def hold(self, all_kept: Sequence[Kept], tx: Transaction) -> Mapping[str, Kept]:
        """Give the newest machines, nobody else moving them until the transaction ends: others where ours were behind.

        They are by tenant.
        """
        versions = await tx.machines.hold([kept.machine.tenant for kept in all_kept])
        newest = {}
        for kept in all_kept:
            tenant = kept.machine.tenant
            if versions.get(tenant, 0) != kept.version:
                self._kept[tenant] = newest[tenant] = await self._read(tenant, tx)
            else:
                newest[tenant] = kept
        return newest

    async def behind(self, asked: Collection[str] = ()) -> list[str]:
        """Name tenants whose machine others moved on since we read or saved ours; raises StoreError.

        That is who had news, and who is ``asked`` about: a message that came as it should is told to nobody else.
        """
        everybody = self._looks % SWEEP == 0
        async with self._store.read() as tx:
            moved = await tx.machines.moved(None if everybody else self._until, named=asked)
        self._looks, self._until = self._looks + 1, moved.until
        self._newest |= moved.versions
        found = [name for name, version in self._newest.items() if self._is_behind(name, version)]
        self._newest = {name: self._newest[name] for name in found}
        return found

    def _is_behind(self, tenant: str, version: int) -> bool:
        kept = self._kept.get(tenant)
        return kept is not None and kept.version < version

    def doubt(self, tenant: str) -> Sequence[Observation]:
        """Have a machine read anew with the next look, and give what it has not saved."""
        kept = self._kept.get(tenant)
        if kept is None:
            return ()
        unsaved, kept.unsaved, kept.version = kept.unsaved, (), UNKNOWN
        self._newest.setdefault(tenant, 0)
        return unsaved

    def refit(self, tenant: str) -> None:
        """Have a machine in memory go by what is decided for its tenant now; it forgets nothing for it."""
        kept = self._kept.get(tenant)
        if kept:
            kept.machine = _machine(self._companies[tenant], tenant, kept.machine.dump())

    def forget(self, tenant: str) -> None:
        """Have a machine read anew: what we have may be ahead of the store, or behind it."""
        self._kept.pop(tenant, None)

    def suspects(self, tenant: str, now: datetime) -> tuple[str, ...]:
        """Name the routes that want a confirming test message now."""
        kept = self._kept.get(tenant)
        return kept.machine.suspects(now) if kept else ()

    async def _read(self, tenant: str, tx: Transaction) -> Kept:
        """Wind a machine up: its saved state, then the observations that came after it, and what is new by them."""
        company, now = self._companies[tenant], self._clock.now()
        saved = await tx.machines.load(tenant)
        try:
            machine = _machine(company, tenant, saved.state if saved else None)
        except ValueError as error:
            raise unreadable(f"what is known of {tenant}", error) from None
        since = max(saved.saved_at, now - REFED_AT_MOST) if saved else now
        wound = tx.observations.between(tenant, since - LATE if saved else now, now + REFED_AT_MOST)
        seen = [one async for one in wound if isinstance(one, ProbeSeen) or one.at >= since]
        news = [change for one in seen for change in machine.observe(one)]
        return Kept(machine=machine, saved=since, version=saved.version if saved else 0, news=news, stirred=bool(seen))


def _machine(company: Company, tenant: str, state: bytes | None) -> Machine:
    return Machine(
        company.routes,
        tenant=tenant,
        rules=company.rules,
        false_alarms_a_year=company.false_alarms_a_year,
        state=state,
    )
