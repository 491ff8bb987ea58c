"""What we can see at all: feeds that cannot be read, vantages that are cut off."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.correlate.book import Book, Tallies
from bot.types import LOOP, Change, Finding, Reason, Rules, SourceNow, Symptom

TESTS = "tests:"
UNHEARD = "unheard:"
"""Before a far vantage that does not report."""


OWN_MAILBOXES = ("mailbox:", "sender:")
"""Sources that are a mailbox of the canary: one that we cannot look into, one that we cannot send from."""


def take_blind(book: Book, source: str, error: str, now: datetime) -> Book:
    """Take in that a source cannot be read; the first moment of a stretch is kept."""
    sight = _sight(book, source)
    return _with(book, replace(sight, blind_since=sight.blind_since or now, error=error))


def take_back(book: Book, source: str, now: datetime) -> Book:
    """Take in that a source can be read again."""
    sight = _sight(book, source)
    since = sight.blind_since or sight.was_blind_since
    return _with(book, replace(sight, last_read=now, blind_since=None, was_blind_since=since, error=""))


def take_cut_off(book: Book, findings: Iterable[Finding], now: datetime) -> Book:
    """Take in which vantages are cut off: findings that are no trouble of the mail."""
    for finding in findings:
        if finding.symptom is Symptom.UNMEASURABLE:
            book = _cut_off(book, finding, now)
    return book


def sight_changes(book: Book, now: datetime, rules: Rules, tallies: Tallies) -> tuple[Book, list[Change]]:
    """Say what is new about our own sight."""
    changes: list[Change] = []
    for sight in book.sights:
        book, news = _news(book, sight, now, rules)
        changes += [replace(change, tally=tallies(None)) for change in news]
    return book, changes


def _cut_off(book: Book, finding: Finding, now: datetime) -> Book:
    source = (UNHEARD if finding.unheard else TESTS) + ",".join(finding.vantages)
    if finding.ended is not None:
        return take_back(book, source, now)
    sight = _sight(book, source)
    # By when we noticed: a pause of our own is over by then, and no news.
    return _with(book, replace(sight, blind_since=finding.found, error=finding.evidence.reply))


def _news(book: Book, sight: SourceNow, now: datetime, rules: Rules) -> tuple[Book, list[Change]]:
    told = sight.source in book.blind_told
    if sight.blind_since is None:
        return (_untold(book, sight), [_again(sight, now, book.tenant)]) if told else (book, [])
    if told or now - _counts_since(book, sight, now) < rules.blind or not _matters(sight.source, rules):
        return book, []
    why = f"blind for {int((now - sight.blind_since).total_seconds() // 60)} minutes"
    return replace(book, blind_told=(*book.blind_told, sight.source)), [
        Change(
            at=now,
            reason=Reason.CANNOT_SEE,
            incident=None,
            rings=True,
            why=why,
            about=(sight.source,),
            since=sight.blind_since,
            tenant=book.tenant,
        )
    ]


def _again(sight: SourceNow, now: datetime, tenant: str) -> Change:
    return Change(
        at=now,
        reason=Reason.SEES_AGAIN,
        incident=None,
        rings=True,
        why="its blindness was told",
        about=(sight.source,),
        since=sight.was_blind_since,
        tenant=tenant,
    )


def _untold(book: Book, sight: SourceNow) -> Book:
    return replace(book, blind_told=tuple(source for source in book.blind_told if source != sight.source))


def _counts_since(book: Book, sight: SourceNow, now: datetime) -> datetime:
    """Give since when a source's blindness is its own: where a place is cut off, so is each mailbox there.

    Of several mailboxes that is one thing to tell, not one a mailbox; a single one is the reason itself.
    """
    since = sight.blind_since or now
    if not sight.source.startswith(OWN_MAILBOXES):
        return since
    places = [place for place in book.sights if place.source.startswith(TESTS)]
    dark = sum(one.blind_since is not None for one in book.sights if one.source.startswith(OWN_MAILBOXES))
    if dark > 1 and any(place.blind_since for place in places):
        return now
    return max([since, *(place.last_read for place in places if place.last_read)])


def _matters(source: str, rules: Rules) -> bool:
    return source.startswith((TESTS, UNHEARD, LOOP, *OWN_MAILBOXES)) or source in rules.sources


def _sight(book: Book, source: str) -> SourceNow:
    return next((sight for sight in book.sights if sight.source == source), SourceNow(source=source))


def _with(book: Book, sight: SourceNow) -> Book:
    others = tuple(other for other in book.sights if other.source != sight.source)
    return replace(book, sights=(*others, sight))
