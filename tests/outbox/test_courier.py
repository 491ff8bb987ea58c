"""Claim, send, mark, on a real store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.outbox import Channels, SendError, plan
from bot.outbox.catching_up import STANDS
from bot.outbox.courier import AT_ONCE, LEASE, SETTLING, TOGETHER
from bot.store import State, Store
from bot.types import Delivery, Destination, Kind, Landed, Message, Person, Reason, Subscription
from tests.outbox.desk import ARGS, HEAD, Desk, headline, message


@pytest.fixture
def desk(sqlite_store: Store) -> Desk:
    """Set up a courier over an empty store."""
    return Desk(sqlite_store)


async def test_what_is_saved_is_sent_once_and_marked(desk: Desk) -> None:
    """Save, speak, mark."""
    await desk.tell(message())
    await desk.deliver()
    await desk.deliver()
    assert await desk.states() == [(Kind.HEAD, State.SENT)]
    assert len(desk.sender.sent) == 1
    assert await desk.head() == HEAD


async def test_a_reply_and_an_edit_know_where_the_head_stands(desk: Desk) -> None:
    """In this order."""
    await desk.tell(message())
    await desk.tell(message(at=desk.clock.at + timedelta(minutes=1)), heads=("it",))
    await desk.deliver()
    assert [(one.kind, one.head) for one in desk.sender.sent] == [
        (Kind.HEAD, None),
        (Kind.REPLY, HEAD),
        (Kind.EDIT, HEAD),
    ]


async def test_a_head_that_moved_is_remembered(desk: Desk) -> None:
    """Somebody deleted the first one."""
    await desk.tell(message())
    await desk.deliver()
    desk.sender.lands = Landed(channel="C1", id="2.2")
    await desk.tell(message(at=desk.clock.at + timedelta(minutes=1)), heads=("it",), rings=False)
    await desk.deliver()
    assert await desk.head() == Landed(channel="C1", id="2.2")


async def test_a_failure_is_tried_again_after_a_wait(desk: Desk) -> None:
    """And the job comes back by itself."""
    desk.sender.script = [SendError("no answer")]
    await desk.tell(message())
    await desk.deliver()
    assert await desk.states() == [(Kind.HEAD, State.WAITING)]
    due = desk.jobs.asked[-1][1]
    assert due is not None
    assert desk.clock.at < due <= desk.clock.at + timedelta(seconds=2)
    await desk.deliver()
    assert len(desk.sender.sent) == 1
    desk.clock.at = due
    await desk.deliver()
    assert await desk.states() == [(Kind.HEAD, State.SENT)]
    assert [one.unknown for one in desk.sender.sent] == [False, False]


async def test_retry_after_is_honoured(desk: Desk) -> None:
    """To the second."""
    desk.sender.script = [SendError("429", retry_after=timedelta(minutes=7))]
    await desk.tell(message())
    await desk.deliver()
    assert desk.jobs.asked[-1][1] == desk.clock.at + timedelta(minutes=7)


async def test_where_it_may_have_landed_the_next_try_is_told_so(desk: Desk) -> None:
    """It has to look."""
    desk.sender.script = [SendError("no answer", unknown=True)]
    await desk.tell(message())
    await desk.deliver()
    desk.clock.at += timedelta(minutes=1)
    await desk.deliver()
    assert [one.unknown for one in desk.sender.sent] == [False, True]


async def test_killed_between_speaking_and_marking_it_is_looked_for(desk: Desk) -> None:
    """The claim runs out, and nobody knows."""

    async def die(delivery: Delivery) -> Landed | None:
        desk.sender.sent.append(delivery)
        raise KeyboardInterrupt

    alive: Callable[[Delivery], object] = desk.sender.send
    desk.sender.send = die  # type: ignore[method-assign]  # the process dies here
    await desk.tell(message())
    with pytest.raises(KeyboardInterrupt):
        await desk.deliver()
    desk.sender.send = alive  # type: ignore[assignment,method-assign]  # and lives again
    await desk.deliver()
    assert desk.jobs.asked[-1][1] == desk.clock.at + LEASE
    desk.clock.at += LEASE
    await desk.deliver()
    assert [one.unknown for one in desk.sender.sent] == [False, True]
    assert await desk.states() == [(Kind.HEAD, State.SENT)]


async def test_what_cannot_be_mended_stops_is_said_and_goes_elsewhere(desk: Desk) -> None:
    """The fallback is told why."""
    desk.sender.script = [SendError("the channel is archived", permanent=True)]
    await desk.tell(message())
    await desk.deliver()
    assert desk.lost == ["it: the channel is archived"]
    assert await desk.states() == [(Kind.HEAD, State.FAILED), (Kind.HEAD, State.WAITING)]
    await desk.courier.deliver({"tenant": "default", "destination": "office"})
    (passed,) = desk.other.sent
    said = "".join(str(part) for part in passed.message.basis)
    assert said.endswith("This is told here because it cannot be reached. (the channel is archived)")


async def test_the_fallback_hears_of_it_once_while_we_go_on_trying(desk: Desk) -> None:
    """After half a minute of failures."""
    desk.sender.script = [SendError("no answer") for _ in range(8)]
    await desk.tell(message())
    for _ in range(8):
        await desk.deliver()
        desk.clock.at += timedelta(minutes=5)
    assert [state for _, state in await desk.states()] == [State.WAITING, State.WAITING]


async def test_an_edit_is_never_passed_on(desk: Desk) -> None:
    """It rings nobody, here or there."""
    await desk.tell(message())
    await desk.deliver()
    desk.sender.script = [SendError("gone for good", permanent=True)]
    await desk.tell(message(at=desk.clock.at + timedelta(minutes=1)), heads=("it",), rings=False)
    await desk.deliver()
    assert await desk.states() == [(Kind.HEAD, State.SENT), (Kind.EDIT, State.FAILED)]


async def test_old_news_is_given_up(desk: Desk) -> None:
    """What came after it tells more."""
    desk.sender.script = [SendError("no answer")]
    await desk.tell(message())
    desk.clock.at += STANDS + timedelta(minutes=1)
    await desk.deliver()
    assert (await desk.states())[0] == (Kind.HEAD, State.FAILED)


async def test_a_destination_that_was_taken_out_of_the_settings_stops(desk: Desk) -> None:
    """Nothing waits for ever; only a moment, as another program may have read newer settings than we have."""
    drafts = plan(message(), [Destination(name="old", platform="slack")], heads=(), rings=True)
    async with desk.store.begin() as tx:
        await tx.deliveries.save(drafts, desk.clock.now())
    await desk.courier.deliver({"tenant": "default", "destination": "old"})
    assert (desk.lost, await desk.due("old")) == ([], desk.clock.at + SETTLING)
    await desk.deliver_at("old", SETTLING + timedelta(seconds=1))
    assert desk.lost == ["old: this destination is not in the settings"]


async def test_whoever_is_in_a_place_that_changed_companies_is_told_no_more(desk: Desk) -> None:
    """It ends the subscription, as if they had left."""
    ana = Person(platform="slack", workspace="T1", id="U1")
    ended: list[bool] = []

    async def stopped(_: Delivery, error: SendError) -> None:
        ended.append(error.gone)

    async with desk.store.begin() as tx:
        await tx.subscriptions.save(Subscription(person=ana, created=desk.clock.now()))
        drafts = plan(message(), [Destination(name=ana.destination, platform="slack")], heads=(), rings=True)
        await tx.deliveries.save(drafts, desk.clock.now())
    lines = {"slack": lambda _: desk.other}
    courier = replace(desk.courier, lines=lines, still=lambda _: False, stopped=stopped)
    await courier.deliver({"tenant": "default", "destination": ana.destination})
    assert (ended, desk.other.sent) == ([True], [])


async def test_nothing_is_said_to_a_person_of_a_company_that_is_watched_no_longer(desk: Desk) -> None:
    """Nor to one who has changed companies since."""
    ana = Person(platform="slack", workspace="T1", id="U1")
    async with desk.store.begin() as tx:
        await tx.subscriptions.save(Subscription(person=ana, created=desk.clock.now(), tenant="acme"))
        drafts = plan(message(), [Destination(name=ana.destination, platform="slack")], heads=(), rings=True)
        await tx.deliveries.save(drafts, desk.clock.now())
    watched: list[dict[str, Channels]] = [{}, {"default": desk.channels}]
    for channels in watched:
        courier = replace(desk.courier, lines={"slack": lambda _: desk.other}, channels=channels)
        desk.clock.at += SETTLING + timedelta(seconds=1)
        await courier.deliver({"tenant": "default", "destination": ana.destination})
    assert desk.other.sent == []


async def test_one_run_does_not_go_on_for_ever(desk: Desk) -> None:
    """A job has a limit; the rest follows at once."""
    for minute in range(AT_ONCE + 2):
        await desk.tell(message(at=desk.clock.at + timedelta(seconds=minute), incident=str(minute)))
    desk.clock.at += timedelta(minutes=1)
    await desk.deliver()
    assert len(desk.sender.sent) == AT_ONCE
    due = desk.jobs.asked[-1][1]
    assert due is not None
    assert due <= desk.clock.at
    await desk.deliver()
    assert len(desk.sender.sent) == AT_ONCE + 2


async def test_one_that_fails_does_not_hold_up_another_incident_for_long(desk: Desk) -> None:
    """The job comes back for it at once, and once that is taken the first is tried again."""
    desk.sender.script = [SendError("no answer")]
    await desk.tell(message())
    await desk.tell(message(incident="2"))
    await desk.deliver()
    due = desk.jobs.asked[-1][1]
    assert due is not None
    assert due <= desk.clock.at
    await desk.deliver()
    assert [one.message.incident for one in desk.sender.sent] == ["1", "2", "1"]
    assert await desk.states() == [(Kind.HEAD, State.SENT), (Kind.HEAD, State.SENT)]


def opened(**changes: object) -> Message:
    """Give a message that a picture goes with."""
    return message(**({"reason": Reason.OPENED} | changes))


async def test_a_picture_follows_its_head_in_a_line_of_its_own(desk: Desk) -> None:
    """It is called once the words are told, and knows where the head stands."""
    await desk.tell(opened())
    await desk.jobs.tasks["pictures"](ARGS)
    assert desk.sender.sent == []
    await desk.deliver()
    assert [args for args, _ in desk.jobs.pictures] == [ARGS]
    await desk.jobs.tasks["pictures"](ARGS)
    assert [(one.kind, one.head) for one in desk.sender.sent] == [(Kind.HEAD, None), (Kind.PICTURE, HEAD)]
    assert await desk.states() == [(Kind.HEAD, State.SENT), (Kind.PICTURE, State.SENT)]


async def test_no_words_wait_for_a_picture(desk: Desk) -> None:
    """It is under way, or waits for its next try; what came after it is told."""
    await desk.tell(opened())
    await desk.deliver()
    desk.sender.script = [SendError("slow", unknown=True)]
    await desk.jobs.tasks["pictures"](ARGS)
    await desk.tell(message(at=opened().at + timedelta(seconds=1)), heads=("it",))
    await desk.deliver()
    assert [one.kind for one in desk.sender.sent] == [Kind.HEAD, Kind.PICTURE, Kind.REPLY, Kind.EDIT]
    desk.clock.at += timedelta(minutes=1)
    await desk.jobs.tasks["pictures"](ARGS)
    assert (desk.sender.sent[-1].kind, desk.sender.sent[-1].unknown) == (Kind.PICTURE, True)


async def test_a_picture_that_cannot_be_shown_is_given_up_in_silence(desk: Desk) -> None:
    """The words said it all: nobody is told, no fallback gets it, and nothing counts as waiting."""
    await desk.tell(opened())
    await desk.deliver()
    async with desk.store.read() as tx:
        assert await tx.deliveries.pending("default") == {}
    desk.sender.script = [SendError("missing_scope", permanent=True)]
    await desk.jobs.tasks["pictures"](ARGS)
    assert (await desk.states())[-1] == (Kind.PICTURE, State.FAILED)
    assert (desk.lost, desk.other.sent) == ([], [])


async def wait_at_office(desk: Desk, *said: Message) -> None:
    """Save what is to be told where nothing can be edited."""
    drafts = [
        one for m in said for one in plan(m, [Destination(name="office", platform="teams")], heads=(), rings=True)
    ]
    async with desk.store.begin() as tx:
        await tx.deliveries.save(drafts, desk.clock.now())
    desk.clock.at = max(one.at for one in said)


async def at_office(desk: Desk) -> None:
    """Run its job once."""
    await desk.courier.deliver({"tenant": "default", "destination": "office"})


async def test_what_waits_where_nothing_can_be_edited_is_told_together(desk: Desk) -> None:
    """The newest first, and each is marked."""
    minutes = [message(at=desk.clock.at + timedelta(minutes=n), incident=str(n % 2)) for n in range(5)]
    await wait_at_office(desk, *minutes)
    await at_office(desk)
    (sent,) = desk.other.sent
    assert [one.message.at for one in (sent, *sent.earlier)] == [one.at for one in reversed(minutes)]
    assert await desk.states() == [(Kind.HEAD, State.SENT)] * 5


async def test_one_message_tells_of_ten_at_most(desk: Desk) -> None:
    """The next one of the rest."""
    many = [message(at=desk.clock.at + timedelta(seconds=n), incident=str(n)) for n in range(TOGETHER + 2)]
    await wait_at_office(desk, *many)
    await at_office(desk)
    assert [1 + len(one.earlier) for one in desk.other.sent] == [TOGETHER, 2]


async def test_what_failed_together_is_tried_again_together(desk: Desk) -> None:
    """With what came since; nothing is lost, and the oldest's tries count."""
    desk.other.script = [SendError("no answer")]
    await wait_at_office(desk, message(), message(at=desk.clock.at + timedelta(minutes=1)))
    await at_office(desk)
    await wait_at_office(desk, message(at=desk.clock.at + timedelta(minutes=5)))
    await at_office(desk)
    assert [1 + len(one.earlier) for one in desk.other.sent] == [2, 3, 1]
    assert await desk.states() == [(Kind.HEAD, State.SENT)] * 4
    assert headline(desk.other.sent[2]) == "This channel could not be reached for 5 minutes."


