"""Posting to a Slack channel, with a network that breaks in every way that was seen."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.demo.chat.slack import Slack, ratelimited
from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.faults import Answer, Drop, Fault, Hang, html_answer, json_answer
from bot.demo.served import served
from bot.outbox import DoubtedError, SendError
from bot.types import Delivery, Kind, Landed, Picture, Reason, Severity
from handlers.slack.api import SlackApi
from handlers.slack.picture import may_share
from handlers.slack.send import Draws, SlackSender
from handlers.slack.trouble import SlackError
from tests.handlers.examples import NOW, TestClock, delivery, message, patience

TOKEN = "xoxb-very-secret"
CHANNEL = "C0000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A workspace, and a sender to one of its channels."""

    slack: Slack
    sender: SlackSender
    api: SlackApi
    clock: TestClock

    @property
    def posts(self) -> list[SlackPost]:
        """Give everything that was posted."""
        return self.slack.workspace.posts

    def break_once(self, fault: Fault, method: str = "chat.postMessage") -> None:
        """Let the next call of a method meet a fault."""
        self.slack.faults.switch_on(fault, path=method, times=1)


@pytest.fixture
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Serve a workspace on loopback."""
    clock = TestClock()
    slack = Slack(Workspace(clock, {CHANNEL: "it"}, {}), token=TOKEN)
    async with served(slack.app()) as port:
        api = SlackApi(SecretStr(TOKEN), base_url=f"http://127.0.0.1:{port}/api/", limit=patience(request))
        yield World(slack=slack, sender=SlackSender(api, CHANNEL, clock=clock, mention=["S01"]), api=api, clock=clock)
        await api.aclose()


async def failure(world: World, asked: Delivery | None = None) -> SendError:
    """Send what cannot be sent."""
    with pytest.raises(SendError) as caught:
        await world.sender.send(asked or delivery())
    assert TOKEN not in str(caught.value)
    return caught.value


async def test_a_head_is_posted_with_its_key_and_tells_where_it_stands(world: World) -> None:
    """The key is what a second try looks for."""
    landed = await world.sender.send(delivery())
    (post,) = world.posts
    assert landed == Landed(channel=CHANNEL, id=post.ts)
    assert post.metadata == {"event_type": "mail_incident", "event_payload": {"incident": "1", "key": "key-of-head"}}
    assert post.text.startswith("🔴 Sending mail fails.")
    assert post.blocks[0]["type"] == "header"


async def test_the_channel_of_the_answer_counts(world: World) -> None:
    """A channel may be set by name, and edited only by its id."""
    by_name = SlackSender(world.api, "it", clock=world.clock)
    landed = await by_name.send(delivery())
    assert landed.channel == CHANNEL


async def test_an_edit_changes_the_head_in_place(world: World) -> None:
    """One message an incident."""
    head = await world.sender.send(delivery())
    again = await world.sender.send(delivery(Kind.EDIT, head=head, said=message(headline=("It is better.",))))
    assert again == head
    (post,) = world.posts
    assert post.text.startswith("🔴 It is better.")


@pytest.mark.parametrize(
    ("reason", "everyone"),
    [
        (Reason.WORSE, True),
        (Reason.RESOLVED, True),
        (Reason.REOPENED, True),
        (Reason.VENDOR_CONFIRMS, False),
        (Reason.BETTER, False),
    ],
)
async def test_a_reply_stands_below_the_head_and_only_what_matters_goes_to_everyone(
    world: World, reason: Reason, *, everyone: bool
) -> None:
    """An edit rings nobody."""
    head = await world.sender.send(delivery())
    told = await world.sender.send(delivery(Kind.REPLY, head=head, said=message(reason=reason)))
    assert told == head
    reply = world.posts[1]
    assert (reply.thread_ts, reply.broadcast) == (head.id, everyone)


async def test_a_reply_without_a_head_becomes_one(world: World) -> None:
    """The first message never arrived."""
    landed = await world.sender.send(delivery(Kind.REPLY))
    (post,) = world.posts
    assert (post.thread_ts, landed) == ("", Landed(channel=CHANNEL, id=post.ts))


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.REPLY])
async def test_where_the_head_was_deleted_a_fresh_one_takes_its_place(world: World, kind: Kind) -> None:
    """And says so."""
    gone = Landed(channel=CHANNEL, id="1689656400.000001")
    landed = await world.sender.send(delivery(kind, head=gone))
    (post,) = world.posts
    assert landed == Landed(channel=CHANNEL, id=post.ts)
    assert post.thread_ts == ""
    assert "takes its place" in str(post.blocks)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Drop(accepted=True), id="reset after it was accepted"),
        pytest.param(Hang(), id="no answer in time"),
        pytest.param(Answer(status=502), id="bad gateway"),
        pytest.param(json_answer(503, {"ok": False, "error": "service_unavailable"}), id="unavailable"),
        pytest.param(json_answer(200, {"ok": False, "error": "internal_error"}), id="internal error"),
        pytest.param(html_answer(), id="a portal's page"),
        pytest.param(Answer(status=200, body=b"ok", headers={"Content-Type": "text/plain"}), id="no JSON"),
        pytest.param(Answer(status=200, body=b"{", headers={"Content-Type": "application/json"}), id="half of it"),
    ],
)
async def test_where_it_may_have_landed_nobody_claims_to_know(world: World, fault: Fault) -> None:
    """The next try has to look."""
    world.break_once(fault)
    error = await failure(world)
    assert (error.unknown, error.permanent) == (True, False)


async def test_an_accepted_message_is_found_and_not_posted_twice(world: World) -> None:
    """The one that everybody gets wrong."""
    world.break_once(Drop(accepted=True))
    await failure(world)
    landed = await world.sender.send(delivery(doubts=1, attempts=2))
    (post,) = world.posts
    assert landed == Landed(channel=CHANNEL, id=post.ts)


async def test_an_accepted_reply_is_found_below_its_head(world: World) -> None:
    """History shows no replies."""
    head = await world.sender.send(delivery())
    world.break_once(Drop(accepted=True))
    await failure(world, delivery(Kind.REPLY, head=head))
    assert await world.sender.send(delivery(Kind.REPLY, head=head, doubts=1)) == head
    assert len(world.posts) == 2


async def test_what_is_not_found_in_two_looks_is_posted(world: World) -> None:
    """The history may lag behind, so there is a wait between."""
    await world.sender.send(delivery(doubts=1))
    assert len(world.posts) == 1
    assert world.clock.slept == [timedelta(seconds=1.5)]


async def test_without_a_way_to_look_it_is_told_rather_twice_than_never(world: World) -> None:
    """The scope for the history was not granted."""
    world.slack.faults.switch_on(json_answer(200, {"ok": False, "error": "missing_scope"}), path="conversations")
    await world.sender.send(delivery(doubts=1))
    assert len(world.posts) == 1
    with pytest.raises(DoubtedError):
        await world.sender.send(delivery(doubts=2))
    assert len(world.posts) == 1


async def test_a_look_that_fails_leaves_it_open(world: World) -> None:
    """And waits as long as Slack asks."""
    world.break_once(ratelimited(9), "conversations.history")
    error = await failure(world, delivery(doubts=1))
    assert (error.unknown, error.retry_after) == (True, timedelta(seconds=9))
    assert not world.posts


async def test_too_many_requests_are_waited_for(world: World) -> None:
    """Nothing was posted."""
    world.break_once(ratelimited(7))
    error = await failure(world)
    assert (error.retry_after, error.unknown, error.permanent) == (timedelta(seconds=7), False, False)


async def test_a_wrong_token_stops_in_plain_words(world: World) -> None:
    """What mends it is said."""
    wrong = SlackApi(SecretStr("xoxb-wrong"), base_url=world.api.base_url)
    with pytest.raises(SlackError, match="check SLACK_BOT_TOKEN") as caught:
        await SlackSender(wrong, CHANNEL, clock=world.clock).send(delivery())
    await wrong.aclose()
    assert caught.value.permanent


async def test_a_server_that_is_not_there_got_nothing() -> None:
    """A refused connection leaves no doubt."""
    api = SlackApi(SecretStr(TOKEN), base_url="http://127.0.0.1:9/api/")
    with pytest.raises(SendError) as caught:
        await SlackSender(api, CHANNEL, clock=TestClock()).send(delivery())
    await api.aclose()
    assert (caught.value.unknown, caught.value.permanent) == (False, False)


async def test_what_was_held_up_says_for_how_long(world: World) -> None:
    """People can tell old news from new."""
    world.clock.at = NOW + timedelta(minutes=12)
    await world.sender.send(delivery(attempts=3, said=message(severity=Severity.WARNING)))
    assert "12 minutes late" in str(world.posts[0].blocks)


async def test_a_channel_that_slack_wants_no_more_of_is_not_asked_before_its_time(world: World) -> None:
    """Another incident's message would be refused too, and count against us."""
    world.break_once(ratelimited(7))
    await failure(world)
    error = await failure(world, delivery(said=message(incident="2"), key="other"))
    assert error.retry_after == timedelta(seconds=7)
    world.clock.at += timedelta(seconds=7)
    await world.sender.send(delivery(attempts=2))
    assert len(world.posts) == 1


