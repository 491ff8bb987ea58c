"""The pictures of the documents."""

from pathlib import Path

import pytest

from bot.types import Kind
from handlers.slack import render
from tests.handlers.examples import message
from tests.handlers.slack.pictures import FOLDER, STORIES, THEMES, messages, names, page

LARGEST = 120_000
DOCS = Path(__file__).parents[3] / "docs" / "slack.md"


def test_every_picture_is_there_small_and_shown() -> None:
    """And no other lies about."""
    wanted = {f"{name}-{theme}.png" for name, theme in names()}
    assert {path.name for path in FOLDER.iterdir()} == wanted
    assert max(path.stat().st_size for path in FOLDER.iterdir()) < LARGEST
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in sorted(wanted) if f"pictures/slack/{name}" not in text] == []


@pytest.mark.parametrize("theme", THEMES)
def test_somebody_elses_kit_draws_every_sentence(theme: str) -> None:
    """It knows every block: what it does not know it leaves out."""
    html = page("late-then-refused", theme)
    for said in (
        "Mail is late in both directions.",
        "What to do:",
        "Microsoft has said nothing yet.",
        "I&#x27;m on it",
    ):
        assert said in html
    assert "it-on-call" in html


@pytest.mark.parametrize("name", STORIES)
def test_a_story_begins_with_its_head(name: str) -> None:
    """And has something below it."""
    first, *rest = messages(STORIES[name][0])
    assert "header" in str(first["blocks"])
    assert rest


def test_a_message_on_a_phone_has_its_point_on_the_first_screen() -> None:
    """Headline and what to do come before anything that scrolls away: there are few blocks, the buttons last."""
    kinds = [block["type"] for block in render.blocks(message(), Kind.HEAD, mention=["S0123"])]
    assert kinds[:3] == ["header", "section", "section"]
    assert len(kinds) <= 7
