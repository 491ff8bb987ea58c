"""What is new, and what is wrong: one sentence for each symptom and direction that our own tests show."""

from collections.abc import Mapping, Sequence

from bot.types import AdvisoryState, Change, Direction, Incident, Reason, Symptom, Text
from bot.types.aspects import Aspect, aspects, ended, ended_by_measurement, is_open, lasting
from bot.words import advisory
from bot.words.catalogue import Catalogue, mark
from bot.words.safe import codes_of, id_of

MOST = 2
"""So many symptoms are named in a headline."""
MOST_IDS = 3

WRONG: Mapping[Symptom, Mapping[Direction, str]] = {
    Symptom.SEND_FAILS: {
        Direction.OUTBOUND: mark("Sending mail fails."),
        Direction.INBOUND: mark("Mail from outside is refused."),
        Direction.INTERNAL: mark("Mail between colleagues is refused."),
        Direction.BOTH: mark("Mail is refused in both directions."),
        Direction.NONE: mark("Sending mail fails."),
    },
    Symptom.BOUNCED: {
        Direction.OUTBOUND: mark("Mail to people outside bounces."),
        Direction.INBOUND: mark("Mail from people outside bounces."),
        Direction.INTERNAL: mark("Mail between colleagues bounces."),
        Direction.BOTH: mark("Mail bounces in both directions."),
        Direction.NONE: mark("Mail bounces."),
    },
    Symptom.DELAYED: {
        Direction.OUTBOUND: mark("Outgoing mail is late."),
        Direction.INBOUND: mark("Incoming mail is late."),
        Direction.INTERNAL: mark("Mail between colleagues is late."),
        Direction.BOTH: mark("Mail is late in both directions."),
        Direction.NONE: mark("Mail is late."),
    },
    Symptom.LOST: {
        Direction.OUTBOUND: mark("Outgoing mail does not arrive."),
        Direction.INBOUND: mark("Incoming mail does not arrive."),
        Direction.INTERNAL: mark("Mail between colleagues does not arrive."),
        Direction.BOTH: mark("Mail does not arrive, in either direction."),
        Direction.NONE: mark("Mail does not arrive."),
    },
    Symptom.CALENDAR_STALE: {Direction.NONE: mark("Calendars show old times.")},
}

HELD_UP: Mapping[Direction, str] = {
    Direction.INBOUND: mark("Mail from outside is refused for now, and comes late."),
    Direction.NONE: mark("Mail is refused for now, and goes out late."),
}
"""Refused with a temporary code: the sending server tries again by itself."""

RIGHT: Mapping[Symptom, str] = {
    Symptom.SEND_FAILS: mark("Mail is no longer refused: sending works again."),
    Symptom.BOUNCED: mark("Mail no longer bounces."),
    Symptom.DELAYED: mark("Mail arrives on time again."),
    Symptom.LOST: mark("Mail arrives again."),
    Symptom.CANNOT_ACCESS_MAILBOX: mark("Mailboxes can be opened again."),
    Symptom.CLIENT_ONLY: mark("Mail works again in every app."),
    Symptom.SEARCH_BROKEN: mark("Search in mail works again."),
    Symptom.CALENDAR_STALE: mark("Calendars are right again."),
    Symptom.QUARANTINED: mark("Good mail is no longer held."),
    Symptom.SPAM_MISSED: mark("The spam filter works again."),
    Symptom.ADMIN_ONLY: mark("The fault is over."),
    Symptom.OTHER: mark("The fault is over."),
}

NEW: Mapping[Reason, str] = {
    Reason.WORSE: mark("It has got worse."),
    Reason.NEW_SYMPTOM: mark("Something else is wrong now."),
    Reason.VENDOR_SAYS_FIXED: mark("Microsoft says that it is fixed, but our tests still fail."),
    Reason.REOPENED: mark("It is back."),
    Reason.ADVICE_CHANGED: mark("There is new advice."),
    Reason.REMINDER: mark("It is still not over."),
    Reason.ESCALATED: mark("Nobody has taken this on yet."),
}

NAMED: Mapping[Reason, str] = {
    Reason.VENDOR_CONFIRMS: mark("Microsoft confirms it ({ids})."),
    Reason.NOT_LISTED: mark("Microsoft no longer lists {ids}, but nobody has said that it is fixed."),
    Reason.OVERDUE: mark("Microsoft's next word on {ids} is overdue."),
    Reason.JOINED: mark("{ids} is part of the same fault."),
    Reason.PARTED: mark("{ids} is a fault of its own and is told apart from now on."),
}


FLOWS = mark("Mail flows normally.")
MAIL_OVER = mark("It is over: mail flows normally again.")
CALENDARS_OVER = mark("It is over: calendars show the right times again.")
MESSAGES_TOO = mark("Our own test messages show it now too.")
CALENDAR_TOO = mark("Our own test entry in a calendar shows it now too.")


