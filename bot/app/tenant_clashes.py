"""What one company alone may have, and several do: said of each of them, whichever came first; pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.app.tenants import Tenant, page_people, page_token
from bot.app.whose import azure_ids
from bot.settings import Settings

OPERATOR = "the operator"
"""Stands among the holders for whoever runs the bot; no company can be called so in a file."""
Said: TypeAlias = Mapping[str, Sequence[str]]
"""Lines by company, each with the key of the settings that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    key: tuple[str, ...]
    """What kind of thing it is, and which."""
    what: str
    so: str
    """What becomes of it, and what mends it."""


def clashes(tenants: Iterable[Tenant], operator: Settings) -> Said:
    """Say what each has that another has too; those who clash with nobody are not in it."""
    own = operator.environment.page_token
    held = [(OPERATOR, _token(own.get_secret_value()))] if own else []
    held += [(one.name, each) for one in _in_order(tenants) for each in _own(one)]
    return {name: lines for name, lines in _shared(held).items() if name != OPERATOR}


def doubts(tenants: Iterable[Tenant]) -> Said:
    """Say whose service health another is told too: one company may be two on purpose, or an id may be mistyped."""
    so = "and both are told of its service health: right only where they are one company"
    ids = ((one.name, azure) for one in _in_order(tenants) for azure in azure_ids(one))
    return _shared(
        (name, _Held(key=("azure", azure), what=f"azure_tenant_id: {azure} is that of", so=so)) for name, azure in ids
    )


def owners(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """Give whose each thing is, from things and companies; None where several have it: then it is nobody's."""
    found: dict[str, str | None] = {}
    for thing, name in pairs:
        found[thing] = name if found.get(thing, name) == name else None
    return found


def _in_order(tenants: Iterable[Tenant]) -> list[Tenant]:
    """Have the same said whoever changed last."""
    return sorted(tenants, key=lambda one: one.name)


def _own(tenant: Tenant) -> Iterator[_Held]:
    if token := page_token(tenant):
        yield _token(token)
    for who in page_people(tenant):
        so = "and they are to see one page: they see neither"
        yield _Held(key=("person", who), what=f"page_people: {who} is one of", so=so)
    several = tenant.settings.environment.slack_client_id is not None
    for name, table in tenant.settings.installation.destinations.items():
        if table.channel or table.conversation:
            # as ``whose`` has it: without an app of several workspaces there is one, whatever it is called
            key = ("channel", table.workspace if several else "", table.channel or table.conversation or "")
            so = "and it is not clear whose people ask there: each is to have its own"
            yield _Held(key=key, what=f"destinations.{name}: its channel is that of", so=so)


def _token(token: str) -> _Held:
    so = "and is to open one page: it opens no company's. Make another for each: openssl rand -base64 24"
    return _Held(key=("token", token), what="page_token_env: its token is that of", so=so)


def _shared(held: Iterable[tuple[str, _Held]]) -> dict[str, list[str]]:
    holders: defaultdict[tuple[str, ...], dict[str, _Held]] = defaultdict(dict)
    for name, one in held:
        holders[one.key].setdefault(name, one)
    said: defaultdict[str, list[str]] = defaultdict(list)
    for those in holders.values():
        for name, one in those.items() if len(those) > 1 else ():
            said[name].append(f"{one.what} {_others(name, those)} too, {one.so}")
    return said


def _others(name: str, those: Iterable[str]) -> str:
    """Name one of the others and count the rest: thousands may share a thing."""
    those = list(those)
    other = next(one for one in those if one != name)
    return f"{other} and {len(those) - 2} more" if len(those) > 2 else other  # noqa: PLR2004 - the two themselves
