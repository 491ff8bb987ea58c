"""How often messages may be edited."""

from datetime import timedelta

import pytest

from bot.types import Landed
from handlers.slack.pace import EDITS_A_MINUTE, GAP, KEPT_FOR_SEVERE, EditPace
from handlers.slack.trouble import SlackError
from tests.handlers.examples import TestClock

HEAD = Landed(channel="C1", id="1.1")


async def full(pace: EditPace, clock: TestClock, count: int) -> None:
    """Edit that many messages at once."""
    for number in range(count):
        await pace.wait(Landed(channel="C1", id=str(number)), clock, severe=True)


async def test_one_message_is_edited_every_three_seconds_at_most() -> None:
    """The second edit waits, the third after a while does not."""
    pace, clock = EditPace(), TestClock()
    await pace.wait(HEAD, clock, severe=False)
    clock.at += timedelta(seconds=1)
    await pace.wait(HEAD, clock, severe=False)
    clock.at += GAP
    await pace.wait(HEAD, clock, severe=False)
    assert clock.slept == [timedelta(seconds=2)]


async def test_another_message_does_not_wait() -> None:
    """Each has its own gap."""
    pace, clock = EditPace(), TestClock()
    await full(pace, clock, 5)
    assert clock.slept == []


async def test_where_the_minute_is_full_an_edit_is_sent_back_with_the_time_to_wait() -> None:
    """The newest one wins meanwhile."""
    pace, clock = EditPace(), TestClock()
    await full(pace, clock, EDITS_A_MINUTE)
    clock.at += timedelta(seconds=20)
    with pytest.raises(SlackError) as caught:
        await pace.wait(HEAD, clock, severe=True)
    assert caught.value.retry_after == timedelta(seconds=40)
    clock.at += timedelta(seconds=40)
    await pace.wait(HEAD, clock, severe=True)


async def test_what_is_severe_has_room_that_nothing_else_takes() -> None:
    """Severe first."""
    pace, clock = EditPace(), TestClock()
    await full(pace, clock, EDITS_A_MINUTE - KEPT_FOR_SEVERE)
    with pytest.raises(SlackError):
        await pace.wait(HEAD, clock, severe=False)
    await pace.wait(HEAD, clock, severe=True)
