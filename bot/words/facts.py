"""Since when, how bad, and how we know: measured numbers, no adjectives."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.types import Change, Evidence, Finding, Incident, Moment, Reason, Symptom, Tally, Text
from bot.types.aspects import FLOW, GRAVITY, aspects, ended_by_measurement, is_open, lasting
from bot.words import advisory
from bot.words.catalogue import Catalogue, mark, marks
from bot.words.headlines import calendars_only, is_said_only
from bot.words.safe import codes_of, name_of
from bot.words.way import spent

MOST = 3
"""So many findings are told with their numbers."""

BAD: Mapping[Symptom, tuple[str, str]] = {
    Symptom.SEND_FAILS: marks(
        "{n} of the last {of} test messages was refused.", "{n} of the last {of} test messages were refused."
    ),
    Symptom.BOUNCED: marks(
        "{n} of the last {of} test messages has bounced.", "{n} of the last {of} test messages have bounced."
    ),
    Symptom.LOST: marks(
        "{n} of the last {of} test messages is missing.", "{n} of the last {of} test messages are missing."
    ),
    Symptom.DELAYED: marks(
        "{n} of the last {of} test messages was late.", "{n} of the last {of} test messages were late."
    ),
}
CHANGES = marks(
    "{n} of the last {of} changes to our test entry in a calendar was not shown to others in time.",
    "{n} of the last {of} changes to our test entry in a calendar were not shown to others in time.",
)
LAST_CHANGE = mark("The last change to our test entry in a calendar was not shown to others in time.")
ON_TIME = marks(
    "In the last ten minutes {n} test message arrived, on time.",
    "In the last ten minutes {n} test messages arrived, all on time.",
)

COUNTED = frozenset({Reason.VENDOR_SAYS_FIXED, Reason.NOT_LISTED, Reason.REMINDER, Reason.ESCALATED, Reason.OVERDUE})
"""Changes after which people want to know how it is right now."""


def facts(change: Change, incident: Incident, words: Catalogue) -> tuple[Text, ...]:
    """Give the facts, a sentence each: since when, how bad, what the servers answer."""
    if incident.part_of:
        return ()
    if incident.resolved is not None:
        by_messages = incident.findings and not calendars_only(incident)
        return (_lasted(change, incident, words), *(_again(change, words) if by_messages else ()))
    live = [finding for finding in incident.findings if finding.ended is None]
    now = sorted(live, key=lambda finding: GRAVITY.index(finding.symptom))[:MOST]
    bad = [told for finding in now if (told := _finding(finding, words))]
    counted = _lately(change.tally, words) if change.reason in COUNTED and change.tally and now else ()
    lately = [counted] if counted else []
    since, said = _since(change, incident, words), _said(incident, words)
    seen: list[Text] = [since, *(lately or bad), *said, _codes(incident, words)]
    return tuple(text for text in (*seen, *handled(incident, change.at, words)) if text)


def handled(incident: Incident, now: datetime, words: Catalogue) -> Iterator[Text]:
    """Say who is on it, and for how long it is muted by whom and why."""
    if incident.acknowledged_by:
        yield words.text("{person} is on it.", person=name_of(incident.acknowledged_by))
    if incident.muted_until is None or incident.muted_until <= now:
        return
    person, when = name_of(incident.muted_by), moment(incident.muted_until, now)
    muted = words.text("{person} muted this until {when}.", person=person, when=when)
    why = words.text("The reason: {why}", why=incident.muted_why) if incident.muted_why else ()
    yield words.joined(muted, why)


def basis(change: Change, incident: Incident, words: Catalogue) -> Text:
    """Say how we know."""
    if incident.part_of or change.reason is Reason.PARTED:
        return ()
    if incident.findings and not _beyond_tests(incident):
        return _tested(incident, words)
    if _beyond_tests(incident):
        if incident.resolved is not None:
            return words.text("Our test messages do not cover this, so we have only Microsoft's word for it.")
        uncovered = words.text("Our test messages do not cover this.")
        known = words.text("We know it only from Microsoft, and it may not hit everybody.")
        return words.joined(uncovered, known if is_said_only(incident) else ())
    return tests_now(change.tally, words)


def _tested(incident: Incident, words: Catalogue) -> Text:
    """Say by which tests of our own we know it: messages, the entry in a calendar, or both."""
    now = [finding for finding in incident.findings if finding.ended is None] or incident.findings
    messages = any(finding.symptom in FLOW for finding in now)
    calendars = any(finding.symptom is Symptom.CALENDAR_STALE for finding in now)
    return words.joined(
        words.text("We know this from our own test messages.") if messages else (),
        words.text("We change a test entry in a calendar and look it up as others do.") if calendars else (),
    )


def tests_now(tally: Tally | None, words: Catalogue) -> Text:
    """Say how our own test messages do while somebody else tells of trouble."""
    if tally is None or not tally.sent:
        return words.text("We have no test messages of our own that could show it.")
    if wrong(tally) >= max(2, tally.sent / 10):
        return words.joined(words.text("Our own test messages show trouble too."), _lately(tally, words))
    return words.text("Our own test messages arrive normally: {n} in the last ten minutes.", n=tally.arrived)


def wrong(tally: Tally) -> int:
    """Count the messages that did not arrive in good time."""
    return tally.refused + tally.bounced + tally.late


def moment(at: datetime, now: datetime) -> Moment:
    """Give a moment that shows its day where that is not today."""
    return Moment(at=at, with_date=at.date() != now.date())


def _beyond_tests(incident: Incident) -> bool:
    """Tell whether what is wrong now is nothing that our own tests can show, or do."""
    now = lasting(incident) or aspects(incident)
    return bool(now) and all(aspect.symptom not in FLOW and not aspect.measured for aspect in now)


def _said(incident: Incident, words: Catalogue) -> list[Text]:
    """Give what the advisory adds, where nothing else speaks."""
    first = next((aspect.claim for aspect in lasting(incident) if aspect.claim), None)
    if first is None or not is_said_only(incident):
        return []
    reading = first.reading
    places = words.listed([words.string(place) for place in reading.places])
    where = [words.text("{vendor} names {places} as the place.", vendor="Microsoft", places=places)] if places else []
    return [*advisory.details(reading, words), *where]


def _since(change: Change, incident: Incident, words: Catalogue) -> Text:
    if is_said_only(incident):
        return ()
    measured = [aspect for aspect in lasting(incident) if aspect.measured]
    new = [aspect.since for aspect in measured if str(aspect.symptom) in change.about]
    first = min(new or [aspect.since for aspect in measured], default=incident.began)
    since, length = Moment(at=first, with_date=True), words.length(change.at - first)
    return words.text("It began at about {since}, {length} ago.", since=since, length=length)


def _lasted(change: Change, incident: Incident, words: Catalogue) -> Text:
    end = _end(incident)
    if not ended_by_measurement(incident) or end <= incident.began:
        return words.text("We first told you at {opened}.", opened=Moment(at=incident.opened, with_date=True))
    start, length = Moment(at=incident.began, with_date=True), words.length(end - incident.began)
    return words.text(
        "It lasted {length}: from {start} to {end}.", length=length, start=start, end=moment(end, change.at)
    )


def _end(incident: Incident) -> datetime:
    measured = [finding.ended for finding in incident.findings if finding.ended]
    return max(measured, default=incident.resolved or incident.opened)


def _again(change: Change, words: Catalogue) -> tuple[Text, ...]:
    """Say how many test messages arrived of late, once it is over."""
    tally = change.tally
    if tally is None or not tally.arrived or wrong(tally):
        return ()
    return (words.counted(*ON_TIME, tally.arrived),)


def _finding(finding: Finding, words: Catalogue) -> Text:
    if finding.symptom is Symptom.CALENDAR_STALE:
        return _calendar(finding.evidence, words)
    seen, counted = finding.evidence, BAD.get(finding.symptom)
    if not seen.of or not seen.bad or counted is None:
        return ()
    told = words.counted(*counted, seen.bad, of=seen.of)
    if finding.symptom is not Symptom.DELAYED:
        return words.joined(told, _answer(seen, words))
    place = spent(seen.place, finding.direction, words) if seen.place else ()
    return words.joined(told, _late(seen, words), place)


def _calendar(seen: Evidence, words: Catalogue) -> Text:
    told = words.counted(*CHANGES, seen.bad, of=seen.of) if seen.of > 1 else words.text(LAST_CHANGE)
    if seen.late_worst is None:
        return told
    return words.joined(
        told, words.text("The old time was still there after {late}.", late=words.length(seen.late_worst))
    )


def _answer(seen: Evidence, words: Catalogue) -> Text:
    codes = codes_of(seen.reply)
    return words.text("The server's answer: {codes}.", codes=codes) if codes else ()


def _late(seen: Evidence, words: Catalogue) -> Text:
    if seen.late_median is None or seen.usual is None:
        return ()
    late, usual = words.length(seen.late_median), words.length(seen.usual)
    return words.text("They take about {late}; {usual} is usual.", late=late, usual=usual)


def _lately(tally: Tally, words: Catalogue) -> Text:
    parts = [
        (tally.refused, words.counted("{n} was refused", "{n} were refused", tally.refused)),
        (tally.bounced, words.counted("{n} bounced", "{n} bounced", tally.bounced)),
        (tally.late, words.counted("{n} was late", "{n} were late", tally.late)),
    ]
    bad = ["".join(map(str, text)) for n, text in parts if n]
    if not bad or not tally.sent:
        return ()
    return words.counted(
        "Of {n} test message in the last ten minutes, {bad}.",
        "Of {n} test messages in the last ten minutes, {bad}.",
        tally.sent,
        bad=words.listed(bad),
    )


def _codes(incident: Incident, words: Catalogue) -> Text:
    """Name the codes that the vendor quotes, where no server gave us one, so that people find theirs."""
    answered = any(finding.ended is None and codes_of(finding.evidence.reply) for finding in incident.findings)
    if answered or is_said_only(incident):
        return ()
    said = [claim for claim in incident.claims if is_open(claim)]
    codes = [code for claim in said for text in claim.reading.codes if (code := codes_of(text))]
    return (
        words.text("The error may read {codes}.", codes=words.listed(list(dict.fromkeys(codes))[:2])) if codes else ()
    )
