"""The outbox where the clock is set back by hours, or the bot was off for hours: nothing waits for it, nothing lies."""

from datetime import timedelta

import pytest

from bot.outbox import SendError
from bot.store import Store
from bot.types import Reason
from bot.words.gaps import late_note
from tests.outbox.desk import ARGS, Desk, headline, message

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DOWN, REMOVED = SendError("down"), SendError("removed", shut=True)


@pytest.fixture
def desk(store: Store) -> Desk:
    """Give a courier over an empty store."""
    return Desk(store)


async def test_what_failed_before_the_clock_was_set_back_is_tried_at_once(desk: Desk) -> None:
    """And what follows on it goes out as well."""
    desk.sender.script = [DOWN]
    await desk.tell(message())
    await desk.deliver()
    desk.clock.at -= 6 * HOUR
    await desk.courier.rouse()
    await desk.deliver()
    assert [headline(one) for one in desk.sender.sent] == ["Sending mail fails."] * 2
    assert desk.jobs.asked[2] == (ARGS, None)


async def test_what_a_dead_process_had_claimed_is_tried_at_once(desk: Desk) -> None:
    """Its claim ends with the clock that it was made by."""
    await desk.tell(message())
    async with desk.store.begin() as tx:
        assert await tx.deliveries.claim("default", "it", desk.clock.at, MINUTE)
    desk.clock.at -= 6 * HOUR
    await desk.deliver()
    assert desk.sender.sent == []
    await desk.courier.rouse()
    await desk.deliver()
    assert [one.doubts for one in desk.sender.sent] == [1]


async def test_what_was_due_at_once_is_and_what_waits_for_the_morning_does(desk: Desk) -> None:
    """Quiet hours are hours of the clock, whatever it says."""
    await desk.tell(message())
    await desk.tell(message(incident="2"), due=desk.clock.at + 8 * HOUR)
    desk.clock.at -= 6 * HOUR
    await desk.courier.rouse()
    await desk.deliver()
    assert [one.message.incident for one in desk.sender.sent] == ["1"]


async def test_a_destination_that_is_shut_is_probed_and_a_gap_begins_no_later_than_now(desk: Desk) -> None:
    """A fallback is told after half a minute, and not after six hours."""
    desk.sender.script = [REMOVED, DOWN, DOWN, DOWN]
    await desk.tell(message())
    await desk.deliver()
    desk.clock.at -= 6 * HOUR
    await desk.courier.rouse()
    await desk.deliver()
    assert len(desk.sender.sent) == 2
    gap = await desk.gap()
    assert gap is not None
    assert gap.since <= desk.clock.at


async def test_who_hears_of_it_hours_late_because_the_bot_was_off_is_told_so(desk: Desk) -> None:
    """Though it is the first try."""
    await desk.tell(message())
    await desk.deliver_at("it", 6 * HOUR)
    (sent,) = desk.sender.sent
    assert "".join(map(str, late_note(sent, desk.clock.at))) == "Delivered 6 hours late: mailstatus itself was held up."


async def test_what_was_kept_while_nothing_was_taken_says_so_and_is_given_up_in_time(desk: Desk) -> None:
    """It counts from when it was to be told, however often it was put off."""
    desk.sender.script = [REMOVED] * 30
    await desk.tell(message())
    await desk.deliver()
    for incident, reason in (("2", Reason.REMINDER), ("3", Reason.NEW_SYMPTOM)):
        await desk.tell(message(incident=incident, at=desk.clock.at + MINUTE, reason=reason))
    for _ in range(13):
        await desk.deliver_at("it", HOUR)
    desk.sender.script.clear()
    desk.sender.sent.clear()
    for _ in range(3):
        await desk.deliver_at("it", HOUR)
    told = {one.message.incident: late_note(one, desk.clock.at) for one in desk.sender.sent}
    assert "2" not in told
    assert "this chat could not be reached" in "".join(map(str, told["3"]))
