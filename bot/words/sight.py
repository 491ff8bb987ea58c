"""What we say when we cannot see, and when we can again."""

from bot.types import LOOP, Change, Reason, Text
from bot.words.catalogue import Catalogue
from bot.words.facts import moment, tests_now
from bot.words.safe import name_of

TESTS, UNHEARD = "tests:", "unheard:"
OWN_MAILBOXES = ("mailbox:", "sender:")


def parts(change: Change, words: Catalogue) -> tuple[Text, Text, tuple[Text, ...], Text, Text]:
    """Give headline, advice, facts, vendor and basis of a message about our own sight."""
    source = change.about[0] if change.about else ""
    name = name_of(source.partition(":")[2])
    if source.startswith(OWN_MAILBOXES):
        return _mailbox(change, name, words)
    if source.startswith(LOOP):
        return _loop(change, name, words)
    place = name if source.startswith((TESTS, UNHEARD)) else ""
    if change.reason is Reason.SEES_AGAIN:
        return _again(change, place, words)
    if source.startswith(UNHEARD):
        return _unheard(change, place, words)
    return _tests(change, place, words) if place else _feed(change, words)


def _feed(change: Change, words: Catalogue) -> tuple[Text, Text, tuple[Text, ...], Text, Text]:
    return (
        words.text("We cannot read Microsoft's service health."),
        words.text("You do not need to do anything. This says nothing about your mail."),
        _since(change, words),
        words.text("We do not know what Microsoft says now."),
        tests_now(change.tally, words),
    )


def _tests(change: Change, place: str, words: Catalogue) -> tuple[Text, Text, tuple[Text, ...], Text, Text]:
    return (
        words.text("We cannot see how mail is doing from {place}.", place=place),
        words.text("You do not need to do anything. It is our own line that is cut off, not your mail."),
        (*_since(change, words), words.text("Test messages between other providers fail from there too.")),
        (),
        (),
    )


def _unheard(change: Change, place: str, words: Catalogue) -> tuple[Text, Text, tuple[Text, ...], Text, Text]:
    return (
        words.text("We cannot see how mail is doing from {place}.", place=place),
        words.text("You do not need to do anything. This says nothing about your mail."),
        (*_since(change, words), words.text("Our watcher there does not report.")),
        (),
        tests_now(change.tally, words),
    )


def _mailbox(change: Change, name: str, words: Catalogue) -> tuple[Text, Text, tuple[Text, ...], Text, Text]:
    if change.reason is Reason.SEES_AGAIN:
        return words.text("Our own test mailbox {name} works again.", name=name), (), _was(change, words), (), ()
    mend = words.text(
        "Its operators see the reason, and what mends it, on the status page and with “mailstatus doctor”."
    )
    return (
        words.text("Our own test mailbox {name} does not work.", name=name),
        words.text("You do not need to do anything. This says nothing about your mail."),
        (*_since(change, words), mend),
        (),
        tests_now(change.tally, words),
    )


def _loop(change: Change, loop: str, words: Catalogue) -> tuple[Text, Text, tuple[Text, ...], Text, Text]:
    if change.reason is Reason.SEES_AGAIN:
        return words.text("The part of mailstatus that had stopped runs again: {loop}.", loop=loop), (), (), (), ()
    return (
        words.text("A part of mailstatus itself has stopped: {loop}.", loop=loop),
        words.text("This says nothing about your mail, but we may miss news of it. Tell those who run mailstatus."),
        (*_since(change, words), words.text("It was begun anew again and again, and stopped each time.")),
        (),
        tests_now(change.tally, words),
    )


def _again(change: Change, place: str, words: Catalogue) -> tuple[Text, Text, tuple[Text, ...], Text, Text]:
    head = (
        words.text("We can see again how mail is doing from {place}.", place=place)
        if place
        else words.text("We can read Microsoft's service health again.")
    )
    return head, (), _was(change, words), (), ()


def _was(change: Change, words: Catalogue) -> tuple[Text, ...]:
    if change.since is None:
        return ()
    start, end, length = moment(change.since, change.at), moment(change.at, change.at), change.at - change.since
    return (
        words.text(
            "The gap lasted {length}: from {start} to {end}.", length=words.length(length), start=start, end=end
        ),
    )


def _since(change: Change, words: Catalogue) -> tuple[Text, ...]:
    if change.since is None:
        return ()
    since, length = moment(change.since, change.at), words.length(change.at - change.since)
    return (words.text("It has been so since {since}, for {length} now.", since=since, length=length),)
