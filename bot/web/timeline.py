"""What happened in an incident, newest first: what we measured, what people were told, what the vendor says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.types import Claim, Finding, Incident, Message, Moment, Symptom, Text
from bot.types.aspects import CLOSED
from bot.words.headlines import calendars_only
from bot.words.page import Line, PageWords

EXCERPT = 240
"""Characters of a vendor's post; the whole of it is in the admin centre."""


class By(StrEnum):
    """Whose word it is."""

    US = "us"
    TOLD = "told"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the timeline."""

    at: datetime
    moment: Moment
    by: By
    label: str
    says: Text


LABELS = {By.US: Line.BY_US, By.TOLD: Line.TOLD, By.VENDOR: Line.BY_VENDOR}


def timeline(incident: Incident, messages: Sequence[Message], words: PageWords) -> tuple[Event, ...]:
    """Give the events of an incident, newest first; ``messages`` are those about it that rang."""
    told = ((message.at, By.TOLD, message.headline) for message in messages)
    found = [*_measured(incident, words), *told, *_claimed(incident.claims, words)]
    return tuple(
        Event(at=at, moment=Moment(at=at, with_date=True), by=by, label=words.string(LABELS[by]), says=says)
        for at, by, says in sorted(found, key=lambda event: event[0], reverse=True)
    )


_Entry = tuple[datetime, By, Text]


def _measured(incident: Incident, words: PageWords) -> Iterator[_Entry]:
    for finding in incident.findings:
        yield from _finding(finding, words)
    if incident.resolved:
        clear = Line.ALL_CLEAR_CALENDAR if calendars_only(incident) else Line.ALL_CLEAR
        yield incident.resolved, By.US, words.text(clear)


def _finding(finding: Finding, words: PageWords) -> Iterator[_Entry]:
    what = words.trouble(finding.direction, finding.symptom)
    after = words.length(finding.found - finding.since)
    yield finding.since, By.US, words.text(Line.BEGAN, what=what)
    seen = finding.evidence
    found = Line.FOUND_CALENDAR if finding.symptom is Symptom.CALENDAR_STALE else Line.FOUND
    yield finding.found, By.US, words.text(found, length=after, bad=seen.bad, of=seen.of)
    if finding.ended:
        yield finding.ended, By.US, words.text(Line.ENDED, what=what)


def _claimed(claims: Iterable[Claim], words: PageWords) -> Iterator[_Entry]:
    for claim in claims:
        yield from _claim(claim, words)
        yield from (
            (post.at, By.VENDOR, words.text(Line.POST, id=claim.reading.id, text=_short(post.text)))
            for post in claim.reading.posts
        )


def _claim(claim: Claim, words: PageWords) -> Iterator[_Entry]:
    reading = claim.reading
    yield claim.first_seen, By.VENDOR, words.text(Line.FIRST_SEEN, id=reading.id, title=reading.title)
    if reading.start:
        yield reading.start, By.VENDOR, words.text(Line.CLAIMS_START, id=reading.id)
    if reading.end and reading.state in CLOSED:
        yield reading.end, By.VENDOR, words.text(Line.CLAIMS_END, id=reading.id)
    if claim.closed_seen:
        yield claim.closed_seen, By.VENDOR, words.text(Line.CLOSED, id=reading.id)
    if claim.gone:
        yield claim.gone, By.VENDOR, words.text(Line.GONE, id=reading.id)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rsplit(' ', 1)[0]} …"
