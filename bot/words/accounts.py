"""Longer answers: how an incident went, what an advisory means, what there was."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.types import Change, Claim, Direction, Evidence, Finding, Incident, Moment, Severity, Snapshot, Symptom, Text
from bot.types.aspects import aspects, covered, is_open
from bot.words import tell
from bot.words.answers import LINES_MOST, Answer, Part, filled, told, what
from bot.words.catalogue import catalogue, mark
from bot.words.facts import handled
from bot.words.page import Line, PageWords
from bot.words.way import oddities, spent

HISTORY = timedelta(days=7)
EXCERPT = 280
"""Characters of a vendor's post; the whole of it is in the admin centre."""


MESSAGES = mark("{trouble}: {bad} of {of} test messages.")
CHANGES = mark("{trouble}: {bad} of {of} changes were not shown in time.")


def details(snapshot: Snapshot, incident: Incident, language: str) -> Answer:
    """Say why it rang, what we measured, and what happened when, ours and the vendor's."""
    page = PageWords(catalogue(language))
    said = told(incident, snapshot.at, language)
    return Answer(
        headline=said.headline,
        severity=said.severity,
        advice=said.advice,
        parts=filled(
            Part(title=page.catalogue.text("How we know"), lines=_known(snapshot, incident, page)),
            Part(title=page.text(Line.VENDOR), lines=(said.vendor, *_listed(incident, page))),
            Part(title=page.text(Line.TIMELINE), lines=_timeline(incident, snapshot.rung, page)),
        ),
        note=_handled(incident, snapshot.at, page),
        language=language,
        incident=None if incident.resolved else incident.id,
    )


def history(snapshot: Snapshot, length: timedelta, language: str) -> Answer:
    """List what is open and what was resolved within ``length``, newest first."""
    page = PageWords(catalogue(language))
    since = snapshot.at - length
    past = [incident for incident in snapshot.past if (incident.resolved or incident.opened) >= since]
    words = page.catalogue
    headline = words.counted(
        "{n} incident was resolved in the last {length}.",
        "{n} incidents were resolved in the last {length}.",
        len(past),
        length=words.length(length),
    )
    if not past:
        headline = words.text("No incident was resolved in the last {length}.", length=words.length(length))
    return Answer(
        headline=headline,
        parts=filled(
            Part(title=page.text(Line.OPEN), lines=tuple(_open(incident, page) for incident in snapshot.open)),
            Part(title=page.text(Line.PAST), lines=tuple(_past(incident, page) for incident in past[:LINES_MOST])),
        ),
        language=language,
    )


def explain(claim: Claim, incident: Incident | None, at: datetime, language: str) -> Answer:
    """Say what an advisory means, and what Microsoft wrote last."""
    page = PageWords(catalogue(language))
    words, reading = page.catalogue, claim.reading
    lines = [
        words.text("It is about {service}, and not about mail.", service=reading.service)
        if not reading.is_mail
        else words.text("It means: {what}.", what=page.trouble(reading.direction, reading.symptom)),
        words.text("Who is hit, in Microsoft's words: {scope}", scope=reading.scope) if reading.scope else (),
        words.text("Microsoft's word for its state: {status}.", status=reading.status) if reading.status else (),
        *_times(claim, page),
    ]
    return Answer(
        headline=words.text("{id}: {title}", id=reading.id, title=reading.title),
        severity=Severity.WARNING if is_open(claim) else Severity.INFO,
        advice=told(incident, at, language).advice if incident and not incident.resolved else (),
        parts=filled(
            Part(title=(), lines=tuple(lines)),
            Part(title=words.text("What Microsoft wrote last"), lines=_posts(claim, at_most=1)),
        ),
        language=language,
    )


def _known(snapshot: Snapshot, incident: Incident, page: PageWords) -> tuple[Text, ...]:
    """Give what we measured, and what is odd about the messages that arrive now on the same directions."""
    touched = {way for aspect in aspects(incident) for way in covered(aspect.direction)} - {Direction.NONE}
    odd = oddities(snapshot.directions, touched, page.catalogue)
    return tuple(dict.fromkeys((*_evidence(incident.findings, page), *odd)))


