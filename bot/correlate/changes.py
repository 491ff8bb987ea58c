"""News to changes: at most one ring an incident and moment, and a record of what did not ring."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.correlate.book import Book, Tallies, pruned
from bot.correlate.news import News, View, news, settled
from bot.correlate.ring import Ring, whether
from bot.correlate.sight import sight_changes
from bot.types import Change, Incident, Reason, Rules, Tally
from bot.types.aspects import aspects, covered
from bot.types.base import Direction

NOTED = "noted:"


def changes(book: Book, now: datetime, rules: Rules, tallies: Tallies) -> tuple[Book, list[Change]]:
    """Give what is new in the book at a moment, and the book in which it counts as told: the same where nothing is."""
    book, found = sight_changes(pruned(book, now, rules.keep), now, rules, tallies)
    for incident in book.incidents:
        after, change = _change(book, incident, now, rules, tallies)
        book = book if after is incident else book.put(after)
        found += [change] if change else []
    return book, found


def directions(incident: Incident) -> frozenset[Direction] | None:
    """Give the directions whose test messages bear on an incident; None for all of them."""
    found = frozenset(one for aspect in aspects(incident) for one in covered(aspect.direction)) - {Direction.NONE}
    return found or None


def _change(
    book: Book, incident: Incident, now: datetime, rules: Rules, tallies: Tallies
) -> tuple[Incident, Change | None]:
    after = settled(incident, now, rules)
    if after.part_of:
        return _absorbed(after, now)
    tally = tallies(directions(after)) if after.resolved is None or after != incident else Tally()
    view = View(incident=after, now=now, rules=rules, tally=tally, feed_blind=_feed_blind(book, rules))
    decided = [(item, whether(item.reason, item.keys, after, now=now, rules=rules)) for item in news(view)]
    for item, ring in decided:
        if ring.rings:
            told = _rung(after, item, (item for item, _ in decided), now)
            return told, _made(told, item, ring, view)
    noted, change = _unrung(view, decided)
    return (noted, change) if change else _renewed(noted, view)


def _feed_blind(book: Book, rules: Rules) -> bool:
    return any(sight.blind_since is not None and sight.source in rules.sources for sight in book.sights)


def _rung(incident: Incident, first: News, everything: Iterable[News], now: datetime) -> Incident:
    """Count all that is new as told: a message always shows the whole state."""
    keys = [key for item in everything for key in item.keys]
    severe = "severe" in keys
    return replace(
        _told(incident, keys),
        opened=now if first.reason is Reason.OPENED else incident.opened,
        last_rung=now,
        shown=now,
        severe_rung=incident.severe_rung or (now if severe or "severe" in incident.told else None),
        muted_until=None if incident.muted_until and now < incident.muted_until else incident.muted_until,
    )


def _unrung(view: View, decided: list[tuple[News, Ring]]) -> tuple[Incident, Change | None]:
    """Record the first thing that is new but does not ring, once; what never will counts as told."""
    settled_keys = [key for item, ring in decided if not ring.later for key in item.keys]
    after = _told(view.incident, settled_keys)
    for item, ring in decided:
        note = NOTED + ":".join((str(item.reason), *item.about))
        if not view.told(note):
            after = replace(_told(after, [note]), shown=view.now)
            return after, _made(after, item, ring, view)
    return after, None


def _renewed(incident: Incident, view: View) -> tuple[Incident, Change | None]:
    """Renew what is shown when an advisory changed, and now and then while test messages show trouble."""
    shown = incident.shown or incident.opened
    said = any(claim.changed > shown or (claim.gone or shown) > shown for claim in incident.claims)
    due = incident.resolved is None and bool(incident.findings) and view.now - shown >= view.rules.refresh
    if not (said or due):
        return incident, None
    after = replace(incident, shown=view.now)
    ring = Ring(rings=False, why="figures renewed" if due else "an advisory changed")
    return after, _made(after, News(reason=Reason.UPDATED, keys=()), ring, view)


def _told(incident: Incident, keys: Iterable[str]) -> Incident:
    """Add keys to what was told; a key with a minus takes one away."""
    keys = list(keys)
    taken = {key[1:] for key in keys if key.startswith("-")}
    kept = [key for key in incident.told if key not in taken]
    added = [key for key in keys if not key.startswith("-") and key not in taken]
    told = tuple(dict.fromkeys([*kept, *added]))
    return incident if told == incident.told else replace(incident, told=told)


def _made(incident: Incident, item: News, ring: Ring, view: View) -> Change:
    return Change(
        at=view.now,
        reason=item.reason,
        incident=incident,
        rings=ring.rings,
        why=ring.why,
        about=item.about,
        tally=view.tally,
        feed_blind=view.feed_blind,
        tenant=incident.tenant,
    )


def _absorbed(incident: Incident, now: datetime) -> tuple[Incident, Change | None]:
    """Record once that an incident is a part of another one, so that its message can say so."""
    if "absorbed" in incident.told:
        return incident, None
    after = _told(incident, ["absorbed"])
    why = f"a part of incident {incident.part_of}"
    return after, Change(
        at=now,
        reason=Reason.JOINED,
        incident=after,
        rings=False,
        why=why,
        about=(incident.part_of,),
        tenant=incident.tenant,
    )
