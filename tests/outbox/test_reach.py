"""What happens while a destination cannot be reached, and when it can be again."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.outbox import SendError
from bot.outbox.reach import PASS_ON_AFTER, PROBE
from bot.store import State, Store
from bot.types import Delivery, Kind, Reason
from tests.outbox.desk import Desk, facts, headline, message

DOWN = SendError("no answer")
REMOVED = SendError("the bot is not in the channel; write /invite @mailstatus there", shut=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(sqlite_store: Store) -> Desk:
    """Set up a courier over an empty store."""
    return Desk(sqlite_store)


def said(deliveries: list[Delivery]) -> list[str]:
    """Give what was told first, message by message."""
    return [headline(one) for one in deliveries]


async def test_a_fault_of_seconds_is_nobodys_business(desk: Desk) -> None:
    """It is tried again, taken, and nothing more is said."""
    desk.sender.script = [DOWN]
    await desk.tell(message())
    await desk.deliver_at("it")
    assert await desk.gap()
    await desk.deliver_at("it", timedelta(seconds=5))
    await desk.deliver_at("office")
    assert await desk.gap() is None
    assert (len(desk.sender.sent), desk.other.sent) == (2, [])


async def test_a_gap_is_said_where_it_was_once_it_is_over_with_who_was_told_meanwhile(desk: Desk) -> None:
    """Once, however long it lasted."""
    desk.sender.script = [DOWN] * 6
    await desk.tell(message())
    for _ in range(6):
        await desk.deliver_at("it", 2 * MINUTE)
    await desk.deliver_at("office")
    await desk.deliver_at("it", 2 * MINUTE)
    await desk.deliver_at("it", MINUTE)
    assert said(desk.other.sent) == ["Sending mail fails."]
    assert said(desk.sender.sent[6:]) == ["Sending mail fails.", "This channel could not be reached for 12 minutes."]
    assert facts(desk.sender.sent[-1]) == ["Meanwhile office was told.", "The reason was: no answer"]


async def test_a_long_wait_that_was_asked_for_is_passed_on_at_once(desk: Desk) -> None:
    """Nobody has to fail five times first."""
    desk.sender.script = [SendError("429", retry_after=PASS_ON_AFTER * 10)]
    await desk.tell(message())
    await desk.deliver_at("it")
    await desk.deliver_at("office")
    assert said(desk.other.sent) == ["Sending mail fails."]


async def test_what_comes_while_it_cannot_be_reached_goes_the_other_way_without_delay(desk: Desk) -> None:
    """Below what was told there first."""
    desk.sender.script = [DOWN] * 9
    await desk.tell(message())
    for _ in range(3):
        await desk.deliver_at("it", 2 * MINUTE)
    await desk.deliver_at("office")
    await desk.tell(message(incident="2"))
    await desk.tell(message(at=desk.clock.at, reason=Reason.WORSE), heads=("it",))
    await desk.deliver_at("it", 2 * MINUTE)
    await desk.deliver_at("it")
    await desk.deliver_at("office")
    told = [(one.message.incident, one.kind) for sent in desk.other.sent for one in (sent, *sent.earlier)]
    assert told == [("1", Kind.HEAD), ("2", Kind.HEAD)]


async def test_each_fallback_is_tried_where_those_before_it_cannot_be_reached(desk: Desk) -> None:
    """In the order of the list, and nobody twice."""
    desk.sender.script, desk.other.script = [DOWN] * 9, [DOWN] * 9
    await desk.tell(message())
    for _ in range(3):
        await desk.deliver_at("it", MINUTE)
    for _ in range(3):
        await desk.deliver_at("office", MINUTE)
    await desk.deliver_at("mail")
    assert [one.message.instead_of for one in desk.last.sent] == [("it", "office")]
    await desk.deliver_at("mail", MINUTE)
    assert len(desk.last.sent) == 1


async def test_a_sender_that_dies_of_an_error_nobody_thought_of_is_a_destination_that_cannot_be_reached(
    desk: Desk,
) -> None:
    """Its fallback is told, the reason is shown, and it is tried again."""
    desk.sender.script = list[Exception]([KeyError("of ours")] * 3)
    await desk.tell(message())
    with capture_logs() as logged:
        for _ in range(3):
            await desk.deliver_at("it", MINUTE)
    assert [one["to"] for one in logged if one["event"] == "sender_crashed"] == ["it"] * 3
    await desk.deliver_at("office")
    assert said(desk.other.sent) == ["Sending mail fails."]
    gap = await desk.gap()
    assert gap is not None
    assert gap.why == "mailstatus itself failed while it sent this: please report it (KeyError)"
    await desk.deliver_at("it", MINUTE)
    assert (await desk.states())[0] == (Kind.HEAD, State.SENT)


async def test_a_fallback_that_is_told_anyway_is_not_told_twice(desk: Desk) -> None:
    """It is a listener itself."""
    courier = desk.with_channels(fallbacks={"it": ["it2"]}, senders={"it": desk.sender, "it2": desk.other})
    both = message()
    desk.sender.script = [REMOVED]
    await desk.tell(both)
    await desk.tell(both, to="it2")
    for name in ("it", "it2", "it2"):
        await courier.deliver({"tenant": "default", "destination": name})
    assert said(desk.other.sent) == ["Sending mail fails."]


async def test_a_destination_that_fails_for_good_is_tried_no_more_and_its_fallback_told_at_once(desk: Desk) -> None:
    """Until the next probe; nothing is given up meanwhile."""
    desk.sender.script = [REMOVED]
    await desk.tell(message())
    await desk.deliver_at("it")
    await desk.tell(message(incident="2"))
    await desk.deliver_at("it", MINUTE)
    await desk.deliver_at("office")
    assert len(desk.sender.sent) == 1
    told = [one.message.incident for sent in desk.other.sent for one in (sent, *sent.earlier)]
    assert sorted(str(one) for one in told) == ["1", "2"]
    assert desk.lost == []
    gap = await desk.gap()
    assert gap is not None
    assert (gap.shut, gap.why, gap.stand_ins) == ("first address", str(REMOVED), ("office",))
    assert (await desk.due("it")) == gap.probe == desk.clock.at - MINUTE + PROBE


async def test_the_hourly_probe_opens_it_again(desk: Desk) -> None:
    """What waited is told then, and how long it took."""
    desk.sender.script = [REMOVED, REMOVED]
    await desk.tell(message())
    await desk.deliver_at("it")
    await desk.deliver_at("it", PROBE)
    assert len(desk.sender.sent) == 2
    await desk.deliver_at("it", PROBE / 2)
    assert len(desk.sender.sent) == 2
    await desk.deliver_at("it", PROBE)
    await desk.deliver_at("it")
    assert said(desk.sender.sent[2:]) == [
        "Sending mail fails.",
        "This channel could not be reached for 2 hours and 30 minutes.",
    ]
    assert await desk.gap() is None
    assert {state for _, state in (await desk.states())[:1]} == {State.SENT}


async def test_another_address_is_tried_at_once(desk: Desk) -> None:
    """The settings were mended, and the bot started again."""
    desk.sender.script = [REMOVED]
    await desk.tell(message())
    await desk.deliver_at("it")
    mended = desk.with_channels(addresses={"it": "second address"})
    await mended.reopen(["default"])
    desk.clock.at += MINUTE
    await mended.deliver({"tenant": "default", "destination": "it"})
    again = "This channel could not be reached for 1 minute."
    assert said(desk.sender.sent) == ["Sending mail fails.", "Sending mail fails.", again]


async def test_where_nobody_stood_in_another_channel_hears_of_it_once(desk: Desk) -> None:
    """An edit rings nobody, but somebody has to mend the channel."""
    await desk.tell(message())
    await desk.deliver_at("it")
    desk.sender.script = [REMOVED, REMOVED]
    await desk.tell(message(at=desk.clock.at + MINUTE), heads=("it",), rings=False)
    await desk.deliver_at("it")
    await desk.deliver_at("it", PROBE)
    await desk.deliver_at("office")
    assert said(desk.other.sent) == ["it takes no messages any more."]
    assert facts(desk.other.sent[0])[0] == f"The reason was: {REMOVED}"


async def test_a_claim_that_ran_out_is_kept_as_unknown_while_it_is_shut(desk: Desk) -> None:
    """The process died while it spoke, and the channel was shut meanwhile."""
    desk.sender.script = [REMOVED]
    await desk.tell(message())
    async with desk.store.begin() as tx:
        assert await tx.deliveries.claim("default", "it", desk.clock.at, MINUTE)
    await desk.tell(message(incident="2"))
    await desk.deliver_at("it")
    await desk.deliver_at("it", 2 * MINUTE)
    await desk.deliver_at("it", PROBE)
    unknown = {one.message.incident: one.unknown for one in desk.sender.sent[1:]}
    assert unknown["1"]
    assert not unknown["2"]
