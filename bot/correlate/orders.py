"""What a person asked for: acknowledge, mute, part, join."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.correlate.book import Book, without
from bot.correlate.claims import entered, joined
from bot.types import Change, Incident, Order, Reason, Verb

DEFAULT_MUTE = timedelta(hours=8)


def take_order(book: Book, order: Order) -> tuple[Book, list[Change]]:
    """Do what a person asked for; an incident or advisory that is not there changes nothing."""
    incident = book.incident(order.incident)
    return _DO[order.verb](book, incident, order) if incident else (book, [])


def _ack(book: Book, incident: Incident, order: Order) -> tuple[Book, list[Change]]:
    return _noted(book, replace(incident, acknowledged_by=order.person), order, "acknowledged")


def _mute(book: Book, incident: Incident, order: Order) -> tuple[Book, list[Change]]:
    until = order.until or order.at + DEFAULT_MUTE
    quiet = replace(incident, muted_until=until, muted_by=order.person, muted_why=order.note)
    return _noted(book, quiet, order, f"muted until {until:%d %b %H:%M} UTC")


def _unmute(book: Book, incident: Incident, order: Order) -> tuple[Book, list[Change]]:
    return _noted(book, replace(incident, muted_until=None), order, "no longer muted")


def _noted(book: Book, incident: Incident, order: Order, what: str) -> tuple[Book, list[Change]]:
    why = f"{what} by {order.person}"
    return book.put(incident), [_change(incident, order.at, Reason.UPDATED, why, rings=False)]


def _part(book: Book, incident: Incident, order: Order) -> tuple[Book, list[Change]]:
    """Take an advisory out of an incident: it becomes one of its own, and stays so."""
    claim = next((claim for claim in incident.claims if claim.reading.id == order.advisory), None)
    if claim is None or (len(incident.claims) == 1 and not incident.findings):
        return book, []
    other = Incident(
        id=book.next_id(),
        opened=claim.first_seen,
        began=claim.first_seen,
        claims=(replace(claim, joined_by=order.person),),
        related=tuple(c.reading.id for c in incident.claims if c is not claim),
        told=_of(incident, claim.reading.id),
        last_rung=order.at,
        tenant=incident.tenant,
    )
    left = replace(
        incident,
        claims=without(incident.claims, order.advisory),
        related=(*incident.related, order.advisory),
        told=tuple(key for key in incident.told if order.advisory not in key.split(":")),
        last_rung=order.at,
    )
    apart = (*book.apart, (incident.id, order.advisory), *((other.id, c.reading.id) for c in left.claims))
    book = replace(book.put(left).put(other), apart=apart)
    why = f"{order.advisory} was parted by {order.person}"
    return book, [
        _change(left, order.at, Reason.PARTED, why, rings=True, about=(order.advisory, other.id)),
        _change(other, order.at, Reason.PARTED, why, rings=False, about=(order.advisory, other.id)),
    ]


def _join(book: Book, incident: Incident, order: Order) -> tuple[Book, list[Change]]:
    """Put an advisory, with the incident that holds it, to another incident."""
    claim, home = book.claim(order.advisory), book.home(order.advisory)
    if claim is None or home == incident:
        return book, []
    left = home.id if home else ""
    book = replace(book, apart=tuple(pair for pair in book.apart if not {order.advisory, left} & set(pair)))
    book = joined(book, home, incident, order.person) if home else entered(book, claim, incident, order.person)
    whole = book.home(order.advisory) or incident
    keys = tuple(f"claim:{c.reading.id}" for c in whole.claims)
    whole = replace(whole, told=tuple(dict.fromkeys((*whole.told, *keys))), last_rung=order.at)
    why = f"{order.advisory} was joined by {order.person}"
    return book.put(whole), [_change(whole, order.at, Reason.JOINED, why, rings=True, about=(order.advisory,))]


def _of(incident: Incident, advisory: str) -> tuple[str, ...]:
    """Give what people were told that goes with an advisory."""
    return ("opened", *(key for key in incident.told if advisory in key.split(":") or key.startswith("symptom:")))


def _change(
    incident: Incident, at: datetime, reason: Reason, why: str, *, rings: bool, about: tuple[str, ...] = ()
) -> Change:
    return Change(at=at, reason=reason, incident=incident, rings=rings, why=why, about=about, tenant=incident.tenant)


_DO: Mapping[Verb, Callable[[Book, Incident, Order], tuple[Book, list[Change]]]] = {
    Verb.ACK: _ack,
    Verb.MUTE: _mute,
    Verb.UNMUTE: _unmute,
    Verb.PART: _part,
    Verb.JOIN: _join,
}
