"""What a change gives to say, to whom, when, and who stands in where a platform has trouble of its own: pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.correlate import passed_on, takes
from bot.outbox.plan import plan, stand_in
from bot.types import Change, Destination, Draft, Kind, Message, Reading, Reason, Text
from bot.words import catalogue, tell
from bot.words.labels import doubt_note


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom there is to tell about an incident, and how sure it is that they can be told."""

    destinations: Sequence[Destination]
    heads: frozenset[str] = frozenset()
    """Names of those that have the incident's head, sent or waiting."""
    doubts: Mapping[str, Reading] = field(default_factory=dict)
    """Platforms that may not show what they are told, each with the advisory that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listener:
    """A destination that is to be told; ``instead_of`` names those that may not hear of it themselves."""

    destination: Destination
    due: datetime
    instead_of: tuple[Destination, ...] = ()


def drafts(change: Change, audience: Audience, now: datetime) -> Iterator[Draft]:
    """Draft what each destination is to get, in its language and when it wants it."""
    said: dict[str, Message] = {}
    for listener in _with_stand_ins(change, audience, _listeners(change, audience, now)):
        destination = listener.destination
        message = said.get(destination.language) or tell(change, language=destination.language)
        said[destination.language] = message
        if listener.instead_of:
            names = tuple(one.name for one in listener.instead_of)
            basis = catalogue(message.language).joined(message.basis, _why(listener, audience))
            message = replace(message, basis=basis, instead_of=names)
        for draft in plan(message, [destination], heads=audience.heads, rings=change.rings):
            yield draft if draft.kind is Kind.EDIT else replace(draft, due=listener.due)


def _listeners(change: Change, audience: Audience, now: datetime) -> list[_Listener]:
    """Find who takes a change: all but those on standby, who hear of it where they were told how it began."""
    own = [one for one in audience.destinations if one.tenant == change.tenant]
    called = passed_on(own, int(change.about[0])) if change.reason is Reason.ESCALATED else None
    found = []
    for one in own:
        ended = change.reason is Reason.RESOLVED and one.name in audience.heads
        if (one.name in called) if called is not None else (ended or not one.standby):
            wanted, due, _ = takes(one, change, now=now)
            found += [_Listener(destination=one, due=due)] if wanted else []
    return found


def _with_stand_ins(change: Change, audience: Audience, listeners: list[_Listener]) -> list[_Listener]:
    """Add who stands in for a listener whose platform is in doubt; who is told anyhow is told once, and why."""
    if not change.rings:
        return listeners
    found = {one.destination.name: one for one in listeners}
    for one in listeners:
        stand_in = _stand_in(one.destination, audience)
        if stand_in is not None:
            known = found.get(stand_in.name) or _Listener(destination=stand_in, due=one.due)
            found[stand_in.name] = replace(known, instead_of=(*known.instead_of, one.destination))
    return list(found.values())


def _stand_in(destination: Destination, audience: Audience) -> Destination | None:
    """Follow the fallbacks of a destination in doubt to the first one on a platform that is not."""
    by_name = {one.name: one for one in audience.destinations}
    fallbacks = {name: one.fallback for name, one in by_name.items()}
    path, at = [destination.name], destination
    while at.platform in audience.doubts:
        name = stand_in(path, fallbacks)
        if name is None:
            return None
        path.append(name)
        at = by_name[name]
    return None if at is destination else at


def _why(listener: _Listener, audience: Audience) -> Text:
    language, doubts = listener.destination.language, audience.doubts
    platforms = dict.fromkeys(one.platform for one in listener.instead_of)
    return catalogue(language).joined(*(doubt_note(platform, doubts[platform], language) for platform in platforms))
