"""Five real stories as people see them in Slack, on a phone's width, by day and by night: ``make pictures`` draws them."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.types import Kind
from bot.words import tell
from handlers.slack import render
from tests import kits
from tests.handlers.slack.shown import changes

FOLDER = Path(__file__).parents[3] / "docs" / "pictures" / "slack"
GROUP = "S0123456789"
WIDTH = 420
THEMES = ("light", "dark")
STORIES: Mapping[str, tuple[str, int]] = {
    "late-then-refused": ("july_2023", 800),
    "hours-before-the-vendor": ("first_post_hours_late", 780),
    "two-faults": ("two_faults_of_one_morning", 570),
    "gone-is-not-fixed": ("gone_is_not_fixed", 755),
    "cannot-see": ("a_blind_feed", 410),
}
"""The stories by the name of their picture, and how high their first messages are, in CSS pixels."""
MESSAGES = 2


def messages(story: str) -> list[dict[str, object]]:
    """Give what a channel shows: each incident's head, then what was said in its thread."""
    heads: set[str] = set()
    found: list[dict[str, object]] = []
    for change in changes(story)[:MESSAGES]:
        said = tell(change)
        kind = Kind.REPLY if said.incident in heads else Kind.HEAD
        heads.add(said.incident or "")
        blocks = render.blocks(said, kind, mention=[GROUP])
        found.append({"time": said.at.isoformat(), "blocks": _drawable(blocks)})
    return found


def page(name: str, theme: str) -> str:
    """Draw a story as HTML."""
    story, _ = STORIES[name]
    groups = [{"id": GROUP, "name": "it-on-call"}]
    asked = {"theme": theme, "title": name, "groups": groups, "messages": messages(story)}
    return kits.node("slack.mjs", stdin=json.dumps(asked))


def draw(name: str, theme: str) -> None:
    """Keep a picture of a story."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page(name, theme), encoding="utf-8")
        kits.screenshot(
            file, FOLDER / f"{name}-{theme}.png", width=WIDTH, height=STORIES[name][1], dark=theme == "dark"
        )


def _drawable(thing: Any) -> Any:  # noqa: ANN401 - JSON of any depth
    """Leave out ``verbatim``: the kit takes it for plain text, Slack for mrkdwn in which nothing is guessed."""
    if isinstance(thing, Mapping):
        return {name: _drawable(inner) for name, inner in thing.items() if name != "verbatim"}
    return [_drawable(inner) for inner in thing] if isinstance(thing, list) else thing


def names() -> Iterable[tuple[str, str]]:
    """Name every picture: the story and the theme."""
    return ((name, theme) for name in STORIES for theme in THEMES)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for picture in names():
        draw(*picture)
