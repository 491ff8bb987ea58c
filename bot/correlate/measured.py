"""What the test messages show, put where it belongs: one stretch of trouble is one incident."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.correlate.book import Book
from bot.correlate.claims import joined
from bot.correlate.match import CANARY, agrees
from bot.types import Finding, Incident, Symptom
from bot.types.aspects import is_open


def take_findings(book: Book, findings: Iterable[Finding], now: datetime, flap: timedelta) -> Book:
    """Take in all that is wrong by measurement, and what ended; what is named no more became something else."""
    found = [finding for finding in findings if finding.symptom is not Symptom.UNMEASURABLE]
    for finding in found:
        book = _take(book, finding, now, flap)
    for incident in book.incidents:
        book = book.put(_renamed(incident, found, now)) if _lasts(incident) else book
    return book


def _lasts(incident: Incident) -> bool:
    return any(finding.ended is None for finding in incident.findings)


def _renamed(incident: Incident, found: list[Finding], now: datetime) -> Incident:
    """Drop findings that go on under another symptom, as late messages do that turn out lost; end the others."""
    named, stretches = (
        {finding.id for finding in found},
        {finding.stretch for finding in found if finding.ended is None},
    )
    kept = [f for f in incident.findings if f.ended is not None or f.id in named or f.stretch not in stretches]
    ended = [f if f.ended is not None or f.id in named else replace(f, ended=now) for f in kept]
    return replace(incident, findings=tuple(ended))


def _take(book: Book, finding: Finding, now: datetime, flap: timedelta) -> Book:
    home = _home(book, finding)
    if home:
        return book.put(replace(home, findings=_with(home.findings, finding), began=min(home.began, finding.since)))
    if finding.ended is not None:
        return book
    book, home = _placed(book, finding, now, flap)
    return book.put(replace(home, findings=(*home.findings, finding), began=min(home.began, finding.since)))


def _home(book: Book, finding: Finding) -> Incident | None:
    """Find the incident of the stretch."""
    return next((i for i in book.incidents if any(f.stretch == finding.stretch for f in i.findings)), None)


def _with(findings: tuple[Finding, ...], finding: Finding) -> tuple[Finding, ...]:
    if all(other.id != finding.id for other in findings):
        return (*findings, finding)
    return tuple(finding if other.id == finding.id else other for other in findings)


def _placed(book: Book, finding: Finding, now: datetime, flap: timedelta) -> tuple[Book, Incident]:
    """Find the incident that a new stretch belongs to, or begin one; advisories of it become one incident."""
    live = [incident for incident in book.incidents if not incident.part_of]
    agreeing = [incident for incident in live if _agrees(book, incident, finding, now)]
    near = [incident for incident in live if _within(incident, finding, flap)]
    if not (near or agreeing):
        return book, Incident(id=book.next_id(), opened=now, began=finding.since)
    home, *others = [*near, *(incident for incident in agreeing if incident not in near)]
    for other in others:
        book = joined(book, home, other, CANARY)
        home = book.incident(min(home.id, other.id, key=int)) or home
    return book, home


def _agrees(book: Book, incident: Incident, finding: Finding, now: datetime) -> bool:
    """Tell whether an advisory that still stands says what the test messages begin to see."""
    return any(
        is_open(claim)
        and claim.gone is None
        and (incident.id, claim.reading.id) not in book.apart
        and agrees(claim.reading, (finding,), now, claim.first_seen)
        for claim in incident.claims
    )


def _within(incident: Incident, finding: Finding, flap: timedelta) -> bool:
    """Tell whether the stretch follows another one so soon that it is the same trouble."""
    ends = [other.ended for other in incident.findings]
    return bool(ends) and any(end is None or finding.since - end <= flap for end in ends)