def _evidence(findings: Iterable[Finding], page: PageWords) -> Iterator[Text]:
    for finding in findings:
        trouble, seen = page.trouble(finding.direction, finding.symptom), finding.evidence
        counted = CHANGES if finding.symptom is Symptom.CALENDAR_STALE else MESSAGES
        yield page.catalogue.joined(
            page.catalogue.text(counted, trouble=trouble, bad=seen.bad, of=seen.of),
            *_lateness(seen, page),
            spent(seen.place, finding.direction, page.catalogue) if seen.place else (),
        )
        if seen.reply:
            yield page.catalogue.text("The server said: {reply}", reply=seen.reply)


def _lateness(seen: Evidence, page: PageWords) -> Iterator[Text]:
    if seen.late_median and seen.usual:
        yield page.catalogue.text(
            "They took {length}, where {usual} is usual.",
            length=page.length(seen.late_median),
            usual=page.length(seen.usual),
        )


def _listed(incident: Incident, page: PageWords) -> Iterator[Text]:
    for claim in incident.claims:
        yield page.catalogue.text("{id}: {title}", id=claim.reading.id, title=claim.reading.title)


def _timeline(incident: Incident, rung: Iterable[Change], page: PageWords) -> tuple[Text, ...]:
    """Give the newest events, oldest first."""
    language = page.catalogue.language
    of_it = (one for one in rung if one.incident and one.incident.id == incident.id)
    mine = ((one.at, tell(one, language=language).headline) for one in of_it)
    events = sorted([*_measured(incident, page), *mine, *_claimed(incident, page)], key=lambda event: event[0])
    return tuple((Moment(at=at, with_date=True), " ", *said) for at, said in events[-LINES_MOST:])


def _measured(incident: Incident, page: PageWords) -> Iterator[tuple[datetime, Text]]:
    for finding in incident.findings:
        trouble = page.trouble(finding.direction, finding.symptom)
        yield finding.since, page.text(Line.BEGAN, what=trouble)
        if finding.ended:
            yield finding.ended, page.text(Line.ENDED, what=trouble)


def _claimed(incident: Incident, page: PageWords) -> Iterator[tuple[datetime, Text]]:
    for claim in incident.claims:
        name = claim.reading.id
        yield claim.first_seen, page.text(Line.FIRST_SEEN, id=name, title=claim.reading.title)
        if claim.closed_seen:
            yield claim.closed_seen, page.text(Line.CLOSED, id=name)
        if claim.gone:
            yield claim.gone, page.text(Line.GONE, id=name)


def _handled(incident: Incident, at: datetime, page: PageWords) -> Text:
    words = page.catalogue
    return words.joined(*handled(incident, at, words), words.text("Incident {id}.", id=incident.id))


def _open(incident: Incident, page: PageWords) -> Text:
    since = page.text(Line.SINCE, when=Moment(at=incident.began, with_date=True))
    return (*since, ": ", what(incident, page))


def _past(incident: Incident, page: PageWords) -> Text:
    end = incident.resolved or incident.began
    stretch = page.text(
        Line.FROM_TO,
        start=Moment(at=incident.began, with_date=True),
        end=Moment(at=end, with_date=True),
        length=page.length(end - incident.began),
    )
    return (*stretch, ": ", what(incident, page))


def _times(claim: Claim, page: PageWords) -> Iterator[Text]:
    words, reading = page.catalogue, claim.reading
    yield words.text("We first saw it at {when}.", when=Moment(at=claim.first_seen, with_date=True))
    if reading.start:
        yield words.text("Microsoft says that it began at {when}.", when=Moment(at=reading.start, with_date=True))
    if reading.end and not is_open(claim):
        yield words.text("Microsoft says that it ended at {when}.", when=Moment(at=reading.end, with_date=True))
    if reading.next_update and is_open(claim):
        when = Moment(at=reading.next_update, with_date=True)
        yield words.text("Microsoft promised the next update for {when}.", when=when)
    if claim.gone:
        yield page.text(Line.GONE, id=reading.id)


def _posts(claim: Claim, *, at_most: int) -> tuple[Text, ...]:
    newest = claim.reading.posts[-at_most:]
    return tuple((Moment(at=post.at, with_date=True), ": ", excerpt(post.text)) for post in newest)


def excerpt(text: str) -> str:
    """Fold a text and keep its beginning, whole words."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rsplit(' ', 1)[0]} …"
