"""Whom we watch for: a live directory of companies, each a value of its own that is replaced as a whole."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.app import wiring
from bot.keeper import Company
from bot.settings import Settings
from bot.store import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """One company as it is decided now."""

    name: str
    settings: Settings
    """The settings as this company has them: no table and no secret in them is another one's."""
    paused: bool = False
    """Known, and not watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What is different about whom we watch for; who is paused counts as removed, with the value of before."""

    added: tuple[Tenant, ...] = ()
    changed: tuple[Tenant, ...] = ()
    removed: tuple[Tenant, ...] = ()


Listener: TypeAlias = Callable[[Moved], Awaitable[None]]
"""Follows a move; it may be told of the same move again after an error, and StoreError is the only one it raises."""


class Tenants:
    """The directory; listeners are told in the order in which they came, and each is told everything."""

    def __init__(self, found: Iterable[Tenant] = ()) -> None:
        """Begin with those who are there at the start."""
        self._known = _by_name(found)
        self._listeners: list[Listener] = []

    def names(self) -> Sequence[str]:
        """Name those who are watched: the paused are not among them."""
        return tuple(name for name, one in self._known.items() if not one.paused)

    def all(self) -> Sequence[Tenant]:
        """Give everybody, the paused too."""
        return tuple(self._known.values())

    def view(self, name: str) -> Tenant:
        """Give a tenant as it is now; KeyError for an unknown one."""
        return self._known[name]

    def find(self, name: str) -> Tenant | None:
        """Give a tenant as it is now; None for an unknown one."""
        return self._known.get(name)

    def listen(self, listener: Listener) -> None:
        """Have every later move followed."""
        self._listeners.append(listener)

    async def become(self, found: Iterable[Tenant]) -> Moved:
        """Take over who is there now, and have it followed.

        Raises StoreError where a listener does: the directory is then as it was, and the next try tells all again.
        """
        before, self._known = self._known, _by_name(found)
        moved = _moved(_watched(before), _watched(self._known))
        try:
            await self._tell(moved)
        except StoreError:
            self._known = before
            raise
        return moved

    async def _tell(self, moved: Moved) -> None:
        """Have the last listener let go first, and take up last: it stands on those before it."""
        gone, come = replace(moved, added=(), changed=()), replace(moved, removed=())
        for listener in reversed(self._listeners) if gone.removed else ():
            await listener(gone)
        for listener in self._listeners if come != Moved() else ():
            await listener(come)


def in_one_file(settings: Settings) -> list[Tenant]:
    """Give the companies that mailstatus.toml holds, most often one."""
    return [Tenant(name=name, settings=own) for name, own in settings.apart(wiring.tenants(settings)).items()]


def company(tenant: Tenant) -> Company:
    """Say what is watched for a tenant, by what rules, and who is told."""
    settings = tenant.settings
    return Company(
        routes=wiring.routes(settings, tenant.name),
        rules=wiring.rules(settings),
        false_alarms_a_year=settings.installation.rules.false_alarms_a_year,
        language=wiring.language(settings, tenant.name),
        destinations=wiring.destinations(settings),
    )


def page_token(tenant: Tenant) -> str:
    """Give what opens a company's page and no other; empty where it has none."""
    table = tenant.settings.installation.tenants.get(tenant.name)
    variable = table.page_token_env if table else None
    secret = tenant.settings.named.get(variable or "")
    return secret.get_secret_value() if secret else ""


def page_people(tenant: Tenant) -> Sequence[str]:
    """Give whom the proxy's identity lets see a company's page: names, or domains that begin with an @."""
    table = tenant.settings.installation.tenants.get(tenant.name)
    return table.page_people if table else ()


def _by_name(found: Iterable[Tenant]) -> Mapping[str, Tenant]:
    return {one.name: one for one in found}


def _differs(one: Tenant, other: Tenant) -> bool:
    return one is not other and one != other


def _watched(known: Mapping[str, Tenant]) -> Mapping[str, Tenant]:
    return {name: one for name, one in known.items() if not one.paused}


def _moved(before: Mapping[str, Tenant], after: Mapping[str, Tenant]) -> Moved:
    return Moved(
        added=tuple(one for name, one in after.items() if name not in before),
        changed=tuple(one for name, one in after.items() if name in before and _differs(before[name], one)),
        removed=tuple(one for name, one in before.items() if name not in after),
    )
