"""What Microsoft says, beside when we saw it ourselves."""

from datetime import datetime

from bot.types import AdvisoryState, Change, Claim, Incident, Reason, Text
from bot.types.aspects import CLOSED, is_measured, is_open
from bot.words.catalogue import Catalogue
from bot.words.facts import moment
from bot.words.safe import id_of, name_of

MOST = 3
"""So many advisories are told in one message; the rest are in the details."""

WHOLE = frozenset({Reason.OPENED, Reason.RESOLVED, Reason.NEW_SYMPTOM})
"""Changes that tell everything once; the others tell what is new and what is open."""

BY_US = frozenset({"opened", "quoted", "cause", "title", "canary", ""})


def vendor(change: Change, incident: Incident, words: Catalogue) -> Text:
    """Say what the vendor says, first what the message is about, and what it does not say."""
    if incident.part_of:
        return ()
    if not incident.claims:
        return _silence(change, incident, words)
    ranked = sorted(incident.claims, key=lambda claim: _rank(change, claim))
    claims = [claim for claim in ranked if _worth(change, claim)] or ranked[:1]
    said = [part for claim in claims[:MOST] for part in _claim(change, incident, claim, words)]
    return words.joined(*said, _related(incident, words))


def _silence(change: Change, incident: Incident, words: Catalogue) -> Text:
    if change.feed_blind:
        return words.text("We cannot read Microsoft's service health now, so we do not know what it says.")
    if incident.resolved is not None:
        return words.joined(words.text("Microsoft never said anything about it."), _related(incident, words))
    return words.joined(words.text("Microsoft has said nothing yet."), _related(incident, words))


def _rank(change: Change, claim: Claim) -> tuple[bool, bool, float]:
    return (claim.reading.id not in change.about, not is_open(claim), -claim.changed.timestamp())


def _worth(change: Change, claim: Claim) -> bool:
    """Leave out what is not about mail and what was closed before, unless the message is about it or tells all."""
    if claim.reading.id in change.about:
        return True
    return claim.reading.is_mail and (is_open(claim) or change.reason in WHOLE or claim.changed == change.at)


def _claim(change: Change, incident: Incident, claim: Claim, words: Catalogue) -> list[Text]:
    stands = _stands(change, incident, claim, words)
    came = _came(change, incident, claim, words)
    if not (came or stands):
        came = words.text("Microsoft tells of it as {id}.", id=id_of(claim.reading.id))
    return [text for text in (came, stands) if text]


def _came(change: Change, incident: Incident, claim: Claim, words: Catalogue) -> Text:
    """Say how the advisory came to be here: confirmed, reported, joined."""
    id_, about = id_of(claim.reading.id), claim.reading.id in change.about
    if claim.joined_by not in BY_US:
        return words.text("{person} added {id} to this incident.", person=name_of(claim.joined_by), id=id_)
    if incident.findings and is_measured(claim, incident.findings):
        return _timing(incident, claim, words) if about or change.reason in WHOLE else ()
    if not about or change.reason not in {Reason.JOINED, Reason.REOPENED}:
        return ()
    return words.joined(_link(incident, claim, words), _early(change, incident, words))


def _early(change: Change, incident: Incident, words: Catalogue) -> Text:
    """Say that the vendor had called it fixed, where that was too early."""
    ended = [c for c in incident.claims if c.reading.state in CLOSED and c.reading.is_mail and c.closed_seen]
    if change.reason is not Reason.REOPENED or not ended:
        return ()
    last = max(ended, key=lambda c: c.closed_seen or c.changed)
    return words.text("Microsoft had called {id} fixed too early.", id=id_of(last.reading.id))


def _timing(incident: Incident, claim: Claim, words: Catalogue) -> Text:
    """Say who was first: when we saw the advisory, beside when the test messages told us."""
    seen = _seen(incident, claim)
    id_ = id_of(claim.reading.id)
    length = words.length(claim.first_seen - seen)
    if claim.first_seen >= seen:
        return words.text("Microsoft confirmed it {length} after we told you ({id}).", length=length, id=id_)
    return words.text("Microsoft reported it {length} before our tests showed it ({id}).", length=length, id=id_)


