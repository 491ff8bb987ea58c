"""How often we write."""

from datetime import timedelta

import pytest

from bot.types import Landed
from handlers.slack.pace import (
    EDIT_GAP,
    EDITS_A_MINUTE,
    KEPT_FOR_CHANNELS,
    KEPT_FOR_SEVERE,
    POST,
    POST_GAP,
    UPDATE,
    Pace,
)
from handlers.slack.trouble import SlackError
from tests.handlers.examples import NOW

HEAD = Landed(channel="C1", id="1.1")
AT_ONCE = timedelta()
SECOND = timedelta(seconds=1)


def full(pace: Pace, count: int) -> None:
    """Edit that many messages at once."""
    for number in range(count):
        assert pace.edit(Landed(channel="C1", id=str(number)), NOW, severe=True) == AT_ONCE


def test_one_message_is_edited_every_three_seconds_at_most() -> None:
    """Each edit takes a turn, also one that somebody waits for still."""
    pace = Pace()
    turns = [pace.edit(HEAD, NOW + wait * SECOND, severe=False) for wait in (0, 1, 1, 12)]
    assert turns == [AT_ONCE, EDIT_GAP - SECOND, 2 * EDIT_GAP - SECOND, AT_ONCE]


def test_the_same_number_in_another_channel_is_another_message() -> None:
    """Slack's ids are a channel's own."""
    pace = Pace()
    pace.edit(HEAD, NOW, severe=False)
    assert pace.edit(Landed(channel="C2", id=HEAD.id), NOW, severe=False) == AT_ONCE


def test_where_the_minute_is_full_an_edit_is_sent_back_with_the_time_to_wait() -> None:
    """The newest one wins meanwhile."""
    pace = Pace()
    full(pace, EDITS_A_MINUTE)
    with pytest.raises(SlackError) as caught:
        pace.edit(HEAD, NOW + 20 * SECOND, severe=True)
    assert caught.value.retry_after == timedelta(seconds=40)
    assert pace.edit(HEAD, NOW + timedelta(minutes=1), severe=True) == AT_ONCE


def test_what_is_severe_has_room_that_nothing_else_takes() -> None:
    """Severe first."""
    pace = Pace()
    full(pace, EDITS_A_MINUTE - KEPT_FOR_SEVERE)
    with pytest.raises(SlackError):
        pace.edit(HEAD, NOW, severe=False)
    assert pace.edit(HEAD, NOW, severe=True) == AT_ONCE


def test_a_channel_gets_one_message_a_second() -> None:
    """Slack drops what comes faster, or hides it; another channel has its own second."""
    pace = Pace()
    assert [pace.post("C1", NOW) for _ in range(3)] == [AT_ONCE, POST_GAP, 2 * POST_GAP]
    assert pace.post("C2", NOW) == AT_ONCE


def test_a_channel_that_slack_wants_no_more_of_is_left_alone_and_no_other() -> None:
    """Messages are counted by channel, and edits are not messages."""
    pace = Pace()
    pace.hold(POST, "C1", NOW + 30 * SECOND)
    with pytest.raises(SlackError) as caught:
        pace.post("C1", NOW + 10 * SECOND)
    assert (caught.value.retry_after, caught.value.unknown, caught.value.permanent) == (20 * SECOND, False, False)
    assert pace.post("C2", NOW) == pace.edit(HEAD, NOW, severe=False) == AT_ONCE
    assert pace.post("C1", NOW + 30 * SECOND) == AT_ONCE


def test_edits_are_held_for_all_channels_together() -> None:
    """Slack counts them so."""
    pace = Pace()
    pace.hold(UPDATE, "C1", NOW + 30 * SECOND)
    with pytest.raises(SlackError):
        pace.edit(Landed(channel="C2", id="9.9"), NOW, severe=True)
    assert pace.post("C1", NOW) == AT_ONCE


def test_people_told_in_person_leave_the_channels_their_part() -> None:
    """Channels are read by many."""
    pace = Pace()
    full(pace, EDITS_A_MINUTE - KEPT_FOR_CHANNELS)
    with pytest.raises(SlackError):
        pace.edit(Landed(channel="D1", id="1.1"), NOW, severe=True)
    assert pace.edit(HEAD, NOW, severe=False) == AT_ONCE
