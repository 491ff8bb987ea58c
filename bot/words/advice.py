"""What to do: by symptom and direction while it lasts, and once more when it is over.

What bounced is lost until somebody sends it again, and only after the fix; what is late must not be sent twice.
"""

from collections.abc import Mapping

from bot.types import Action, Change, Direction, Incident, Reason, Symptom, Text
from bot.types.aspects import FLOW, Aspect, ended, lasting
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
    Symptom.CANNOT_ACCESS_MAILBOX: {
        Direction.NONE: mark("No mail is lost. Try again in a while. For what is urgent, call or chat."),
    },
    Symptom.CLIENT_ONLY: {
        Direction.NONE: mark("No mail is lost. Use another way in, such as Outlook on the web or your phone."),
    },
    Symptom.SEARCH_BROKEN: {
        Direction.NONE: mark("No mail is lost. Until search works, look through your folders by hand."),
    },
    Symptom.CALENDAR_STALE: {
        Direction.NONE: mark("Do not trust the calendar on free and busy times: ask the people."),
    },
    Symptom.QUARANTINED: {
        Direction.OUTBOUND: mark(
            "Nobody needs to send it twice: it is let go later. For what is urgent, call or chat."
        ),
        Direction.NONE: mark(
            "If you miss a message, look in quarantine and in the junk folder. Nobody needs to send it twice."
        ),
    },
    Symptom.SPAM_MISSED: {
        Direction.NONE: mark("Do not open links or files in mail that looks odd, and do not answer it."),
    },
    Symptom.ADMIN_ONLY: {Direction.NONE: mark("There is nothing that you need to do.")},
    Symptom.OTHER: {Direction.NONE: mark("There is nothing that you need to do for now.")},
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

USUAL: Mapping[Symptom, frozenset[Action]] = {
    Symptom.SEND_FAILS: frozenset({Action.RESEND_BOUNCED}),
    Symptom.BOUNCED: frozenset({Action.RESEND_BOUNCED}),
    Symptom.DELAYED: frozenset({Action.WAIT}),
    Symptom.LOST: frozenset({Action.RESEND_BOUNCED, Action.WAIT}),
    Symptom.CANNOT_ACCESS_MAILBOX: frozenset({Action.RETRY_LATER, Action.WAIT}),
    Symptom.CLIENT_ONLY: frozenset({Action.USE_ANOTHER_CLIENT}),
    Symptom.SEARCH_BROKEN: frozenset({Action.WAIT, Action.RETRY_LATER}),
    Symptom.CALENDAR_STALE: frozenset({Action.ASK_PEOPLE}),
    Symptom.QUARANTINED: frozenset({Action.CHECK_QUARANTINE, Action.WAIT}),
    Symptom.SPAM_MISSED: frozenset({Action.BEWARE_SPAM}),
}
"""The actions that the advice by symptom already holds."""

ACTION: Mapping[Action, str] = {
    Action.RESEND_BOUNCED: mark("Resend what bounced, but only once we say that it is fixed."),
    Action.WAIT: mark("There is nothing to do: it mends by itself. Nobody needs to send anything twice."),
    Action.RETRY_LATER: mark("Try it once more in a while. For what is urgent, call or chat."),
    Action.USE_ANOTHER_CLIENT: mark("Use another way in, such as Outlook on the web, another program or your phone."),
    Action.CHECK_QUARANTINE: mark("If you miss a message, look in quarantine and in the junk folder."),
    Action.ASK_PEOPLE: mark("Do not trust the screen: ask the people."),
    Action.USE_ANOTHER_CHANNEL: mark("Use phone or chat for now, or share a link instead of a file."),
    Action.BEWARE_SPAM: mark("Do not open links or files in mail that looks odd, and do not answer it."),
    Action.TELL_ADMIN: mark("If it hits you, tell your IT team: only they can put it right."),
}

AFTER: Mapping[Symptom, str] = {
    Symptom.LOST: mark("Ask whether what matters has arrived, and resend what has not."),
    Symptom.DELAYED: mark("Do not resend what was only late: it has arrived or is about to."),
    Symptom.CANNOT_ACCESS_MAILBOX: mark("You can work as usual. If a program does not connect, restart it."),
    Symptom.CLIENT_ONLY: mark("You can work as usual. If a program does not connect, restart it."),
    Symptom.QUARANTINED: mark("If you still miss a message, look in quarantine and in the junk folder."),
    Symptom.CALENDAR_STALE: mark("You can trust the calendar again."),
}
NOTHING_LEFT = mark("There is nothing left to do.")


def advice(change: Change, incident: Incident, words: Catalogue) -> Text:
    """Say what to do now, for what lasts and for what is over."""
    if incident.part_of or change.reason is Reason.PARTED:
        return ()
    after = _after(change, incident, words)
    now = lasting(incident)
    if not now:
        return words.joined(*after) or words.text(NOTHING_LEFT)
    main = words.text(_do(now[0]))
    also_late = any(aspect.symptom is Symptom.DELAYED for aspect in now)
    if after:
        late = [words.text("Do not resend what is only late: it is on its way.")] if also_late else []
        return words.joined(*after, *(late or [main]))
    if also_late and now[0].symptom is not Symptom.DELAYED:
        return words.joined(main, words.text("Do not resend what is only late."))
    other = [words.text(_do(aspect)) for aspect in now[1:2] if not {aspect.symptom, now[0].symptom} <= FLOW]
    return words.joined(main, *other)


def _do(aspect: Aspect) -> str:
    if aspect.symptom is Symptom.SEND_FAILS and is_temporary(aspect):
        return WAITS.get(aspect.direction, WAITS[Direction.NONE])
    action = aspect.claim.reading.action if aspect.claim and not aspect.measured else None
    if action is not None and action in ACTION and action not in USUAL.get(aspect.symptom, ()):
        return ACTION[action]
    by_direction = DO.get(aspect.symptom, DO[Symptom.OTHER])
    return by_direction.get(aspect.direction, by_direction[Direction.NONE])


def _after(change: Change, incident: Incident, words: Catalogue) -> list[Text]:
    """Say what is left to do about what is over; said when it has just ended, not with every later word."""
    if change.reason not in {Reason.RESOLVED, Reason.BETTER} and lasting(incident):
        return []
    over = [
        aspect
        for aspect in ended(incident)
        if change.reason is not Reason.BETTER or str(aspect.symptom) in change.about
    ]
    again = [words.text(_resend(aspect)) for aspect in over if aspect.symptom in LOST][:1]
    rest = [words.text(AFTER[aspect.symptom]) for aspect in over if aspect.symptom in AFTER]
    return [*again, *rest][:2]


def _resend(aspect: Aspect) -> str:
    if is_temporary(aspect):
        return mark("What was held up comes by itself. Resend only what bounced for good.")
    if aspect.direction is Direction.INBOUND:
        return mark("Ask people outside to resend what bounced: nobody else will.")
    return mark("Resend what was refused or came back: it does not go out by itself.")