async def test_what_cannot_be_mended_stops_all_that_went_together(desk: Desk) -> None:
    """Each is said to be lost."""
    desk.other.script = [SendError("HTTP 404", permanent=True)]
    await wait_at_office(desk, message(), message(at=desk.clock.at + timedelta(minutes=1)))
    await at_office(desk)
    assert desk.lost == ["office: HTTP 404"] * 2


async def test_what_was_told_elsewhere_in_its_stead_is_not_passed_on_again(desk: Desk) -> None:
    """The vendor had said that the platform may not show it: one message is enough."""
    told_already = message(instead_of=("it",))
    await wait_at_office(desk, told_already)
    desk.sender.script = [SendError("the channel is archived", permanent=True)]
    await desk.tell(message())
    await desk.deliver()
    assert sorted(await desk.states()) == [(Kind.HEAD, State.FAILED), (Kind.HEAD, State.WAITING)]


async def test_two_that_fail_with_one_fallback_are_passed_on_once(desk: Desk) -> None:
    """The first one's message stands in for both."""
    courier = desk.with_channels(fallbacks={"it": ["office"], "gone": ["office"]})
    desk.clock.at += timedelta(minutes=1)
    for name in ("it", "gone"):
        drafts = plan(message(), [Destination(name=name, platform="slack")], heads=(), rings=True)
        async with desk.store.begin() as tx:
            await tx.deliveries.save(drafts, desk.clock.now())
        desk.sender.script = [SendError("the channel is archived", permanent=True)]
        await courier.deliver({"tenant": "default", "destination": name})
    assert [state for _, state in await desk.states()].count(State.WAITING) == 1
