from dataclasses import replace

from bot.types import AdvisoryState, Moment
from bot.web.timeline import EXCERPT, By, timeline
from bot.words.catalogue import catalogue
from bot.words.page import PageWords
from tests.web.examples import OVER, SEVERE, at, claim, message

WORDS = PageWords(catalogue("en"))


def said(parts: tuple[str | Moment, ...]) -> str:
    """Join a text without moments."""
    return "".join(map(str, parts))


def test_measurements_messages_and_the_vendor_stand_in_one_order_newest_first() -> None:
    events = timeline(OVER, [message("i0", at(14, 9, 12), "Incoming mail is late.")], WORDS)
    assert [(f"{event.at:%H:%M}", event.by, said(event.says)) for event in events] == [
        ("11:40", By.US, "Over by measurement: Incoming mail: Late."),
        ("11:40", By.US, "Resolved: test messages arrive as usual."),
        ("11:01", By.VENDOR, "The end, as EX647001 gives it."),
        ("11:01", By.VENDOR, "EX647001 is closed."),
        ("10:01", By.VENDOR, "EX647001 is in the feed: Title of EX647001"),
        ("09:12", By.TOLD, "Incoming mail is late."),
        ("09:11", By.US, "Found, 6 minutes after it began: 4 of 5 test messages."),
        ("09:05", By.US, "The trouble began: Incoming mail: Late."),
        ("08:01", By.VENDOR, "The start, as EX647001 gives it."),
    ]


def test_gone_is_told_and_is_not_resolved() -> None:
    gone = replace(SEVERE, claims=(replace(SEVERE.claims[0], gone=at(18, 8, 39)),))
    assert "not the same as resolved" in said(timeline(gone, [], WORDS)[0].says)


def test_an_end_that_the_vendor_names_before_it_closes_is_not_told() -> None:
    open_ = claim("EX1", at(18, 7))
    odd = replace(SEVERE, findings=(), claims=(replace(open_, reading=replace(open_.reading, end=at(18, 8))),))
    assert open_.reading.state is AdvisoryState.ONGOING
    assert not any("The end" in said(event.says) for event in timeline(odd, [], WORDS))


def test_a_long_post_is_cut_at_a_word() -> None:
    long = replace(SEVERE, claims=(claim("EX1", at(18, 7), text="word " * 200),))
    posted = next(said(event.says) for event in timeline(long, [], WORDS) if "word word" in said(event.says))
    assert len(posted) <= EXCERPT + len("EX1:  …")
    assert posted.endswith("word …")
