from dataclasses import replace
from datetime import timedelta

from bot.types import Change, Reason, Symptom
from bot.words import plain, tell
from tests.correlate.build import HOUR, MINUTE, REFUSING, T0, Teller, other, over


def test_a_blind_feed_word_for_word() -> None:
    """Not seeing is not the same as down."""
    teller = Teller()
    teller.blind(T0)
    assert plain(tell(teller.at(T0 + 25 * MINUTE)[0])) == (
        "We cannot read Microsoft's service health.\n"
        "You do not need to do anything. This says nothing about your mail.\n"
        "It has been so since 08:00 UTC, for 25 minutes now.\n"
        "We do not know what Microsoft says now.\n"
        "Our own test messages arrive normally: 40 in the last ten minutes."
    )
    assert plain(tell(teller.back(T0 + 5 * HOUR)[0])) == (
        "We can read Microsoft's service health again.\nThe gap lasted 5 hours: from 08:00 UTC to 13:00 UTC."
    )


def test_a_loop_of_our_own_that_stays_stuck_word_for_word() -> None:
    """It says nothing about the mail, and who should know."""
    teller = Teller()
    teller.blind(T0, source="loop:jobs")
    assert plain(tell(teller.at(T0 + 25 * MINUTE)[0])) == (
        "A part of mailstatus itself has stopped: jobs.\n"
        "This says nothing about your mail, but we may miss news of it. Tell those who run mailstatus.\n"
        "It has been so since 08:00 UTC, for 25 minutes now. It was begun anew again and again, and stopped each time.\n"
        "Our own test messages arrive normally: 40 in the last ten minutes."
    )
    assert plain(tell(teller.back(T0 + HOUR, source="loop:jobs")[0])) == (
        "The part of mailstatus that had stopped runs again: jobs."
    )


def test_a_blind_feed_in_an_outage_does_not_say_that_all_is_well() -> None:
    """What our own tests show is said."""
    teller = Teller(tally=REFUSING)
    teller.blind(T0)
    assert plain(tell(teller.at(T0 + 25 * MINUTE)[0])).endswith(
        "Our own test messages show trouble too. Of 40 test messages in the last ten minutes, 20 were refused."
    )


def test_a_vantage_that_is_cut_off_word_for_word() -> None:
    """Our own line, not the mail."""
    teller = Teller()
    cut_off = other(Symptom.UNMEASURABLE)
    assert plain(tell(teller.sees(cut_off, at=T0 + 30 * MINUTE)[0])) == (
        "We cannot see how mail is doing from eu.\n"
        "You do not need to do anything. It is our own line that is cut off, not your mail.\n"
        "It has been so since 08:02 UTC, for 28 minutes now. "
        "Test messages between other providers fail from there too."
    )
    assert plain(tell(teller.sees(over(cut_off, T0 + HOUR), at=T0 + HOUR)[0])) == (
        "We can see again how mail is doing from eu.\nThe gap lasted 58 minutes: from 08:02 UTC to 09:00 UTC."
    )


def test_a_far_place_that_does_not_report_word_for_word() -> None:
    """It says nothing about the mail, and not that other providers cannot be reached from there."""
    teller = Teller()
    silent = replace(other(Symptom.UNMEASURABLE), vantages=("tokyo",), unheard=True)
    assert plain(tell(teller.sees(silent, at=T0 + 30 * MINUTE)[0])) == (
        "We cannot see how mail is doing from tokyo.\n"
        "You do not need to do anything. This says nothing about your mail.\n"
        "It has been so since 08:02 UTC, for 28 minutes now. Our watcher there does not report.\n"
        "Our own test messages arrive normally: 40 in the last ten minutes."
    )
    assert plain(tell(teller.sees(over(silent, T0 + HOUR), at=T0 + HOUR)[0])) == (
        "We can see again how mail is doing from tokyo.\nThe gap lasted 58 minutes: from 08:02 UTC to 09:00 UTC."
    )


def test_a_test_mailbox_of_our_own_that_does_not_work_word_for_word() -> None:
    """A wrong password, a full mailbox or throttling is our own trouble, and no outage."""
    teller = Teller()
    teller.blind(T0, source="sender:office")
    assert plain(tell(teller.at(T0 + 25 * MINUTE)[0])) == (
        "Our own test mailbox office does not work.\n"
        "You do not need to do anything. This says nothing about your mail.\n"
        "It has been so since 08:00 UTC, for 25 minutes now. "
        "Its operators see the reason, and what mends it, on the status page and with “mailstatus doctor”.\n"
        "Our own test messages arrive normally: 40 in the last ten minutes."
    )
    assert plain(tell(teller.back(T0 + HOUR, source="sender:office")[0])) == (
        "Our own test mailbox office works again.\nThe gap lasted 1 hour: from 08:00 UTC to 09:00 UTC."
    )


def test_without_a_beginning_only_the_state_is_told() -> None:
    """A source that never could be read."""
    cannot = Change(at=T0 + timedelta(1), reason=Reason.CANNOT_SEE, incident=None, rings=True, why="")
    again = Change(at=T0, reason=Reason.SEES_AGAIN, incident=None, rings=True, why="")
    assert tell(cannot).facts == ()
    assert plain(tell(again)) == "We can read Microsoft's service health again."
