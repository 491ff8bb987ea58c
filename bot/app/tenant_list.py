"""How every company is, for the operator: its file, when it was seen, what is open, what cannot be seen."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.app.tenant_folder import TenantFolder
from bot.app.tenants import Tenant
from bot.settings import SettingsError
from bot.store import Store
from bot.types import Incident


class Standing(StrEnum):
    """How a company is, the first that fits."""

    FAULTY = "faulty"
    """Its file cannot be used, and it is not watched, or as it was before; or it has what another has too."""
    PAUSED = "paused"
    OPEN = "open"
    BLIND = "blind"
    UNSEEN = "unseen"
    """Not watched yet."""
    FLOWS = "flows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One company in one line."""

    name: str
    standing: Standing
    seen: datetime | None
    """When its state was saved last."""
    open: tuple[Incident, ...] = ()
    blind: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the store says of everybody."""

    seen: Mapping[str, datetime]
    blind: Mapping[str, Sequence[str]]
    open: Sequence[Incident]


async def kept(store: Store) -> Kept:
    """Ask the store; raises StoreError."""
    async with store.read() as tx:
        every = tx.everybody
        return Kept(seen=await every.seen(), blind=await every.blind(), open=await every.open_incidents())


def listed(folder: TenantFolder, known: Kept, *, wanted: Sequence[str] = (), like: str = "*") -> Iterator[Listed]:
    """List companies by name; ``wanted`` standings, and names ``like`` a pattern with * and ?."""
    tenants = {one.name: one for one in folder.tenants()}
    wrong = folder.wrong()
    incidents: dict[str, list[Incident]] = {}
    for one in known.open:
        incidents.setdefault(one.tenant, []).append(one)
    for name in sorted({*tenants, *folder.companies_at_fault()}):
        line = _line(name, tenants.get(name), incidents.get(name, ()), wrong.get(name, ()), known)
        if fnmatchcase(name, like) and (not wanted or line.standing in wanted):
            yield line


def _line(name: str, tenant: Tenant | None, incidents: Iterable[Incident], wrong: Iterable[str], known: Kept) -> Listed:
    found, blind = tuple(incidents), tuple(known.blind.get(name, ()))
    faults, seen = tuple(wrong), known.seen.get(name)
    holds = {
        Standing.FAULTY: bool(faults),
        Standing.PAUSED: tenant is not None and tenant.paused,
        Standing.OPEN: bool(found),
        Standing.BLIND: bool(blind),
        Standing.UNSEEN: seen is None,
    }
    standing = next((one for one, held in holds.items() if held), Standing.FLOWS)
    return Listed(name=name, standing=standing, seen=seen, open=found, blind=blind, faults=faults)


def meant(name: str, names: Iterable[str]) -> str:
    """Give a company's name as it is known; raises SettingsError, with what may be meant."""
    known = list(names)
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    hint = f" Did you mean {', '.join(near)}?" if near else " See them all: mailstatus tenant list"
    raise SettingsError([f"There is no company {name!r}.{hint}"])
