"""Block Kit as people see it."""

from typing import Any

import pytest

from bot.demo.chat.slack_html import blocks_html, content_html


def text(said: str, kind: str = "mrkdwn") -> dict[str, str]:
    """Write a text object."""
    return {"type": kind, "text": said}


EVIL = '<img src=x onerror="alert(1)">'


@pytest.mark.parametrize(
    ("block", "html"),
    [
        ({"type": "header", "text": text("Late *", "plain_text")}, "<h3>Late *</h3>"),
        ({"type": "section", "text": text("*now*")}, "<p><strong>now</strong></p>"),
        ({"type": "section", "fields": [text("a"), text("b")]}, '<div class="fields"><div>a</div><div>b</div></div>'),
        ({"type": "context", "elements": [text("small")]}, '<div class="context"><span>small</span></div>'),
        ({"type": "divider"}, "<hr>"),
        ({"type": "image", "alt_text": "a chart"}, '<p class="image">a chart</p>'),
        (
            {"type": "table", "rows": [[{"type": "raw_text", "text": "a&lt;"}, {"type": "raw_text", "text": "b"}]]},
            "<table><tr><td>a&lt;</td><td>b</td></tr></table>",
        ),
        (
            {"type": "rich_text", "elements": [{"elements": [{"type": "text", "text": "*as it is*"}]}]},
            "<p>*as it is*</p>",
        ),
        ({"type": "blink"}, '<p class="unknown">[blink]</p>'),
    ],
)
def test_blocks(block: dict[str, Any], html: str) -> None:
    """One by one."""
    assert blocks_html([block]) == html


def test_a_button_knows_its_message_and_its_action() -> None:
    """So that a press can be sent."""
    button = {"type": "button", "action_id": "ack", "style": "primary", "text": text("I'm on it", "plain_text")}
    assert blocks_html([{"type": "actions", "elements": [button]}], ts="1.5") == (
        '<div class="actions"><button type="button" class="button primary" data-ts="1.5" data-action="ack">'
        "I&#39;m on it</button></div>"
    )


def test_a_button_with_an_address_is_a_link() -> None:
    """And a section may have one beside it."""
    button = {"type": "button", "url": "https://a.example/", "text": text("More", "plain_text")}
    shown = blocks_html([{"type": "section", "text": text("x"), "accessory": button}])
    assert '<a class="button " href="https://a.example/" rel="noreferrer">More</a>' in shown


def test_without_blocks_the_text_is_shown() -> None:
    """As Slack does."""
    assert content_html("*hi*", []) == "<p><strong>hi</strong></p>"
    assert content_html("hidden", [{"type": "divider"}]) == "<hr>"


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": text(EVIL, "plain_text")},
        {"type": "section", "text": text(EVIL), "fields": [text(EVIL)]},
        {"type": "context", "elements": [text(EVIL), {"type": "image", "alt_text": EVIL}]},
        {"type": "actions", "elements": [{"type": "button", "action_id": EVIL, "text": text(EVIL, "plain_text")}]},
        {"type": "image", "alt_text": EVIL},
        {"type": EVIL},
    ],
)
def test_nothing_untrusted_becomes_markup(block: dict[str, Any]) -> None:
    """Wherever it stands."""
    assert "<img" not in blocks_html([block], ts=EVIL)
