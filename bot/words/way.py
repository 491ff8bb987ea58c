"""Where a test message's time went, whose clock is wrong, and what landed in the junk folder."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from bot.types import Direction, DirectionNow, Place, Skew, Text, Where
from bot.words.catalogue import Catalogue, mark, marks

TO_MICROSOFT = frozenset({Direction.INBOUND, Direction.INTERNAL})
"""Where Microsoft's mailbox is the end of the way."""
TO_MAILBOX = mark("{time} were spent inside Microsoft, before the mailbox.")
SPENT: Mapping[Where, str] = {
    Where.OURS: mark("{time} were spent at the sender's own provider."),
    Where.BEFORE: mark("{time} were spent before Microsoft took them."),
    Where.MICROSOFT: mark("{time} were spent inside Microsoft."),
    Where.AFTER: mark("{time} were spent after Microsoft had handed them on."),
    Where.BETWEEN: mark("{time} were spent on the way between servers."),
    Where.MAILBOX: mark("{time} were spent between the last server and the mailbox."),
}
JUNK = marks("{n} of the last {of} test messages landed in Junk.", "{n} of the last {of} test messages landed in Junk.")
TWICE = marks(
    "{n} test message of the last ten minutes arrived twice.",
    "{n} test messages of the last ten minutes arrived twice.",
)


def spent(place: Place, direction: Direction, words: Catalogue) -> Text:
    """Say where late messages spent their time: ``14 of 15 minutes were spent inside Microsoft``."""
    to_mailbox = place.where is Where.MICROSOFT and direction in TO_MICROSOFT
    sentence = TO_MAILBOX if to_mailbox else SPENT[place.where]
    return words.text(sentence, time=words.part_of_length(place.held, place.of))


def clock(skew: Skew, words: Catalogue) -> Text:
    """Say whose clock is wrong, and that times between servers are estimates."""
    length = words.length(timedelta(seconds=abs(skew.seconds)))
    estimates = words.text("The times between servers are estimates.")
    if not skew.by:
        return words.joined(words.text("The clocks of the servers differ by {length}.", length=length), estimates)
    if skew.seconds < 0:
        said = words.text("The clock of {server} is {length} behind.", server=skew.by, length=length)
    else:
        said = words.text("The clock of {server} is {length} ahead.", server=skew.by, length=length)
    return words.joined(said, estimates)


def clocks(now: DirectionNow, words: Catalogue) -> tuple[Text, ...]:
    """Say of each clock that is wrong by how much."""
    return tuple(clock(skew, words) for skew in now.skews)


def junk(now: DirectionNow, words: Catalogue) -> Text:
    """Say how many of the last messages landed in the junk folder; nothing where that is an accident."""
    return words.counted(*JUNK, now.junk.n, of=now.junk.of) if now.junk else ()


def oddities(directions: Iterable[DirectionNow], only: Collection[Direction], words: Catalogue) -> Iterator[Text]:
    """Say what is odd about the messages that arrive, in some directions or in all."""
    for now in directions:
        if only and now.direction not in only:
            continue
        yield junk(now, words)
        if now.recent.twice:
            yield words.counted(*TWICE, now.recent.twice)
        yield from clocks(now, words)
