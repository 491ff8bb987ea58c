from dataclasses import replace
from datetime import datetime

import pytest

from bot.store import Due, Pending, State, Store, Transaction
from bot.types import Delivery, Draft, Kind, Landed
from tests.store.samples import HOUR, MINUTE, SECOND, T0, draft, message

LEASE = 30 * SECOND
POSTED = Landed(channel="C1", id="1700.1")


async def claim(tx: Transaction, at: datetime = T0, to: str = "slack") -> Delivery:
    """Claim what must be there."""
    delivery = await tx.deliveries.claim("default", to, at, LEASE)
    assert delivery is not None
    return delivery


async def nothing(tx: Transaction, at: datetime = T0, to: str = "slack") -> bool:
    """Tell that nothing is due."""
    return await tx.deliveries.claim("default", to, at, LEASE) is None


async def states(tx: Transaction) -> dict[str, State]:
    """Tell where each delivery stands, by its key."""
    return {kept.key: kept.state for kept in await tx.deliveries.recent("default")}


async def test_a_draft_becomes_a_delivery_with_its_attempt_counted_before_it_is_made(store: Store) -> None:
    """Who dies while sending has used up a try."""
    async with store.begin() as tx:
        (id_,) = await tx.deliveries.save([draft("a")], T0)
        assert await claim(tx) == Delivery(
            id=id_, destination="slack", kind=Kind.HEAD, message=message(), key="a", wanted=T0, attempts=1, fence=1
        )
        assert await nothing(tx)


async def test_a_key_is_saved_once_for_each_destination(store: Store) -> None:
    """A change that is worked through again after a crash tells nobody twice."""
    async with store.begin() as tx:
        assert len(await tx.deliveries.save([draft("a"), draft("a"), draft("a", to="teams")], T0)) == 2
        assert await tx.deliveries.save([draft("a")], T0) == []


async def test_nothing_is_claimed_before_it_is_due_nor_for_another(store: Store) -> None:
    """Destination, tenant and time must fit."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("a", due=T0 + MINUTE)], T0)
        assert await nothing(tx)
        assert await nothing(tx, T0 + MINUTE, to="teams")
        assert await tx.deliveries.claim("other", "slack", T0 + MINUTE, LEASE) is None
        assert (await claim(tx, T0 + MINUTE)).key == "a"


async def test_a_reply_finds_where_its_head_landed(store: Store) -> None:
    """Each destination has its own head of an incident."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("head"), draft("reply", Kind.REPLY), draft("head", to="teams")], T0)
        head = await claim(tx)
        assert await nothing(tx)
        assert await tx.deliveries.mark_sent(head, POSTED, T0)
        assert (await claim(tx)).head == POSTED
        assert (await claim(tx, to="teams")).head is None
        assert await tx.deliveries.landing("default", "slack", "1") == POSTED
        assert await tx.deliveries.landing("default", "slack", "") is None


async def test_a_message_that_leaves_no_trace_is_sent_all_the_same(store: Store) -> None:
    """A webhook tells no id."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("head")], T0)
        assert await tx.deliveries.mark_sent(await claim(tx), None, T0)
        assert await states(tx) == {"head": State.SENT}
        assert await tx.deliveries.landing("default", "slack", "1") is None


async def test_an_incident_keeps_its_order_and_another_may_overtake(store: Store) -> None:
    """The all-clear never comes before the alarm, and one message that fails holds up only its own incident."""
    async with store.begin() as tx:
        other = message("2")
        drafts = [draft("1a"), draft("1b", Kind.REPLY), draft("2a", about=other), draft("2b", Kind.REPLY, about=other)]
        await tx.deliveries.save(drafts, T0)
        first = await claim(tx)
        assert await tx.deliveries.mark_failed(first, "503", T0 + MINUTE)
        assert (await claim(tx)).key == "2a"
        assert await nothing(tx)
        assert (await claim(tx, T0 + MINUTE)).key == "1a"


async def test_messages_about_no_incident_keep_their_order_too(store: Store) -> None:
    """We cannot see, then: we see again."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft(key, about=message(None)) for key in ("blind", "back")], T0)
        blind = await claim(tx)
        assert blind.key == "blind"
        assert await nothing(tx)
        assert await tx.deliveries.mark_sent(blind, POSTED, T0)
        back = await claim(tx)
        assert (back.key, back.head) == ("back", None)


async def test_a_claim_that_ran_out_comes_back_as_unknown(store: Store) -> None:
    """A process that died between sending and marking may have told it: look first."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("a")], T0)
        lost = await claim(tx)
        assert await nothing(tx, T0 + LEASE - SECOND)
        again = await claim(tx, T0 + LEASE)
        assert (again.unknown, again.attempts, again.fence) == (True, 2, lost.fence + 1)


@pytest.mark.parametrize("mark", ["sent", "failed", "unknown", "gave up"])
async def test_only_the_newest_claim_may_mark(store: Store, mark: str) -> None:
    """A process that slept through its lease is told so, and changes nothing."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("a")], T0)
        sleeper = await claim(tx)
        newest = await claim(tx, T0 + LEASE)
        assert not await marked(tx, sleeper, mark)
        assert await states(tx) == {"a": State.CLAIMED}
        assert await tx.deliveries.landing("default", "slack", "1") is None
        assert await marked(tx, newest, mark)


