"""What Slack refuses."""

from typing import Any

import pytest

from bot.demo.chat.slack_blocks import complaint


def text(said: str, kind: str = "mrkdwn") -> dict[str, str]:
    """Write a text object."""
    return {"type": kind, "text": said}


BUTTON = {"type": "button", "action_id": "ack", "text": text("I'm on it", "plain_text")}
GOOD: list[dict[str, Any]] = [
    {"type": "header", "text": text("Mail is late", "plain_text")},
    {"type": "section", "text": text("*What to do*: wait")},
    {"type": "section", "fields": [text("a"), text("b")]},
    {"type": "context", "elements": [text("small"), {"type": "image", "image_url": "https://x", "alt_text": "x"}]},
    {"type": "actions", "elements": [BUTTON]},
    {"type": "divider"},
]


def test_good_blocks_pass() -> None:
    """All kinds that a status bot uses."""
    assert complaint(GOOD) == ""
    assert complaint([]) == ""


@pytest.mark.parametrize(
    "block",
    [
        pytest.param({"type": "blink"}, id="an unknown type"),
        pytest.param({"type": "header", "text": text("x")}, id="a header in mrkdwn"),
        pytest.param({"type": "header", "text": text("x" * 151, "plain_text")}, id="a long header"),
        pytest.param({"type": "section", "text": text("x" * 3001)}, id="a long section"),
        pytest.param({"type": "section", "text": text("")}, id="an empty section"),
        pytest.param({"type": "section"}, id="a section of nothing"),
        pytest.param({"type": "section", "fields": [text("x")] * 11}, id="many fields"),
        pytest.param({"type": "section", "fields": [text("x" * 2001)]}, id="a long field"),
        pytest.param({"type": "context", "elements": []}, id="an empty context"),
        pytest.param({"type": "context", "elements": [text("x")] * 11}, id="a long context"),
        pytest.param({"type": "actions", "elements": [BUTTON] * 26}, id="many buttons"),
        pytest.param({"type": "actions", "elements": [{"type": "button"}]}, id="a button without words"),
    ],
)
def test_one_bad_block_refuses_the_whole_message(block: dict[str, Any]) -> None:
    """And the complaint says which one it was."""
    assert "/blocks/6" in complaint([*GOOD, block])


def test_a_message_has_fifty_blocks_at_most() -> None:
    """One more is refused."""
    assert complaint([{"type": "divider"}] * 50) == ""
    assert complaint([{"type": "divider"}] * 51)
