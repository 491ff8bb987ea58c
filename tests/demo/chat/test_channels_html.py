"""Whole channels."""

from datetime import timedelta

from bot.demo.chat.channels_html import slack_html, teams_html
from bot.demo.chat.slack_posts import SlackPost, Whisper, Workspace
from bot.demo.chat.teams import Posted
from tests.demo.chat.conftest import ANA, CHANNEL
from tests.demo.conftest import NOON

DAY = 86_400


def at(seconds: float) -> str:
    """Give a stamp some seconds after noon."""
    return f"{NOON.timestamp() + seconds:.6f}"


def post(seconds: float, text: str, **more: str) -> SlackPost:
    """Make a message."""
    return SlackPost(channel=CHANNEL, ts=at(seconds), text=text, thread_ts=more.get("thread_ts", ""))


def test_an_empty_channel_says_why_it_is_empty(workspace: Workspace) -> None:
    """Silence is good news."""
    assert "Nothing posted yet" in slack_html(workspace, CHANNEL)
    assert "Nothing posted yet" in teams_html([])


def test_messages_stand_in_order_under_their_days(workspace: Workspace) -> None:
    """One line for each day."""
    workspace.posts = [post(0, "first"), post(60, "second"), post(DAY, "third")]
    shown = slack_html(workspace, CHANNEL)
    places = [
        shown.index(word) for word in ("Monday, 17 July 2023", "first", "second", "Tuesday, 18 July 2023", "third")
    ]
    assert places == sorted(places)
    assert shown.count('class="day"') == 2
    assert "12:01" in shown


def test_a_thread_stands_below_its_head_and_an_edit_is_marked(workspace: Workspace) -> None:
    """Replies are counted."""
    head = post(0, "head")
    head.edited = at(30)
    workspace.posts = [head, post(10, "reply one", thread_ts=head.ts), post(20, "reply two", thread_ts=head.ts)]
    shown = slack_html(workspace, CHANNEL)
    assert "(edited)" in shown
    assert "2 replies" in shown
    assert shown.count("<article") == 3


def test_a_broadcast_reply_is_seen_in_the_channel_as_well(workspace: Workspace) -> None:
    """It says where it belongs, both times."""
    head, reply = post(0, "head"), post(10, "worse", thread_ts=at(0))
    reply.broadcast = True
    workspace.posts = [head, reply]
    shown = slack_html(workspace, CHANNEL)
    assert shown.count("worse") == 2
    assert "also sent to the channel" in shown
    assert "replied to a thread" in shown
    assert "1 reply<" in shown


def test_people_and_what_they_alone_see(workspace: Workspace) -> None:
    """A person's message has the person's name, a whisper its command."""
    workspace.posts = [SlackPost(channel=CHANNEL, ts=at(0), text="thanks", user=ANA)]
    workspace.whispers = [Whisper(channel=CHANNEL, user=ANA, text="Mail flows.", ts=at(5), command="/mailstatus <x>")]
    shown = slack_html(workspace, CHANNEL)
    assert "<strong>Ana</strong>" in shown
    assert "/mailstatus &lt;x&gt;" in shown
    assert "Only visible to you" in shown


def test_other_channels_are_not_shown(workspace: Workspace) -> None:
    """Each page has its own."""
    workspace.posts = [post(0, "here")]
    assert "here" not in slack_html(workspace, "C0OTHER")


def test_cards_stand_in_order_under_their_days() -> None:
    """From the flow's bot."""
    cards = [
        Posted(at=NOON + timedelta(days=day), card={"body": [{"type": "TextBlock", "text": f"card {day}"}]})
        for day in (0, 1)
    ]
    shown = teams_html(cards)
    places = [shown.index(word) for word in ("Monday", "card 0", "Tuesday", "card 1")]
    assert places == sorted(places)
    assert shown.count("<strong>Workflows</strong>") == 2
