"""Calendars that show old times, and calendars that do not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.detect import Calendars
from bot.types import CalendarSeen, Finding, Symptom

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def seen(change: str, at: float, age: float, *, fresh: bool, calendar: str = "office") -> CalendarSeen:
    """Give what a lookup ``at`` minutes shows of a change that is ``age`` minutes old; ten are too many."""
    return CalendarSeen(
        at=T0 + at * MINUTE,
        calendar=calendar,
        change=change,
        age_seconds=age * 60,
        limit_seconds=600,
        fresh=fresh,
    )


def after(looks: Iterable[CalendarSeen]) -> tuple[Calendars, list[Finding]]:
    """Give a detector that saw it all, and every finding that it told of on its way."""
    calendars = Calendars()
    told: list[Finding] = []
    for look in looks:
        calendars.observe(look)
        told += calendars.tick()
    return calendars, told


STALE = [seen("1", 1, 1, fresh=False), seen("1", 10, 10, fresh=False), seen("1", 12, 12, fresh=False)]


def test_a_change_that_is_shown_is_no_news() -> None:
    """Only when and how fast is remembered."""
    calendars, told = after([seen("1", 1, 1, fresh=False), seen("1", 2, 2, fresh=True), seen("2", 3, 0.5, fresh=True)])
    assert told == []
    (now,) = calendars.now({})
    assert (now.symptoms, now.last_shown, now.last_took, now.waiting) == ((), T0 + 3 * MINUTE, 0.5 * MINUTE, None)


def test_a_change_that_is_not_shown_counts_when_its_limit_is_over_and_not_before() -> None:
    """The finding says since when: the moment of the change."""
    calendars, told = after(STALE[:1])
    assert told == []
    assert calendars.now({})[0].waiting == MINUTE
    (found,) = after(STALE[:2])[1]
    assert (found.symptom, found.since, found.found) == (Symptom.CALENDAR_STALE, T0, T0 + 10 * MINUTE)
    assert (found.evidence.bad, found.evidence.of, found.share, found.ended) == (1, 1, 1.0, None)


def test_the_same_change_counts_once_and_its_age_grows() -> None:
    """The next change that is not shown counts as well; the finding stays the same one."""
    looks = [*STALE, seen("2", 20, 5, fresh=False), seen("2", 26, 11, fresh=False)]
    told = after(looks)[1]
    assert [one.evidence.bad for one in told] == [1, 1, 1, 2]
    assert [one.evidence.late_worst for one in told] == [10 * MINUTE, 12 * MINUTE, 12 * MINUTE, 12 * MINUTE]
    assert len({one.id for one in told}) == 1


def test_it_is_over_when_two_changes_in_a_row_are_shown_and_dated_by_the_first() -> None:
    """One could be chance; the end is told once."""
    calendars, told = after([*STALE, seen("2", 15, 1, fresh=True)])
    assert told[-1].ended is None
    calendars.observe(seen("3", 16, 1, fresh=True))
    (over,) = calendars.tick()
    assert (over.ended, over.evidence.bad, over.evidence.of) == (T0 + 15 * MINUTE, 1, 3)
    assert calendars.tick() == ()
    assert calendars.now({})[0].symptoms == ()


def test_a_late_change_that_is_shown_at_last_says_since_when_it_may_be_right() -> None:
    """It is no change that was shown in time, so that two of those are waited for."""
    looks = [*STALE, seen("1", 14, 14, fresh=True), seen("2", 15, 1, fresh=True), seen("3", 16, 1, fresh=True)]
    told = after(looks)[1]
    assert told[-1].ended == T0 + 14 * MINUTE
    assert told[-2].ended is None


def test_good_and_bad_in_turns_is_one_stretch() -> None:
    """A relapse begins the count of good ones anew."""
    looks = [
        *STALE,
        seen("2", 15, 1, fresh=True),
        seen("3", 30, 11, fresh=False),
        seen("4", 31, 1, fresh=True),
        seen("5", 32, 1, fresh=True),
    ]
    told = after(looks)[1]
    assert len({one.stretch for one in told}) == 1
    assert [one.ended for one in told[:-1]] == [None] * 5
    assert told[-1].ended == T0 + 31 * MINUTE


def test_a_change_first_seen_shown_long_after_was_not_late() -> None:
    """Nobody looked in between, so nobody knows when it was shown first."""
    assert after([seen("1", 500, 500, fresh=True)])[1] == []


def test_calendars_are_judged_apart() -> None:
    """One that is stale says nothing of another."""
    looks = [*STALE, seen("x", 12, 1, fresh=True, calendar="other")]
    calendars, told = after(looks)
    assert {one.routes for one in told} == {("office",)}
    assert {one.calendar: one.symptoms for one in calendars.now({})} == {
        "office": (Symptom.CALENDAR_STALE,),
        "other": (),
    }


def test_what_cannot_be_seen_is_not_stale() -> None:
    """Blindness shows as such, unless it is known to be stale."""
    calendars, _ = after([seen("1", 1, 1, fresh=True)])
    assert calendars.now({"office": True})[0].symptoms == (Symptom.UNMEASURABLE,)
    calendars, _ = after(STALE)
    assert calendars.now({"office": True})[0].symptoms == (Symptom.CALENDAR_STALE,)


@pytest.mark.parametrize("cut", range(1, 6))
def test_it_goes_on_from_what_it_wrote_down(cut: int) -> None:
    """A restart at any moment changes nothing."""
    looks = [*STALE, seen("2", 15, 1, fresh=True), seen("3", 16, 1, fresh=True)]
    before, told = after(looks[:cut])
    again = Calendars(before.states)
    for look in looks[cut:]:
        again.observe(look)
        told += again.tick()
    assert told == after(looks)[1]


def test_a_limit_of_its_own_is_kept() -> None:
    """The watcher says from which age on a change counts."""
    strict = [replace(look, limit_seconds=60) for look in STALE]
    assert after(strict)[1][0].found == T0 + MINUTE
