"""Against a Slack that is not ours, over a network that breaks: never twice, never lost.

npm's ``emulate`` knows nothing of ``client_msg_id``: it posts whatever it is sent, as often as it is sent.
"""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from bot.store import State
from bot.types import Kind, Message, Reason, Severity
from tests.handlers.examples import message
from tests.handlers.slack.broken import BREAKS, LIMITED, Break
from tests.handlers.slack.channel import GROUP, SAID, Channel, later, texts
from tests.outbox.chance import seeded

ACCEPTED = Break(accepted=True)
WRITES = ("chat.postMessage", "chat.update")
LOOKS = ("conversations.history", "conversations.replies")


async def tell(it: Channel, headline: str, reason: Reason = Reason.UPDATED, **more: object) -> Message:
    """Have something told about the incident, a minute later."""
    said = message(at=later(it.clock), headline=(headline,), reason=reason, **more)
    await it.tell(said, rings=reason is not Reason.UPDATED)
    return said


async def evening(it: Channel) -> None:
    """Tell how sending failed, got worse and was over, each step delivered before the next."""
    await tell(it, "Sending fails.", Reason.OPENED)
    await it.run()
    await tell(it, "More of it fails.", Reason.WORSE)
    await it.run()
    await tell(it, "It is over.", Reason.RESOLVED, severity=Severity.GOOD)
    await it.run()


async def proves_one_of_each(it: Channel) -> None:
    """One head in its newest state, one reply a change, nothing stopped or forgotten."""
    (head,) = await it.heads()
    assert head["text"].startswith("🟢 It is over.")
    assert head["blocks"][0]["text"]["text"] == "🟢 It is over."
    replies = await it.replies()
    assert [text[:20] for text in texts(replies)] == ["🔴 More of it fails. "[:20], "🟢 It is over. Resend"[:20]]
    assert {one["thread_ts"] for one in replies} == {head["ts"]}
    assert it.stopped == []
    assert set(await it.states()) <= {State.SENT, State.SUPERSEDED}


async def test_an_evening_without_trouble_costs_one_call_each(it: Channel) -> None:
    """No look is needed where every answer came."""
    await evening(it)
    await proves_one_of_each(it)
    assert Counter(call.method for call in it.network.calls) == {"chat.postMessage": 3, "chat.update": 2}


@pytest.mark.parametrize("name", BREAKS)
async def test_whatever_breaks_once_at_every_step_each_thing_is_there_once(it: Channel, name: str) -> None:
    """The post, both replies and both edits meet it, each the first time."""
    seen: set[str] = set()

    def breaks(method: str) -> Break | None:
        step = f"{method} {it.clock.now():%H:%M}"
        first = method in WRITES and step not in seen
        seen.add(step)
        return BREAKS[name] if first else None

    it.network.breaks = breaks
    await evening(it)
    await proves_one_of_each(it)


@pytest.mark.parametrize("name", BREAKS)
async def test_a_look_that_breaks_too_is_looked_again(it: Channel, name: str) -> None:
    """Slack accepted the message, dropped the answer, and then could not be asked either."""
    it.network.break_first(ACCEPTED, "chat.postMessage")
    await tell(it, "Sending fails.", Reason.OPENED)
    await it.run()
    left = [*LOOKS, *LOOKS]
    await tell(it, "More of it fails.", Reason.WORSE)
    lost = ["chat.postMessage"]

    def breaks(method: str) -> Break | None:
        if method in lost:
            lost.remove(method)
            return ACCEPTED
        if method in left:
            left.remove(method)
            return BREAKS[name]
        return None

    it.network.breaks = breaks
    await it.run()
    assert [len(await it.heads()), len(await it.replies())] == [1, 1]


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("name", ["", "reset, accepted", "502, not accepted", "429"])
async def test_a_process_that_dies_before_it_can_mark_leaves_no_copy(it: Channel, kind: Kind, name: str) -> None:
    """Another one finds what it left behind, also where the network broke before and after."""
    it.dies = [kind, kind]
    if name:
        it.network.break_first(BREAKS[name], *WRITES, *LOOKS)
    await evening(it)
    await proves_one_of_each(it)


@pytest.mark.parametrize("name", BREAKS)
async def test_where_somebody_deleted_the_head_there_is_one_fresh_one_that_leads_to_the_thread(
    it: Channel, name: str
) -> None:
    """Whatever breaks while it is posted."""
    await tell(it, "Sending fails.", Reason.OPENED)
    await tell(it, "More of it fails.", Reason.WORSE)
    await it.run()
    (old,) = await it.heads()
    await it.delete(old["ts"])
    await tell(it, "It is better.")
    it.network.break_first(BREAKS[name], "chat.update", "chat.postMessage", "conversations.history")
    await it.run()
    await tell(it, "It is better still.")
    await it.run()
    (fresh,) = await it.heads()
    assert fresh["text"].startswith("🔴 It is better still.")
    posted = [asked for asked in it.network.asked("chat.postMessage") if "thread_ts" not in asked]
    assert "takes its place" in str(posted[-1]["blocks"])
    assert f"thread_ts={old['ts']}" in str(posted[-1]["blocks"])
    assert posted[-1]["metadata"]["event_payload"]["replaces"] == old["ts"]