async def marked(tx: Transaction, delivery: Delivery, mark: str) -> bool:
    """Mark a delivery in one of the ways there are."""
    deliveries = tx.deliveries
    match mark:
        case "sent":
            return await deliveries.mark_sent(delivery, POSTED, T0)
        case "failed":
            return await deliveries.mark_failed(delivery, "503", T0 + HOUR)
        case "unknown":
            return await deliveries.mark_unknown(delivery, "timed out", T0 + HOUR)
        case _:
            return await deliveries.give_up(delivery, "404", T0)


async def test_each_try_is_a_doubt_until_it_is_marked_and_what_surely_failed_is_none(store: Store) -> None:
    """It is counted before it is made: a later try that surely failed says nothing about the earlier ones."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("a")], T0)
        await tx.deliveries.mark_unknown(await claim(tx), "timed out", T0)
        second = await claim(tx)
        assert second.doubts == 1
        await tx.deliveries.mark_failed(second, "503", T0)
        third = await claim(tx)
        assert third.doubts == 1
        fourth = await claim(tx, T0 + LEASE)
        assert fourth.doubts == 2
        await tx.deliveries.mark_sent(fourth, POSTED, T0)
        (kept,) = await tx.deliveries.recent("default")
        assert (kept.doubts, kept.error, kept.landed, kept.attempts) == (0, "", POSTED, 4)


async def test_what_failed_for_good_stays_to_be_seen_and_frees_its_followers(store: Store) -> None:
    """Nothing is dropped silently."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("head"), draft("reply", Kind.REPLY)], T0)
        await tx.deliveries.give_up(await claim(tx), "channel_not_found", T0 + MINUTE)
        assert (await claim(tx)).key == "reply"
        kept = (await tx.deliveries.recent("default"))[-1]
        assert (kept.state, kept.error, kept.ended_at) == (State.FAILED, "channel_not_found", T0 + MINUTE)


async def test_a_new_edit_supersedes_the_older_ones_that_wait(store: Store) -> None:
    """Only the newest state of the head is worth telling; heads, replies and others' edits stay."""
    elsewhere: list[Draft] = [draft("e0", Kind.EDIT, to="teams"), draft("x0", Kind.EDIT, about=message("2"))]
    async with store.begin() as tx:
        await tx.deliveries.save([draft("head"), draft("e1", Kind.EDIT), draft("r1", Kind.REPLY), *elsewhere], T0)
        await tx.deliveries.save([draft("e2", Kind.EDIT), draft("e3", Kind.EDIT)], T0)
        assert (await claim(tx)).key == "head"
        assert await states(tx) == {
            "head": State.CLAIMED,
            "e1": State.SUPERSEDED,
            "r1": State.WAITING,
            "e0": State.WAITING,
            "x0": State.WAITING,
            "e2": State.SUPERSEDED,
            "e3": State.WAITING,
        }


async def test_an_edit_under_way_is_not_superseded(store: Store) -> None:
    """It may land at any moment, and its claim must still be marked."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("e1", Kind.EDIT)], T0)
        first = await claim(tx)
        await tx.deliveries.save([draft("e2", Kind.EDIT)], T0)
        assert await nothing(tx)
        assert await tx.deliveries.mark_sent(first, None, T0)
        assert (await claim(tx)).key == "e2"


@pytest.mark.parametrize("how", ["refused", "unknown", "died"])
async def test_an_edit_that_failed_is_not_tried_again_once_there_is_a_newer_one(store: Store, how: str) -> None:
    """The platform counts each, and nobody wants to read the older state."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("e1", Kind.EDIT)], T0)
        first = await claim(tx)
        await tx.deliveries.save([draft("e2", Kind.EDIT)], T0)
        if how == "refused":
            await tx.deliveries.mark_failed(first, "429", T0 + MINUTE)
        if how == "unknown":
            await tx.deliveries.mark_unknown(first, "no answer", T0 + MINUTE)
        later = await claim(tx, T0 + MINUTE)
        assert (later.key, later.attempts, later.unknown) == ("e2", 1, False)
        assert (await states(tx))["e1"] == State.SUPERSEDED
        assert not await tx.deliveries.mark_sent(first, POSTED, T0 + MINUTE)


