"""Whose news somebody waits for."""

from bot.interest import ASKED_AT_MOST, ASKED_FOR, Interest


def test_whoever_was_asked_about_last_is_of_interest_for_a_while() -> None:
    interest = Interest()
    interest.ask("old", 100.0)
    interest.ask("new", 101.0)
    assert interest.lately(102.0) == {"old", "new"}
    assert interest.lately(100.0 + ASKED_FOR) == {"new"}
    assert interest.of("new") > interest.of("old") > interest.of("nobody asked")


def test_who_asks_about_a_whole_town_has_the_newest_kept_new() -> None:
    """Else each of thousands would be read anew with every message that somebody else sees."""
    interest = Interest()
    for number in range(2_000):
        interest.ask(f"tenant-{number}", float(number))
    assert interest.lately(2_000.0) == {f"tenant-{number}" for number in range(2_000 - ASKED_AT_MOST, 2_000)}


def test_whom_we_watch_comes_first_and_is_not_read_for_being_asked_about() -> None:
    interest = Interest()
    interest.watch("ours")
    interest.ask("ours", 5.0)
    interest.ask("theirs", 6.0)
    assert interest.lately(7.0) == {"theirs"}
    assert interest.of("ours") > interest.of("theirs")
    interest.forget("ours")
    assert interest.of("ours") == 0.0
