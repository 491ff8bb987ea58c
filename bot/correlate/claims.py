"""What the vendor says, put where it belongs: into an incident, a new one, or beside them all."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.correlate.book import Book, with_claim, without
from bot.correlate.match import CANARY, CAUSE, OPENED, QUOTED, TITLE, agrees, looks_alike, match
from bot.types import Claim, Incident, Reading, SourceNow, Symptom
from bot.types.aspects import CLOSED, is_open

LATELY = timedelta(days=2)
"""An incident that is over for longer is not named as related."""
STRENGTH = (QUOTED, CAUSE, TITLE, CANARY)


def take_reading(book: Book, reading: Reading, now: datetime) -> Book:
    """Take in an advisory as the feed lists it now."""
    claim = _renewed(book.claim(reading.id), reading, now)
    book = _kept(_read(book, reading.source, now), claim)
    book = _joins(book, claim, now)
    if book.home(reading.id) is None and is_open(claim) and reading.symptom is not Symptom.ADMIN_ONLY:
        return _opened(book, claim)
    return book


def take_gone(book: Book, advisory: str, now: datetime) -> Book:
    """Take in that the feed lists an advisory no more, which says nothing about the fault."""
    claim = book.claim(advisory)
    return _kept(book, replace(claim, gone=claim.gone or now)) if claim else book


def joined(book: Book, one: Incident, other: Incident, by: str) -> Book:
    """Make one incident of two: the older one goes on, the younger becomes a part of it."""
    old, young = sorted((one, other), key=lambda incident: int(incident.id))
    moved = tuple(replace(claim, joined_by=by) for claim in young.claims)
    whole = replace(
        old,
        began=min(old.began, young.began),
        findings=(*old.findings, *young.findings),
        claims=(*old.claims, *moved),
        related=tuple(r for r in (*old.related, *young.related) if r not in {c.reading.id for c in moved}),
        parts=(*old.parts, *young.parts, young.id),
        told=_told(old, young),
    )
    at = max((claim.changed for claim in moved), default=old.began)
    part = replace(young, part_of=old.id, resolved=at, findings=(), claims=())
    return book.put(whole).put(part)


def entered(book: Book, claim: Claim, incident: Incident, by: str) -> Book:
    """Put an advisory that was in no incident into one."""
    claim = replace(claim, joined_by=by)
    related = tuple(id_ for id_ in incident.related if id_ != claim.reading.id)
    related = tuple(dict.fromkeys((*related, *_alike(book, claim, incident))))
    book = replace(book, listed=without(book.listed, claim.reading.id))
    return book.put(replace(incident, claims=(*incident.claims, claim), related=related))


def _told(old: Incident, young: Incident) -> tuple[str, ...]:
    """Keep what was told of either; that they are one is news where people know of both."""
    kept = [key for key in young.told if key not in old.told and key != "resolved"]
    both = "opened" in old.told and "opened" in young.told
    return (*old.told, *kept) if both else (*old.told, *kept, f"part:{young.id}")


def _joins(book: Book, claim: Claim, now: datetime) -> Book:
    """Put an advisory into the incident that it belongs to, and make one of all that it belongs to."""
    while found := _best(book, claim, now):
        other, by = found
        home = book.home(claim.reading.id)
        book = joined(book, home, other, by) if home else entered(book, claim, other, by)
    return book


def _renewed(old: Claim | None, reading: Reading, now: datetime) -> Claim:
    """Give the claim with a new reading; our own times stay."""
    closed = reading.state in CLOSED
    if old is None:
        return Claim(reading=reading, first_seen=now, changed=now, closed_seen=now if closed else None)
    same = replace(reading, modified=None) == replace(old.reading, modified=None)
    return replace(
        old,
        reading=reading,
        changed=old.changed if same else now,
        closed_seen=(old.closed_seen or now) if closed else None,
        gone=None,
    )


def _kept(book: Book, claim: Claim) -> Book:
    home = book.home(claim.reading.id)
    if home:
        return book.put(replace(home, claims=with_claim(home.claims, claim)))
    return replace(book, listed=with_claim(book.listed, claim))


def _read(book: Book, source: str, now: datetime) -> Book:
    """Note that the feed was read."""
    sight = next((s for s in book.sights if s.source == source), SourceNow(source=source))
    others = tuple(s for s in book.sights if s.source != source)
    return replace(book, sights=(*others, replace(sight, last_read=now)))


def _best(book: Book, claim: Claim, now: datetime) -> tuple[Incident, str] | None:
    """Find the incident that an advisory belongs to beside its own, by the strongest sign, oldest first."""
    reading, home = claim.reading, book.home(claim.reading.id)
    shown = home is not None and agrees(reading, home.findings, now, claim.first_seen)
    found = [
        (incident, by)
        for incident in book.incidents
        if incident is not home and not incident.part_of and (incident.id, reading.id) not in book.apart
        if (by := match(reading, incident, now, claim.first_seen))
        if by != CANARY or not shown
    ]
    return min(found, key=lambda pair: STRENGTH.index(pair[1]), default=None)


def _opened(book: Book, claim: Claim) -> Book:
    """Open an incident for an advisory, beside those that look alike."""
    incident = Incident(
        id=book.next_id(),
        opened=claim.changed,
        began=claim.first_seen,
        claims=(replace(claim, joined_by=OPENED),),
        related=_alike(book, claim, None),
    )
    return replace(book, listed=without(book.listed, claim.reading.id)).put(incident)


def _alike(book: Book, claim: Claim, home: Incident | None) -> tuple[str, ...]:
    """Name the advisories of other incidents, open or just over, that look like one."""
    near = (i for i in book.incidents if i is not home and (i.resolved is None or claim.changed - i.resolved <= LATELY))
    return tuple(c.reading.id for incident in near for c in incident.claims if looks_alike(claim.reading, c))