def headline(change: Change, incident: Incident, words: Catalogue) -> Text:
    """Say what is new, then what is wrong."""
    if incident.part_of:
        return words.text("This is part of another fault and is told there (number {id}).", id=incident.part_of)
    if change.reason is Reason.RESOLVED or (incident.resolved is not None and change.reason is not Reason.JOINED):
        return _over(change, incident, words)
    return words.joined(_new(change, incident, words), *wrong(change, incident, words))


def wrong(change: Change, incident: Incident, words: Catalogue) -> list[Text]:
    """Say what is wrong now, a sentence a symptom; first what the change is about."""
    now = sorted(lasting(incident), key=lambda aspect: not _is_about(change, aspect))
    others = [aspect for aspect in now[1:] if aspect.measured]
    return [_wrong(aspect, words) for aspect in (*now[:1], *others[: MOST - 1])]


def _wrong(aspect: Aspect, words: Catalogue) -> Text:
    """Say what is wrong: as measured, or as exactly as the advisory says it."""
    if aspect.claim is not None and not aspect.measured:
        return advisory.wrong(aspect.claim.reading, words)
    if aspect.symptom is Symptom.SEND_FAILS and is_temporary(aspect):
        return words.text(HELD_UP.get(aspect.direction, HELD_UP[Direction.NONE]))
    by_direction = WRONG[aspect.symptom]
    return words.text(by_direction.get(aspect.direction, by_direction[Direction.NONE]))


def is_temporary(aspect: Aspect) -> bool:
    """Tell whether servers refused with a code after which senders try again by themselves."""
    codes = codes_of(aspect.finding.evidence.reply) if aspect.finding else ""
    return codes.startswith("4")


def calendars_only(incident: Incident) -> bool:
    """Tell whether all that we measured in an incident are calendars."""
    return bool(incident.findings) and all(one.symptom is Symptom.CALENDAR_STALE for one in incident.findings)


def is_said_only(incident: Incident) -> bool:
    """Tell whether nothing but the vendor's word speaks for what is wrong now."""
    return all(not aspect.measured for aspect in lasting(incident) or aspects(incident))


def _is_about(change: Change, aspect: Aspect) -> bool:
    of_claim = aspect.claim is not None and aspect.claim.reading.id in change.about
    return str(aspect.symptom) in change.about or of_claim


def _new(change: Change, incident: Incident, words: Catalogue) -> Text:
    ids = words.listed([id_of(id_) for id_ in change.about[:MOST_IDS] if any(c.isdigit() for c in id_)])
    match change.reason:
        case Reason.OPENED:
            return words.text("Microsoft reports a fault ({ids}).", ids=ids) if is_said_only(incident) else ()
        case Reason.BETTER:
            right = [words.text(RIGHT[aspect.symptom]) for aspect in _mended(change, incident)]
            return words.joined(*right, words.text("The rest is not over yet."))
        case Reason.WORSE if change.about == ("measured",):
            return words.text(CALENDAR_TOO if calendars_only(incident) else MESSAGES_TOO)
        case Reason.PARTED:
            return words.text(NAMED[Reason.PARTED], ids=id_of(change.about[0]))
        case _ if change.reason in NAMED:
            return words.text(NAMED[change.reason], ids=ids)
        case _:
            return words.text(NEW[change.reason]) if change.reason in NEW else ()


def _mended(change: Change, incident: Incident) -> Sequence[Aspect]:
    return [aspect for aspect in ended(incident) if str(aspect.symptom) in change.about] or ended(incident)[:1]


def _over(change: Change, incident: Incident, words: Catalogue) -> Text:
    if change.reason is Reason.VENDOR_CONFIRMS:
        ids = words.listed([id_of(id_) for id_ in change.about[:MOST_IDS]])
        return words.joined(
            words.text("Microsoft has now confirmed a fault that is over by our tests ({ids}).", ids=ids),
            words.text(RIGHT[Symptom.CALENDAR_STALE] if calendars_only(incident) else FLOWS),
        )
    if ended_by_measurement(incident):
        return words.text(CALENDARS_OVER if calendars_only(incident) else MAIL_OVER)
    states = {claim.reading.state for claim in incident.claims}
    if states <= {AdvisoryState.FALSE_ALARM}:
        return words.text("Microsoft says that it was a false alarm.")
    if any(is_open(claim) and claim.gone for claim in incident.claims):
        return words.text("Microsoft has not listed this for a day, so we close it here.")
    said = [aspect for aspect in ended(incident) if not aspect.measured]
    right = [words.text(RIGHT[aspect.symptom]) for aspect in said[:MOST]]
    return words.joined(words.text("Microsoft says that it is over."), *right)