async def test_where_an_older_one_landed_the_newest_is_said_below_it_and_once(world: World) -> None:
    """What waited is told together, and an earlier try had told the first of it alone."""
    world.break_once(Drop(accepted=True))
    await failure(world)
    newest = message(headline=("It is worse.",))
    whole = delivery(said=newest, key="newest", doubts=1, earlier=(delivery(doubts=1),))
    landed = await world.sender.send(whole)
    assert await world.sender.send(whole) == landed
    first, below = world.posts
    assert landed == Landed(channel=CHANNEL, id=first.ts)
    assert (below.thread_ts, below.text.startswith("🔴 It is worse.")) == (first.ts, True)


async def test_an_edit_that_may_have_landed_is_made_again_without_a_look(world: World) -> None:
    """Twice the same is once."""
    head = await world.sender.send(delivery())
    world.slack.faults.switch_on(json_answer(200, {"ok": False, "error": "fatal_error"}), path="conversations")
    assert await world.sender.send(delivery(Kind.EDIT, head=head, doubts=1)) == head


async def test_a_fresh_head_that_nobody_heard_of_is_found_by_whoever_comes_next(world: World) -> None:
    """Another edit, or a reply: there is never a third head."""
    gone = Landed(channel=CHANNEL, id="1689656400.000001")
    world.break_once(Drop(accepted=True))
    await failure(world, delivery(Kind.EDIT, head=gone))
    later = delivery(Kind.EDIT, head=gone, said=message(headline=("It is better.",)), key="later")
    landed = await world.sender.send(later)
    (fresh,) = world.posts
    assert (landed.id, fresh.text.startswith("🔴 It is better.")) == (fresh.ts, True)
    assert await world.sender.send(delivery(Kind.REPLY, head=gone, key="reply")) == landed
    assert [post.thread_ts for post in world.posts] == ["", fresh.ts]


