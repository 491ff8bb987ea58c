"""Whose people ask: a workspace of Slack or a tenant of Entra belongs to a company, or a channel in it does."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from bot.app.tenants import Moved, Tenant, Tenants
from bot.types import DEFAULT_TENANT, Person


@dataclass(slots=True)
class _Index:
    owners: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Companies by platform and place: a workspace, or an Entra id."""
    channels: defaultdict[tuple[str, str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Companies by platform, place and channel."""
    languages: dict[str, str] = field(default_factory=dict)
    """Of channels."""


@dataclass(slots=True)
class Whose:
    """Answers from the directory as it is now; where several companies share a place, the channel decides."""

    tenants: Tenants
    several: bool
    """Slack is several workspaces, each with its name in the settings."""
    _made: _Index | None = None

    @classmethod
    def of(cls, tenants: Tenants, *, several: bool) -> Self:
        """Follow a directory from now on."""
        made = cls(tenants, several=several)
        tenants.listen(made.follow)
        return made

    async def follow(self, _: Moved) -> None:
        """Look through the directory anew when somebody asks."""
        self._made = None

    def company(self, platform: str, place: str, channel: str = "") -> str | None:
        """Name the company that may be asked about there; None where it is nobody's, or not clear whose."""
        owners = self._owners(platform, place)
        if len(owners) > 1:
            owners &= self._index.channels.get((platform, self._place(platform, place), channel), set())
        return next(iter(owners)) if len(owners) == 1 else None

    def holds(self, person: Person, tenant: str) -> bool:
        """Tell whether a person's place is still the company's, or shared with it."""
        return tenant in self._owners(person.platform, person.workspace)

    def language(self, channel: str) -> str | None:
        """Give the language that the settings say for a channel."""
        return self._index.languages.get(channel)

    def places(self, platform: str) -> frozenset[str]:
        """Name the workspaces, or the Entra ids, whose people may ask."""
        return frozenset(place for kind, place in self._index.owners if kind == platform)

    def _owners(self, platform: str, place: str) -> set[str]:
        names, alone = self.tenants.names(), platform == "slack" and not self.several
        owners = self._index.owners.get((platform, self._place(platform, place)))
        return set(owners or (names if alone and len(names) == 1 else ()))

    def _place(self, platform: str, place: str) -> str:
        """Give a place as the settings name it: one workspace is called nothing, and ids of Entra have no case."""
        if platform == "slack":
            return place if self.several else ""
        return place.lower()

    @property
    def _index(self) -> _Index:
        if self._made is None:
            self._made = _Index()
            for name in self.tenants.names():
                self._add(self._made, self.tenants.view(name))
        return self._made

    def _add(self, index: _Index, tenant: Tenant) -> None:
        for azure in azure_ids(tenant):
            index.owners["teams", azure].add(tenant.name)
        for table in tenant.settings.installation.destinations.values():
            if table.channel:
                place = self._place("slack", table.workspace)
                index.owners["slack", place].add(tenant.name)
                index.channels["slack", place, table.channel].add(tenant.name)
            if table.conversation:
                for azure in azure_ids(tenant):
                    index.channels["teams", azure, table.conversation].add(tenant.name)
            index.languages[table.channel or table.conversation or ""] = table.language


def azure_ids(tenant: Tenant) -> Iterator[str]:
    """Give the Entra id of a company; the environment's is of the one that it speaks of."""
    table = tenant.settings.installation.tenants.get(tenant.name)
    if table and table.azure_tenant_id:
        yield table.azure_tenant_id.lower()
    own = tenant.settings.environment.azure_tenant_id
    if own and tenant.name == DEFAULT_TENANT:
        yield own.lower()
