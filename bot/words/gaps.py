"""What is said of a destination that could not be reached, there and elsewhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.types import Delivery, Message, Moment, Reason, Severity, Text
from bot.words.catalogue import catalogue

LATE = timedelta(minutes=2)
"""What comes later is said to."""


def reached_again(
    at: datetime, length: timedelta, *, why: str, stand_ins: Sequence[str], language: str, tenant: str
) -> Message:
    """Tell a channel, once it takes messages again, for how long and why it took none, and who was told meanwhile."""
    words = catalogue(language)
    told = words.text("Meanwhile {names} was told.", names=words.listed(list(stand_ins)))
    return Message(
        at=at,
        reason=Reason.UPDATED,
        severity=Severity.INFO,
        headline=words.text("This channel could not be reached for {length}.", length=words.length(length)),
        advice=(),
        facts=(
            told if stand_ins else words.text("Nobody was told in its stead."),
            words.text("The reason was: {why}", why=why),
        ),
        language=language,
        tenant=tenant,
    )


def shut(at: datetime, destination: str, *, why: str, language: str, tenant: str) -> Message:
    """Tell another channel that one takes no messages until somebody mends it."""
    words = catalogue(language)
    return Message(
        at=at,
        reason=Reason.UPDATED,
        severity=Severity.WARNING,
        headline=words.text("{destination} takes no messages any more.", destination=destination),
        advice=(),
        facts=(
            words.text("The reason was: {why}", why=why),
            words.text("It is tried again once an hour, and then told what is true at that time."),
        ),
        language=language,
        tenant=tenant,
    )


def perhaps_told(message: Message) -> Message:
    """Say in a line what may have been told already, to those who cannot be asked whether it arrived."""
    words = catalogue(message.language)
    return replace(
        message,
        reason=Reason.UPDATED,
        severity=Severity.INFO,
        headline=words.text("Perhaps this did not arrive here: {what}", what=message.headline),
        advice=(),
        facts=(words.text("It was sent twice, and no answer came. It may stand here once, twice, or not at all."),),
        vendor=(),
        basis=(),
    )


def late_note(delivery: Delivery, at: datetime) -> Text:
    """Say of a message that comes late for how long it was held up, and where; nothing of one in time."""
    late, words = at - delivery.wanted, catalogue(delivery.message.language)
    if late <= LATE:
        return ()
    if delivery.waited:
        return words.text("Delivered {length} late: this chat could not be reached.", length=words.length(late))
    return words.text("Delivered {length} late: mailstatus itself was held up.", length=words.length(late))


def over_by_now(start: datetime, end: datetime, what: Text, language: str) -> Text:
    """Tell those who never heard of an incident that there was one."""
    return catalogue(language).text(
        "It is over. From {start} to {end} the news was: {what}",
        start=Moment(at=start, with_date=True),
        end=Moment(at=end),
        what=what,
    )


def unheard_note(language: str) -> Text:
    """Say why an incident is told only after its end."""
    return catalogue(language).text("Nobody here heard of it while it lasted.")
