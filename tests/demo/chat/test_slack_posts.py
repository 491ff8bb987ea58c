"""What a workspace remembers."""

from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.clock import StoryClock
from tests.demo.chat.conftest import ANA, CHANNEL
from tests.demo.conftest import NOON


def test_stamps_are_story_time_and_never_the_same() -> None:
    """Even where no time passes."""
    workspace = Workspace(StoryClock(NOON, speed=0), {}, {})
    stamps = [workspace.stamp() for _ in range(3)]
    assert stamps == ["1689595200.000000", "1689595200.000001", "1689595200.000002"]


def test_a_channel_is_known_by_id_and_by_name(workspace: Workspace) -> None:
    """And by no other word."""
    assert {workspace.channel(name) for name in (CHANNEL, "mail-status", "#mail-status")} == {CHANNEL}
    assert workspace.channel("general") is None


def test_a_reply_is_in_the_thread_and_only_by_broadcast_in_the_channel(workspace: Workspace) -> None:
    """As Slack's history has it."""
    head, reply, loud = (
        SlackPost(channel=CHANNEL, ts=str(number), text="x", thread_ts=thread, broadcast=number == 3)
        for number, thread in ((1, ""), (2, "1"), (3, "1"))
    )
    workspace.posts = [head, reply, loud]
    assert workspace.history(CHANNEL) == [loud, head]
    assert workspace.thread(CHANNEL, "1") == [head, reply, loud]
    assert workspace.post(CHANNEL, "2") is reply
    assert workspace.post("C0OTHER", "2") is None


def test_a_post_is_shown_as_the_web_api_does() -> None:
    """Fields that are empty are left out, and metadata comes only if asked for."""
    post = SlackPost(channel=CHANNEL, ts="1", text="hi", metadata={"event_type": "x"}, edited="2", broadcast=True)
    assert "metadata" not in post.shown(with_metadata=False)
    shown = post.shown(with_metadata=True)
    assert shown["metadata"] == {"event_type": "x"}
    assert shown["edited"]["ts"] == "2"
    assert shown["subtype"] == "thread_broadcast"
    assert "blocks" not in shown
    assert "bot_id" not in SlackPost(channel=CHANNEL, ts="1", text="hi", user=ANA).shown(with_metadata=True)