async def test_a_message_is_found_behind_a_whole_page_of_chatter(world: World) -> None:
    """The channel talked on while the connection was down."""
    world.break_once(Drop(accepted=True))
    await failure(world)
    for number in range(450):
        world.slack.workspace.posts.append(
            SlackPost(channel=CHANNEL, ts=world.slack.workspace.stamp(), text=f"Is it just me? {number}", blocks=[])
        )
    landed = await world.sender.send(delivery(doubts=1, attempts=2))
    assert landed.id == world.posts[0].ts
    assert len(world.posts) == 451


async def test_a_message_is_found_though_our_clock_is_ahead(world: World) -> None:
    """Slack stamps it by its own."""
    world.break_once(Drop(accepted=True))
    await failure(world)
    ahead = message(at=NOW + timedelta(minutes=4))
    landed = await world.sender.send(delivery(doubts=1, said=ahead))
    assert landed.id == world.posts[0].ts


async def drawn(_: Delivery) -> Picture | None:
    """Draw always the same."""
    return Picture(png=b"\x89PNG of a delay", title="Outgoing mail: up to 4 minutes.", alt="Up to 4 minutes.")


async def nothing_to_see(_: Delivery) -> Picture | None:
    """Find that no test message shows it."""
    return None


def artist(world: World, draws: Draws = drawn) -> SlackSender:
    """Give a sender to the same channel that has pictures drawn."""
    return SlackSender(world.api, CHANNEL, clock=world.clock, draws=draws)


