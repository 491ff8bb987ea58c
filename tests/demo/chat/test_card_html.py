"""Adaptive Cards as people see them."""

from typing import Any

import pytest

from bot.demo.chat.card_html import card_html

EVIL = '<img src=x onerror="alert(1)">'


def card(*body: dict[str, Any], **more: object) -> dict[str, Any]:
    """Make a card."""
    return {"type": "AdaptiveCard", "version": "1.4", "body": list(body), **more}


@pytest.mark.parametrize(
    ("element", "html"),
    [
        (
            {
                "type": "TextBlock",
                "text": "Late",
                "size": "Large",
                "weight": "Bolder",
                "color": "Attention",
                "wrap": True,
            },
            '<p class="size-large weight-bolder color-attention spacing-default">Late</p>',
        ),
        (
            {"type": "TextBlock", "text": "small", "isSubtle": True},
            '<p class="size-default weight-default color-default spacing-default subtle nowrap">small</p>',
        ),
        (
            {"type": "FactSet", "facts": [{"title": "Since", "value": "**now**"}]},
            "<dl><dt>Since</dt><dd><strong>now</strong></dd></dl>",
        ),
        (
            {"type": "Container", "style": "good", "items": []},
            '<div class="container style-good spacing-default"></div>',
        ),
        (
            {"type": "ColumnSet", "columns": [{"type": "Column", "items": []}]},
            '<div class="columns"><div class="container style-default spacing-default"></div></div>',
        ),
        ({"type": "Image", "altText": "a chart"}, '<p class="image">a chart</p>'),
        ({"type": "Badge", "fallback": {"type": "Image", "altText": "instead"}}, '<p class="image">instead</p>'),
        ({"type": "Badge", "fallback": "drop"}, ""),
        ({"type": "Image", "isVisible": False}, ""),
        (
            {
                "type": "ActionSet",
                "actions": [{"type": "Action.OpenUrl", "url": "https://a.example/", "title": "More"}],
            },
            '<div class="actions"><a class="button" href="https://a.example/" rel="noreferrer">More</a></div>',
        ),
    ],
)
def test_elements(element: dict[str, Any], html: str) -> None:
    """One by one."""
    assert card_html(card(element)) == html


def test_only_links_work_through_a_webhook() -> None:
    """Other actions are not shown, since they do nothing."""
    actions = [{"type": "Action.Submit", "title": "No"}, {"type": "Action.OpenUrl", "title": "Yes", "url": "https://x"}]
    shown = card_html(card(actions=actions))
    assert "Yes" in shown
    assert "No" not in shown


@pytest.mark.parametrize(
    "element",
    [
        {"type": "TextBlock", "text": EVIL, "size": EVIL, "color": EVIL},
        {"type": "FactSet", "facts": [{"title": EVIL, "value": EVIL}]},
        {"type": "Image", "altText": EVIL},
        {"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "url": EVIL, "title": EVIL}]},
    ],
)
def test_nothing_untrusted_becomes_markup(element: dict[str, Any]) -> None:
    """Wherever it stands."""
    assert "<img" not in card_html(card(element))
