from dataclasses import replace

from bot.types import Reason, Symptom
from tests.correlate.build import HOUR, MINUTE, T0, Teller, other, over, reasons


def test_a_blind_feed_is_told_within_the_hour_and_once() -> None:
    """No issues and cannot see are different states."""
    teller = Teller()
    assert teller.blind(T0) == []
    assert teller.at(T0 + 24 * MINUTE) == []
    found = teller.at(T0 + 25 * MINUTE)
    assert reasons(found) == ["cannot see"]
    assert found[0].incident is None
    assert found[0].since == T0
    assert found[0].tally is not None
    assert teller.at(T0 + HOUR) == []


def test_every_failed_look_belongs_to_one_stretch() -> None:
    """A feed is tried every few minutes."""
    teller = Teller()
    for minute in range(0, 25, 5):
        assert teller.blind(T0 + minute * MINUTE) == []
    assert reasons(teller.blind(T0 + 25 * MINUTE)) == ["cannot see"]


def test_seeing_again_is_told_only_where_blindness_was() -> None:
    """A short gap is no news."""
    teller = Teller()
    teller.blind(T0)
    assert teller.back(T0 + 10 * MINUTE) == []
    teller.blind(T0 + HOUR)
    teller.at(T0 + 2 * HOUR)
    found = teller.back(T0 + 3 * HOUR)
    assert reasons(found) == ["sees again"]
    assert found[0].since == T0 + HOUR
    assert teller.back(T0 + 4 * HOUR) == []


def test_a_side_source_may_be_blind_without_a_word() -> None:
    """The public page is a second opinion."""
    teller = Teller()
    teller.blind(T0, source="status-page")
    assert teller.at(T0 + HOUR) == []


def test_a_vantage_that_is_cut_off_is_our_own_blindness() -> None:
    """Never an outage of the mail."""
    teller = Teller()
    cut_off = replace(other(Symptom.UNMEASURABLE), found=T0)
    assert teller.sees(cut_off, at=T0) == []
    found = teller.sees(cut_off, at=T0 + 27 * MINUTE)
    assert reasons(found) == ["cannot see"]
    assert found[0].about == ("tests:eu",)
    assert teller.book.incidents == ()
    assert reasons(teller.sees(over(cut_off, T0 + HOUR), at=T0 + HOUR)) == ["sees again"]


def test_a_pause_of_our_own_is_no_news() -> None:
    """The bot was off for hours: by the time that it knows it can see again."""
    teller = Teller()
    pause = replace(other(Symptom.UNMEASURABLE), since=T0 - 8 * HOUR, found=T0)
    assert teller.sees(pause, at=T0) == []
    assert teller.sees(over(pause, T0 + MINUTE), at=T0 + MINUTE) == []


def test_mailboxes_are_not_told_of_one_by_one_where_their_place_is_cut_off() -> None:
    """That the place is cut off is one thing to tell; a mailbox that stays dark afterwards is another."""
    teller = Teller()
    for name in ("office", "outside"):
        teller.blind(T0, source=f"sender:{name}")
    cut_off = other(Symptom.UNMEASURABLE)
    assert [change.about for change in teller.sees(cut_off, at=T0 + 30 * MINUTE)] == [("tests:eu",)]
    assert teller.at(T0 + 50 * MINUTE) == []
    (again,) = teller.sees(over(cut_off, T0 + HOUR), at=T0 + HOUR)
    assert again.reason is Reason.SEES_AGAIN
    teller.back(T0 + HOUR, source="sender:outside")
    assert teller.at(T0 + HOUR + 24 * MINUTE) == []
    assert [change.about for change in teller.at(T0 + HOUR + 25 * MINUTE)] == [("sender:office",)]


def test_a_single_mailbox_is_told_though_nothing_else_is_seen() -> None:
    """It may be the only one: what is wrong with it says more than that nothing is seen."""
    teller = Teller()
    teller.blind(T0, source="sender:office")
    teller.sees(replace(other(Symptom.UNMEASURABLE), found=T0 + 5 * MINUTE), at=T0 + 5 * MINUTE)
    assert [change.about for change in teller.at(T0 + 25 * MINUTE)] == [("sender:office",)]
