"""What stands in a channel, as plain text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.demo.chat.mrkdwn import decoded
from bot.demo.chat.slack_posts import Workspace
from bot.demo.chat.teams import Posted

_ESCAPED = re.compile(r"\\([^\w\s])")


def slack_texts(workspace: Workspace, since: datetime) -> list[str]:
    """Give the texts that were posted or edited since a moment of the story."""
    start = since.timestamp()
    return [decoded(post.text) for post in workspace.posts if float(post.edited or post.ts) >= start]


def teams_texts(posted: Sequence[Posted], since: datetime) -> list[str]:
    """Give the texts of the cards that were posted since a moment of the story."""
    return [" ".join(_said(card.card)) for card in posted if card.at >= since]


def _said(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if node.get("type") == "TextBlock":
            yield _ESCAPED.sub(r"\1", str(node.get("text", "")))
        for key in ("body", "items", "columns", "facts"):
            yield from _said(node.get(key))
        if "value" in node:
            yield f"{node.get('title', '')} {node['value']}"
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for part in node:
            yield from _said(part)
