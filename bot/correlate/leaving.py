"""What becomes of open incidents when nobody watches any more."""

from dataclasses import replace
from datetime import datetime

from bot.correlate.book import Book
from bot.types import Change, Incident, Reason

WHY = "no longer watched"


def take_leave(book: Book, now: datetime) -> tuple[Book, list[Change]]:
    """Close every open incident, and ring nobody: whether the fault is over is not known."""
    closed = [_closed(incident, now) for incident in book.incidents if incident.resolved is None]
    for incident in closed:
        book = book.put(incident)
    return book, [_change(incident, now) for incident in closed if not incident.part_of]


def _closed(incident: Incident, now: datetime) -> Incident:
    findings = tuple(one if one.ended is not None else replace(one, ended=now) for one in incident.findings)
    return replace(incident, findings=findings, resolved=now)


def _change(incident: Incident, now: datetime) -> Change:
    return Change(at=now, reason=Reason.RESOLVED, incident=incident, rings=False, why=WHY, tenant=incident.tenant)
