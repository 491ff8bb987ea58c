"""What to do: by symptom and direction while it lasts, and once more when it is over.

What bounced is lost until somebody sends it again, and only after the fix; what is late must not be sent twice.
"""

from collections.abc import Mapping

from bot.types import Change, Direction, Incident, Reason, Symptom, Text
from bot.types.aspects import FLOW, Aspect, ended, ended_by_measurement, lasting
from bot.words import advisory
from bot.words.catalogue import Catalogue, mark
from bot.words.headlines import is_temporary

LOST = frozenset({Symptom.SEND_FAILS, Symptom.BOUNCED})

DO: Mapping[Symptom, Mapping[Direction, str]] = {
    Symptom.SEND_FAILS: {
        Direction.INBOUND: mark(
            "People outside cannot reach you by mail for now, so call them if it is urgent. "
            "Once we say that it is fixed, ask them to resend what bounced."
        ),
        Direction.NONE: mark(
            "What is refused does not go out by itself. Keep it, and resend it once we say that sending works again. "
            "If it cannot wait, call or chat."
        ),
    },
    Symptom.BOUNCED: {
        Direction.INBOUND: mark(
            "Mail to you goes back to its senders. Call them if it is urgent. "
            "Once we say that it is fixed, ask them to resend what bounced."
        ),
        Direction.NONE: mark(
            "What bounced is lost until you resend it. Wait until we say that it is fixed, and resend it then. "
            "If it cannot wait, call or chat."
        ),
    },
    Symptom.DELAYED: {
        Direction.INBOUND: mark(
            "It comes by itself, so nobody needs to send it twice. If you wait for something urgent, call the sender."
        ),
        Direction.NONE: mark(
            "Do not resend it: it is on its way, and people would get it twice. For what is urgent, call or chat."
        ),
    },
    Symptom.LOST: {
        Direction.NONE: mark(
            "Do not count on mail now: call or chat about what matters. "
            "Ask whether a message has arrived before you resend it."
        ),
    },
    Symptom.CALENDAR_STALE: {
        Direction.NONE: mark(
            "Ask people when they are free before you book: what the calendar shows may be out of date. "
            "Your own entries are safe, so do not make them again."
        ),
    },
}

WAITS: Mapping[Direction, str] = {
    Direction.INBOUND: mark(
        "Other mail servers keep trying, so most mail comes by itself, up to a day late. "
        "Only what bounced for good must be resent, and only after the fix."
    ),
    Direction.NONE: mark(
        "Leave it in the Outbox: it goes out by itself, up to a day late. "
        "Only what bounced for good must be resent, and only after the fix."
    ),
}
"""For refusals with a temporary code."""

AFTER: Mapping[Symptom, str] = {
    Symptom.LOST: mark("Ask whether what matters has arrived, and resend what has not."),
    Symptom.DELAYED: mark("Do not resend what was only late: it has arrived or is about to."),
    Symptom.CANNOT_ACCESS_MAILBOX: mark("You can work as usual. If a program does not connect, restart it."),
    Symptom.CLIENT_ONLY: mark("You can work as usual. If a program does not connect, restart it."),
    Symptom.QUARANTINED: mark("If you still miss a message, look in quarantine and in the junk folder."),
    Symptom.CALENDAR_STALE: mark("You can trust the calendar again."),
}
ALSO: Mapping[Symptom, str] = {Symptom.CALENDAR_STALE: mark("Ask people when they are free before you book.")}
"""In few words, where it is not the first thing that is wrong."""
NOTHING_LEFT = mark("There is nothing left to do.")


def advice(change: Change, incident: Incident, words: Catalogue) -> Text:
    """Say what to do now, for what lasts and for what is over."""
    if incident.part_of or change.reason is Reason.PARTED:
        return ()
    after = _after(change, incident, words)
    now = lasting(incident)
    if not now:
        return words.joined(*after) or words.text(NOTHING_LEFT)
    main = _do(now[0], words)
    also_late = any(aspect.symptom is Symptom.DELAYED for aspect in now)
    if after:
        late = [words.text("Do not resend what is only late: it is on its way.")] if also_late else []
        return words.joined(*after, *(late or [main]))
    if also_late and now[0].symptom is not Symptom.DELAYED:
        return words.joined(main, words.text("Do not resend what is only late."))
    other = [_also(aspect, words) for aspect in now[1:2] if not {aspect.symptom, now[0].symptom} <= FLOW]
    return words.joined(main, *other)


def _also(aspect: Aspect, words: Catalogue) -> Text:
    return words.text(ALSO[aspect.symptom]) if aspect.symptom in ALSO else _do(aspect, words)


def _do(aspect: Aspect, words: Catalogue) -> Text:
    if aspect.claim is not None and not aspect.measured:
        return advisory.advice(aspect.claim.reading, words)
    if aspect.symptom is Symptom.SEND_FAILS and is_temporary(aspect):
        return words.text(WAITS.get(aspect.direction, WAITS[Direction.NONE]))
    by_direction = DO[aspect.symptom]
    return words.text(by_direction.get(aspect.direction, by_direction[Direction.NONE]))


def _after(change: Change, incident: Incident, words: Catalogue) -> list[Text]:
    """Say what is left to do about what is over; said when it has just ended, not with every later word."""
    if change.reason not in {Reason.RESOLVED, Reason.BETTER} and lasting(incident):
        return []
    over = _what_ended(change, incident)
    again = [words.text(_resend(aspect)) for aspect in over if aspect.symptom in LOST][:1]
    rest = [words.text(AFTER[aspect.symptom]) for aspect in over if aspect.symptom in AFTER]
    return [*again, *rest][:2]


def _what_ended(change: Change, incident: Incident) -> list[Aspect]:
    """Give what ended just now, by measurement or by the vendor's word."""
    if change.reason is Reason.BETTER:
        return [aspect for aspect in ended(incident) if str(aspect.symptom) in change.about]
    said_only = bool(incident.findings) and not ended_by_measurement(incident)
    return [aspect for aspect in ended(incident) if not (said_only and aspect.measured)]


def _resend(aspect: Aspect) -> str:
    if is_temporary(aspect):
        return mark("What was held up comes by itself. Resend only what bounced for good.")
    if aspect.direction is Direction.INBOUND:
        return mark("Ask people outside to resend what bounced: nobody else will.")
    return mark("Resend what was refused or came back: it does not go out by itself.")