def _seen(incident: Incident, claim: Claim) -> datetime:
    """Give when test messages first showed what the advisory is about, or anything at all."""
    same = [finding.found for finding in incident.findings if finding.symptom is claim.reading.symptom]
    return min(same or [finding.found for finding in incident.findings])


def _link(incident: Incident, claim: Claim, words: Catalogue) -> Text:
    """Say by what an advisory is known to be the same fault."""
    id_ = id_of(claim.reading.id)
    others = [id_of(c.reading.id) for c in incident.claims if c is not claim and c.reading.is_mail][-2:]
    if not others:
        return words.text("Microsoft reports it as {id}.", id=id_)
    match claim.joined_by:
        case "title":
            return words.text("{id} bears the same title as {others}.", id=id_, others=words.listed(others))
        case "cause":
            return words.text("Microsoft gives {id} the same cause as {others}.", id=id_, others=words.listed(others))
        case _:
            return words.text("Microsoft's own posts link {id} with {others}.", id=id_, others=words.listed(others))


def _stands(change: Change, incident: Incident, claim: Claim, words: Catalogue) -> Text:
    """Say where the advisory stands now."""
    reading, id_ = claim.reading, id_of(claim.reading.id)
    if reading.state in CLOSED:
        return _closed(change, claim, words)
    if claim.gone is not None:
        gone = moment(claim.gone, change.at)
        return words.text(
            "{id} has not been listed for us since {gone}. Gone is not the same as fixed.", id=id_, gone=gone
        )
    if incident.resolved is not None:
        return words.text("Microsoft has not closed {id} yet.", id=id_)
    return words.joined(_progress(claim, incident, words), _next(change, claim, words))


def _progress(claim: Claim, incident: Incident, words: Catalogue) -> Text:
    id_ = id_of(claim.reading.id)
    if claim.reading.state is AdvisoryState.PRE_ALERT:
        return words.text("Microsoft is looking into it ({id}).", id=id_)
    if claim.reading.state is AdvisoryState.RECOVERING:
        return words.text("Microsoft says that a fix is under way ({id}).", id=id_)
    if incident.findings and is_measured(claim, incident.findings):
        return ()
    return words.text("Microsoft has no fix for {id} yet.", id=id_)


def _closed(change: Change, claim: Claim, words: Catalogue) -> Text:
    id_, end = id_of(claim.reading.id), claim.reading.end
    if claim.reading.state is AdvisoryState.FALSE_ALARM:
        return words.text("Microsoft says that {id} was a false alarm.", id=id_)
    if end is None or end > change.at:
        return words.text("Microsoft says that {id} is fixed.", id=id_)
    return words.text("Microsoft says that {id} was fixed at {end}.", id=id_, end=moment(end, change.at))


def _next(change: Change, claim: Claim, words: Catalogue) -> Text:
    """Say when the next word is promised, or how long it is overdue."""
    promised, id_ = claim.reading.next_update, id_of(claim.reading.id)
    if promised is None:
        return ()
    if promised >= change.at:
        return words.text("Microsoft promises its next word on {id} for {at}.", id=id_, at=moment(promised, change.at))
    if change.feed_blind:
        return ()
    late, at = words.length(change.at - promised), moment(promised, change.at)
    return words.text(
        "Microsoft promised its next word on {id} for {at}; it is {late} overdue.", id=id_, at=at, late=late
    )


def _related(incident: Incident, words: Catalogue) -> Text:
    inside = {claim.reading.id for claim in incident.claims}
    ids = [id_of(id_) for id_ in incident.related if id_ not in inside][:MOST]
    if not ids or incident.resolved is not None:
        return ()
    return words.text("Much alike, but not shown to be the same fault: {ids}.", ids=words.listed(ids))