async def test_a_reply_does_not_wait_for_an_edit_nor_an_edit_for_a_reply(store: Store) -> None:
    """Platforms limit them apart, and quiet hours hold back only what rings; both wait for the head."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("head"), draft("r1", Kind.REPLY), draft("e1", Kind.EDIT)], T0)
        head = await claim(tx)
        assert await nothing(tx)
        await tx.deliveries.mark_sent(head, POSTED, T0)
        await tx.deliveries.mark_failed(await claim(tx), "429", T0 + HOUR)
        edit = await claim(tx)
        assert edit.key == "e1"
        await tx.deliveries.mark_failed(edit, "429", T0 + HOUR)
        await tx.deliveries.save([draft("r2", Kind.REPLY)], T0)
        assert await nothing(tx, T0 + MINUTE)
        assert (await claim(tx, T0 + HOUR)).key == "r1"


async def test_what_is_not_told_yet_is_counted_by_destination(store: Store) -> None:
    """The page says how far behind each channel is."""
    async with store.begin() as tx:
        assert await tx.deliveries.pending("default") == {}
        await tx.deliveries.save([draft("a"), draft("b", to="teams", due=T0 + HOUR)], T0)
        await tx.deliveries.save([draft("c", due=T0 + MINUTE)], T0 + MINUTE)
        await claim(tx)
        assert await tx.deliveries.pending("default") == {
            "slack": Pending(count=2, oldest=T0, due=T0),
            "teams": Pending(count=1, oldest=T0, due=T0 + HOUR),
        }
        assert await tx.deliveries.pending("other") == {}


async def test_the_next_moment_to_look_is_known(store: Store) -> None:
    """A follower counts only once its turn has come, a try under way when its lease ends."""
    async with store.begin() as tx:
        assert await tx.deliveries.next_due("default", "slack") == Due()
        await tx.deliveries.save([draft("a", due=T0 + HOUR), draft("b", Kind.REPLY)], T0)
        assert await tx.deliveries.next_due("default", "slack") == Due(words=T0 + HOUR)
        await claim(tx, T0 + HOUR)
        assert await tx.deliveries.next_due("default", "slack") == Due(words=T0 + HOUR + LEASE)


async def test_a_landing_can_move(store: Store) -> None:
    """A head that was posted anew is edited there."""
    moved = replace(POSTED, id="1800.1")
    async with store.begin() as tx:
        await tx.deliveries.land("default", "slack", "1", POSTED, at=T0)
        await tx.deliveries.land("default", "slack", "1", moved, at=T0 + MINUTE)
        assert await tx.deliveries.landing("default", "slack", "1") == moved
        assert await tx.deliveries.landing("other", "slack", "1") is None


async def test_a_destination_with_a_head_landed_or_on_its_way_is_known(store: Store) -> None:
    """A reply goes where there is something to reply to; one that failed for good is no head."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("a"), draft("b", to="teams"), draft("c", to="mail")], T0)
        await tx.deliveries.mark_sent(await claim(tx), POSTED, T0)
        await tx.deliveries.give_up(await claim(tx, to="mail"), "404", T0)
        await tx.deliveries.land("default", "page", "1", POSTED, at=T0)
        assert await tx.deliveries.heads("default", "1") == {"slack", "teams", "page"}
        assert await tx.deliveries.heads("default", "2") == frozenset()
        assert await tx.deliveries.heads("other", "1") == frozenset()


async def test_the_rest_of_what_is_due_at_a_destination_is_claimed_with_the_first(store: Store) -> None:
    """In order, whatever it is about; not what is due later, nor what comes after that."""
    about = [draft("a"), draft("b", Kind.REPLY), draft("x", about=message("2")), draft("y", due=T0 + HOUR, about=message("3")),
             draft("z", about=message("3")), draft("o", to="teams")]  # fmt: skip
    async with store.begin() as tx:
        await tx.deliveries.save(about, T0)
        first = await claim(tx)
        rest = await tx.deliveries.claim_rest(first, T0, LEASE, most=9)
        assert [one.key for one in rest] == ["b", "x"]
        assert [one.attempts for one in rest] == [1, 1]
        assert await nothing(tx)


async def test_the_rest_is_bounded_and_leaves_what_somebody_else_holds(store: Store) -> None:
    """What follows a claim of another worker waits for it."""
    async with store.begin() as tx:
        await tx.deliveries.save([draft("a"), draft("x", about=message("2")), draft("y", about=message("2"))], T0)
        first, held = await claim(tx), await claim(tx)
        assert (first.key, held.key) == ("a", "x")
        assert await tx.deliveries.claim_rest(first, T0, LEASE, most=9) == []
        await tx.deliveries.mark_failed(held, "no", T0)
        assert [one.key for one in await tx.deliveries.claim_rest(first, T0, LEASE, most=1)] == ["x"]


async def test_whoever_is_told_of_a_change_is_known(store: Store) -> None:
    """By incident, time and reason; an edit tells nobody, and nor does what was given up."""
    async with store.begin() as tx:
        said = message()
        await tx.deliveries.save([draft("a", Kind.EDIT)], T0)
        assert not await tx.deliveries.tells("slack", said)
        await tx.deliveries.save([draft("b", about=replace(said, instead_of=("teams",)))], T0)
        assert await tx.deliveries.tells("slack", said)
        assert not await tx.deliveries.tells("teams", said)
        assert not await tx.deliveries.tells("slack", replace(said, at=T0 + HOUR))
        for _ in range(2):
            await tx.deliveries.give_up(await claim(tx), "gone", T0)
        assert not await tx.deliveries.tells("slack", said)
