"""Which of a vantage's observations count: only of its own routes, of our days, each once; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.types import Arrived, Observation, ProbeObservation, ProbeSeen, Route, SourceBack, SourceBlind
from bot.vantage.wire import Item, is_finite

OLDEST = timedelta(hours=46)
"""The raw observations beside an older one may be gone already."""
AHEAD = timedelta(seconds=60)
"""What is later than now by less is of now."""
LONGEST_WAY = timedelta(days=7)
NOBODYS = "names no route of ours that its mailbox is used on, and this vantage looks for several companies"
MOST_WORDS = 2_000
_PROBE = re.compile(r"[0-9A-Za-z._-]{1,64}")
_SOURCE = re.compile(r"(mailbox|sender):([\w .@-]{1,100})")
Report: TypeAlias = ProbeObservation | SourceBlind | SourceBack
_WORDS = ("reply", "error", "status", "stage", "folder")


@dataclass(slots=True)
class Admitted:
    """What counts, by tenant and in the order of the lines, and what does not, with the reason."""

    counted: dict[str, list[Observation]]
    refused: list[tuple[int, str]] = field(default_factory=list)


def admit(
    items: Iterable[Item], vantage: str, routes: Sequence[Route], *, taken: Mapping[str, int], now: datetime
) -> Admitted:
    """Sort a push's lines; ``taken`` is up to which number each tenant has them already."""
    known = {route.name: route for route in routes}
    here = {route.name: route.tenant for route in routes if route.vantage == vantage}
    admitted = Admitted({tenant: [] for tenant in here.values()})
    for item in items:
        seen, why = _judged(item, vantage, known, now)
        shares = _shares(seen, here) if seen else []
        if not shares:
            admitted.refused.append((item.number, why or NOBODYS))
        for share in shares:
            if item.number > taken.get(share.tenant, 0):
                admitted.counted[share.tenant].append(share)
    return admitted


def _shares(seen: Report, here: Mapping[str, str]) -> list[Report]:
    """Give each tenant what is its own: its messages, and the trouble of a mailbox with its own routes alone."""
    if isinstance(seen, ProbeSeen):
        return [replace(seen, tenant=here[seen.route])]
    touched = {here[name] for name in (*seen.routes, *seen.leaving) if name in here}
    everybody = dict.fromkeys(here.values())
    return [
        replace(
            seen,
            tenant=tenant,
            routes=tuple(name for name in seen.routes if here.get(name) == tenant),
            leaving=tuple(name for name in seen.leaving if here.get(name) == tenant),
        )
        for tenant in everybody
        if tenant in touched or len(everybody) == 1
    ]


def _judged(item: Item, vantage: str, known: Mapping[str, Route], now: datetime) -> tuple[Report | None, str]:
    """Give an observation as it counts, or why it does not."""
    seen = item.seen
    if seen is None:
        return None, item.fault
    if not is_finite(seen) or not now - OLDEST <= seen.at <= now + AHEAD:
        return None, f"is of {seen.at:%Y-%m-%d %H:%M} UTC: only the last {OLDEST / timedelta(hours=1):.0f} hours count"
    if isinstance(seen, SourceBlind | SourceBack):
        return _source(seen, vantage, now)
    if not isinstance(seen, ProbeObservation):
        return None, f"is a {type(seen).__name__}: a vantage reports test messages, and nothing else"
    if why := _foreign(seen, vantage, known):
        return None, why
    return _cut(replace(seen, at=min(seen.at, now))), ""


def _source(seen: SourceBlind | SourceBack, vantage: str, now: datetime) -> tuple[Report | None, str]:
    """Name the place with its mailbox, so that it is none of ours."""
    named = _SOURCE.fullmatch(seen.source)
    if named is None:
        return None, "is of a source that is no mailbox of its own"
    return _cut(replace(seen, source=f"{named[1]}:{vantage}/{named[2]}", at=min(seen.at, now))), ""


def _foreign(seen: ProbeSeen, vantage: str, known: Mapping[str, Route]) -> str:
    route = known.get(seen.route)
    if route is None:
        return (
            f'there is no route {seen.route[:40]!r} in the bot\'s mailstatus.toml: add it, with vantage = "{vantage}"'
        )
    if route.vantage != vantage:
        return f"route {route.name} is of {route.vantage}: {vantage} may not report on it"
    if not _PROBE.fullmatch(seen.probe):
        return "has no test message's id"
    if isinstance(seen, Arrived) and abs(seen.latency) > LONGEST_WAY:
        return f"took {seen.latency}, which is beyond belief"
    return ""


def _cut(seen: Report) -> Report:
    """Bound what servers said."""
    words = {name: getattr(seen, name)[:MOST_WORDS] for name in _WORDS if hasattr(seen, name)}
    return replace(seen, **words) if words else seen