async def test_a_picture_stands_below_the_head_with_its_words(world: World) -> None:
    """In the thread alone, for those who see it and those who do not."""
    head = await artist(world).send(delivery())
    assert await artist(world).send(delivery(Kind.PICTURE, head=head)) == head
    (_, shown) = world.posts
    (file,) = shown.files
    assert (shown.thread_ts, shown.broadcast) == (head.id, False)
    assert (file.content, file.alt, file.title) == (
        b"\x89PNG of a delay",
        "Up to 4 minutes.",
        "Outgoing mail: up to 4 minutes.",
    )


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "upload/", "files.completeUploadExternal"])
@pytest.mark.parametrize(
    "fault", [Drop(accepted=True), Drop(accepted=False), Answer(status=502), ratelimited(3)], ids=repr
)
async def test_a_picture_is_shown_once_whatever_breaks(world: World, step: str, fault: Fault) -> None:
    """Before it is shown again, the thread is looked through for its file."""
    head = await artist(world).send(delivery())
    world.break_once(fault, step)
    with pytest.raises(SendError) as caught:
        await artist(world).send(delivery(Kind.PICTURE, head=head))
    assert not caught.value.permanent
    again = delivery(Kind.PICTURE, head=head, doubts=1, attempts=2)
    assert await artist(world).send(again) == head
    assert len([post for post in world.posts if post.files]) == 1


async def test_without_the_scope_a_picture_is_given_up(world: World) -> None:
    """It is optional: no second try can help."""
    head = await artist(world).send(delivery())
    world.slack.faults.switch_on(json_answer(200, {"ok": False, "error": "missing_scope"}), path="files.")
    with pytest.raises(SlackError) as caught:
        await artist(world).send(delivery(Kind.PICTURE, head=head))
    assert (caught.value.permanent, caught.value.code) == (True, "missing_scope")
    assert not await may_share(world.api)


async def test_with_the_scope_doctor_sees_that_pictures_can_be_shown(world: World) -> None:
    """And nothing is shown for that."""
    assert await may_share(world.api)
    assert not world.posts


@pytest.mark.parametrize("draws", [nothing_to_see, None])
async def test_where_there_is_nothing_to_see_there_is_no_picture(world: World, draws: Draws | None) -> None:
    """And nothing to try again."""
    head = await world.sender.send(delivery())
    sender = SlackSender(world.api, CHANNEL, clock=world.clock, draws=draws)
    assert await sender.send(delivery(Kind.PICTURE, head=head)) == head
    assert not [post for post in world.posts if post.files]


async def test_a_picture_never_stands_alone_in_the_channel(world: World) -> None:
    """Where the words never arrived there is nothing to show it below."""
    with pytest.raises(SendError) as caught:
        await artist(world).send(delivery(Kind.PICTURE))
    assert (caught.value.permanent, world.posts) == (True, [])


async def test_a_file_goes_to_slacks_own_address_alone(world: World) -> None:
    """Whatever it answers."""
    with pytest.raises(SlackError, match="not its own") as caught:
        await world.api.upload("https://files.slack.com.example/upload", b"x")
    assert caught.value.permanent
