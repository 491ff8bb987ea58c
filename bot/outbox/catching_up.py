"""What a destination is told that missed something: what is true now, and the rest as history. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid5

from bot.outbox.plan import KEYS
from bot.types import Delivery, Draft, Kind, Message, Moment, Reason, Severity
from bot.words.gaps import over_by_now, perhaps_told, unheard_note
from bot.words.labels import Label, label

FRESH = timedelta(minutes=10)
"""News that waited for longer is told together with all that followed on it: the newest state wins."""
STANDS = timedelta(hours=48)
"""What an incident has come to is true until something newer is; after this long nobody is helped by it."""
LIMITS: Mapping[Reason, timedelta] = {
    Reason.REMINDER: timedelta(hours=12),
    Reason.OVERDUE: timedelta(hours=12),
    Reason.ESCALATED: timedelta(hours=12),
    Reason.CANNOT_SEE: timedelta(hours=12),
    Reason.SEES_AGAIN: timedelta(hours=12),
}
"""What is about a moment is given up sooner."""
PICTURE_LIMIT = timedelta(hours=1)
NOTICE_LIMIT = timedelta(hours=2)
"""For what is said of the bot itself, and test messages."""
LINES_MOST = 20
COPIES_MOST = 2
"""After so many tries of which nobody knows whether they arrived, no further one is made of the same message."""


def too_old(delivery: Delivery, now: datetime) -> bool:
    """Tell whether a delivery helps nobody any more; what was held back by quiet hours counts from their end."""
    return now - delivery.wanted > _limit(delivery)


def together(first: Delivery, rest: Sequence[Delivery]) -> Delivery:
    """Make one delivery of several that wait at a destination: the newest, with the others inside it."""
    waiting = sorted((first, *rest), key=lambda one: (one.message.at, one.id), reverse=True)
    return replace(waiting[0], earlier=tuple(waiting[1:]))


def caught_up(first: Delivery, rest: Sequence[Delivery]) -> Delivery:
    """Make one delivery of what waits about one incident, the incident's head where there is none yet."""
    whole = together(first, rest)
    return replace(whole, kind=Kind.HEAD) if any(one.kind is Kind.HEAD for one in all_of(whole)) else whole


def as_it_is_now(delivery: Delivery) -> Delivery:
    """Tell those of an incident in the past tense who hear of it only after its end."""
    began, message = _unheard(delivery), delivery.message
    if began is None:
        return delivery
    headline = over_by_now(began.at, message.at, began.headline, message.language)
    past = replace(message, headline=headline, vendor=(), basis=unheard_note(message.language))
    return replace(delivery, message=past)


def history(delivery: Delivery, at: datetime) -> list[Draft]:
    """Draft what goes below a delivery that told the newest alone: what was to be said before, each with its time."""
    if not delivery.earlier or _unheard(delivery) is not None:
        return []
    told = sorted((one.message for one in delivery.earlier), key=lambda one: one.at)[-LINES_MOST:]
    message = replace(
        delivery.message,
        reason=Reason.UPDATED,
        severity=Severity.INFO,
        headline=(label(Label.WAITED, delivery.message.language),),
        advice=(),
        facts=tuple((Moment(at=one.at, with_date=True), " ", *one.headline) for one in told),
        vendor=(),
        basis=(),
    )
    key = str(uuid5(KEYS, f"{delivery.key}/history"))
    return [Draft(destination=delivery.destination, kind=Kind.REPLY, message=message, key=key, due=at)]


def doubted(delivery: Delivery) -> list[Delivery]:
    """Give those that no try may add a copy of, as they may stand at the destination twice; an edit adds none."""
    return [one for one in all_of(delivery) if one.doubts >= COPIES_MOST and one.kind is not Kind.EDIT]


def perhaps(delivery: Delivery) -> Delivery:
    """Ask in place of a copy too many whether what was said has arrived: in a line, and in nobody's name."""
    told = {one.id: perhaps_told(one.message) for one in doubted(delivery)}
    whole = [replace(one, message=told.get(one.id, one.message), doubts=0) for one in all_of(delivery)]
    return replace(whole[0], earlier=tuple(whole[1:]))


def all_of(delivery: Delivery) -> tuple[Delivery, ...]:
    """Give a delivery and those that go out within it."""
    return (delivery, *delivery.earlier)


def most_tried(delivery: Delivery) -> int:
    """Count the attempts of the one that was tried most often."""
    return max(one.attempts for one in all_of(delivery))


def _unheard(delivery: Delivery) -> Message | None:
    """Give the first word on an incident whose end is told, where it goes out only now."""
    if delivery.message.reason is not Reason.RESOLVED:
        return None
    same = [one for one in delivery.earlier if one.message.incident == delivery.message.incident]
    heads = [one.message for one in same if one.kind is Kind.HEAD]
    return heads[-1] if heads else None


def _limit(delivery: Delivery) -> timedelta:
    if delivery.kind is Kind.PICTURE:
        return PICTURE_LIMIT
    message = delivery.message
    if message.incident is None and message.reason is Reason.UPDATED:
        return NOTICE_LIMIT
    return LIMITS.get(message.reason, STANDS)
