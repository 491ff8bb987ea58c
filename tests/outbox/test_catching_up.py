"""What is told to those who missed something."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.outbox.catching_up import (
    LIMITS,
    LINES_MOST,
    NOTICE_LIMIT,
    PICTURE_LIMIT,
    STANDS,
    as_it_is_now,
    caught_up,
    history,
    too_old,
)
from bot.types import Delivery, Kind, Moment, Reason, Severity
from tests.handlers.examples import NOW, delivery, message

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def later(minutes: int, kind: Kind = Kind.REPLY, **said: object) -> Delivery:
    """Give what came some minutes after the first."""
    news = message(**({"at": NOW + minutes * MINUTE, "reason": Reason.WORSE, "headline": (f"News {minutes}.",)} | said))
    return delivery(kind, said=news, id=7 + minutes, key=f"key-{minutes}")


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_has_its_age(reason: Reason) -> None:
    """A state stands until something newer is; a moment passes."""
    limit, tried = LIMITS.get(reason, STANDS), delivery(said=message(reason=reason), attempts=2)
    assert not too_old(tried, NOW + limit)
    assert too_old(tried, NOW + limit + SECOND)


def test_a_picture_and_what_is_about_the_bot_itself_are_old_soon() -> None:
    """Nobody misses them."""
    picture = delivery(Kind.PICTURE, attempts=2)
    notice = delivery(said=message(reason=Reason.UPDATED, incident=None), attempts=2)
    assert too_old(picture, NOW + PICTURE_LIMIT + SECOND)
    assert too_old(notice, NOW + NOTICE_LIMIT + SECOND)


def test_what_quiet_hours_held_back_is_not_old() -> None:
    """It was to be told this late."""
    assert not too_old(delivery(wanted=NOW + STANDS, attempts=1), NOW + STANDS + MINUTE)


def test_the_newest_is_told_as_the_head_where_there_is_none() -> None:
    """And below it where there is."""
    whole = caught_up(delivery(), [later(1), later(2)])
    assert (whole.kind, whole.key, [one.key for one in whole.earlier]) == (Kind.HEAD, "key-2", ["key-1", "key-of-head"])
    assert caught_up(later(1), [later(2)]).kind is Kind.REPLY


def test_one_that_may_have_landed_makes_all_of_it_unknown() -> None:
    """It has to be looked for."""
    assert caught_up(replace(delivery(), doubts=1), [later(1)]).unknown
    assert not caught_up(delivery(), [later(1)]).unknown


def test_history_has_every_word_with_its_time_and_rings_nobody() -> None:
    """Below the newest; the oldest first."""
    (draft,) = history(caught_up(delivery(), [later(1), later(2)]), NOW)
    assert (draft.kind, draft.message.reason, draft.message.severity) == (Kind.REPLY, Reason.UPDATED, Severity.INFO)
    assert draft.message.facts == (
        (Moment(at=NOW, with_date=True), " ", "Sending mail fails."),
        (Moment(at=NOW + MINUTE, with_date=True), " ", "News 1."),
    )
    assert history(delivery(), NOW) == []
    many = caught_up(delivery(), [later(n) for n in range(1, 2 * LINES_MOST)])
    assert len(history(many, NOW)[0].message.facts) == LINES_MOST


def test_what_is_over_is_told_in_the_past_to_those_who_never_heard_of_it() -> None:
    """In one message, with what is still to be done."""
    end = later(9, reason=Reason.RESOLVED, severity=Severity.GOOD, advice=("Resend what bounced.",))
    past = as_it_is_now(caught_up(delivery(), [later(1), end]))
    assert past.message.headline[0] == "It is over. From "
    assert past.message.headline[-1] == "Sending mail fails."
    assert past.message.advice == ("Resend what bounced.",)
    assert past.message.basis == ("Nobody here heard of it while it lasted.",)
    assert history(past, NOW) == []


def test_those_who_heard_how_it_began_are_told_its_end_as_ever() -> None:
    """And so is what still lasts."""
    end = later(9, reason=Reason.RESOLVED)
    for whole in (caught_up(later(1), [end]), caught_up(delivery(), [later(1)])):
        assert as_it_is_now(whole) == whole
