"""What stands in a channel."""

from datetime import timedelta

from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.chat.teams import Posted
from bot.demo.chat.texts import Said, slack_texts, teams_texts
from tests.demo.conftest import NOON

LATER = NOON + timedelta(hours=1)


def test_slack_texts_are_all_that_ever_stood_there(workspace: Workspace) -> None:
    """With the moment from which each could be read, and without Slack's escapes."""
    early, late = (f"{moment.timestamp():.6f}" for moment in (NOON, LATER))
    workspace.posts = [
        SlackPost(channel="C", ts=early, text="new", edited=late, versions=[(early, "old")]),
        SlackPost(channel="C", ts=late, text="a &lt; b"),
    ]
    assert slack_texts(workspace) == [
        Said(at=NOON, text="old"),
        Said(at=LATER, text="new"),
        Said(at=LATER, text="a < b"),
    ]


def test_a_cards_text_is_gathered_from_all_its_parts() -> None:
    """Without markdown's escapes."""
    card = {
        "body": [
            {"type": "TextBlock", "text": r"EX1 \(new\)"},
            {"type": "Container", "items": [{"type": "TextBlock", "text": "inside"}]},
            {"type": "FactSet", "facts": [{"title": "Since", "value": "noon"}]},
            {"type": "ColumnSet", "columns": [{"type": "Column", "items": [{"type": "TextBlock", "text": "column"}]}]},
        ]
    }
    assert teams_texts([Posted(at=LATER, card=card)]) == [Said(at=LATER, text="EX1 (new) inside Since noon column")]