async def test_replies_go_below_the_fresh_head(it: Channel) -> None:
    """One thread an incident from then on."""
    await tell(it, "Sending fails.", Reason.OPENED)
    await it.run()
    await it.delete((await it.heads())[0]["ts"])
    await tell(it, "It is better.")
    await it.run()
    await tell(it, "It is over.", Reason.RESOLVED, severity=Severity.GOOD)
    await it.run()
    (fresh,) = await it.heads()
    assert [reply["thread_ts"] for reply in await it.replies()] == [fresh["ts"]]


@pytest.mark.parametrize("seed", range(5))
async def test_a_night_on_which_everything_breaks_ends_with_one_of_each(it: Channel, seed: int) -> None:
    """Every third call breaks in some way, and the process dies now and then."""
    chance = seeded(seed)
    it.network.breaks = lambda _: _any(chance)
    headlines = [f"State {number}." for number in range(6)]
    for number, headline in enumerate(headlines):
        it.dies = [chance.choice(SAID)]
        await tell(it, headline, Reason.OPENED if number == 0 else Reason.WORSE)
        await it.run()
    (head,) = await it.heads()
    assert head["text"].startswith(f"🔴 {headlines[-1]}")
    assert sorted(text[:10] for text in texts(await it.replies())) == [f"🔴 {said}" for said in headlines[1:]]
    assert it.stopped == []


def _any(chance: Random) -> Break | None:
    return chance.choice(list(BREAKS.values())) if chance.random() < 0.3 else None


async def test_edits_that_slack_wants_no_more_of_are_told_once_in_their_newest_state(it: Channel) -> None:
    """And hold up no reply."""
    await tell(it, "Sending fails.", Reason.OPENED)
    await it.run()
    it.network.break_first(LIMITED, "chat.update")
    for number in range(5):
        await tell(it, f"State {number}.", Reason.WORSE if number == 1 else Reason.UPDATED)
    await it.run()
    (head,), (reply,) = await it.heads(), await it.replies()
    assert (head["text"][:10], reply["text"][:10]) == ("🔴 State 4.", "🔴 State 1.")
    assert [asked["text"][:10] for asked in it.network.asked("chat.update")] == ["🔴 State 4."] * 2


async def test_a_channel_that_is_archived_is_said_and_left_alone_for_an_hour(it: Channel) -> None:
    """A second try at once cannot help; what waits is kept for the day that somebody mends it."""
    assert (await it.slack.post("/api/conversations.archive", json={"channel": it.id})).json()["ok"]
    await tell(it, "Sending fails.", Reason.OPENED)
    for _ in range(3):
        await it.once()
    async with it.store.read() as tx:
        gap = await tx.gaps.get("default", "it")
    assert gap is not None
    why = "is_archived to chat.postMessage: the channel is archived; unarchive it or choose another one"
    assert gap.why.endswith(why)
    assert gap.probe is not None
    assert gap.probe - it.clock.now() > timedelta(minutes=50)
    assert await it.states() == [State.WAITING]
    assert len(it.network.calls) == 1


async def test_every_message_is_whole_quiet_and_calls_whom_it_may(it: Channel) -> None:
    """As Slack got it: full text, no unfurling, sign and word, a group called once, and only for what is severe."""
    await evening(it)
    posts, edits = it.network.asked("chat.postMessage"), it.network.asked("chat.update")
    for asked in posts:
        assert (asked["unfurl_links"], asked["unfurl_media"]) == (False, False)
    for asked in [*posts, *edits]:
        assert not {"link_names", "parse", "attachments", "mrkdwn"} & set(asked)
        assert asked["text"][0] in "🔴🟢"
        assert "Resend what bounced, after the fix. It began at 05:00 UTC." in asked["text"]
        assert "6 of 10 test messages were refused. Microsoft has said nothing yet." in asked["text"]
    assert [str(asked).count(GROUP) for asked in [*posts, *edits]] == [1, 0, 0, 0, 0]
    assert f"<!subteam^{GROUP}>" in str(posts[0]["blocks"])
    assert [asked.get("reply_broadcast") for asked in posts] == [None, True, True]


async def test_nobody_is_called_for_what_is_not_severe(it: Channel) -> None:
    """A warning wakes nobody."""
    await tell(it, "Sending is slow.", Reason.OPENED, severity=Severity.WARNING)
    await it.run()
    assert GROUP not in str(it.network.calls)
