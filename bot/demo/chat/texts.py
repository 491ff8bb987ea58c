"""What stands in a channel, as plain text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.demo.chat.mrkdwn import decoded
from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.chat.teams import Card, Posted

_ESCAPED = re.compile(r"\\([^\w\s])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text that could be read from a moment on."""

    at: datetime
    text: str


def slack_texts(workspace: Workspace) -> list[Said]:
    """Give every text that ever stood in a workspace, those that were edited away included."""
    versions = [(stamp, text) for post in workspace.posts for stamp, text in (*post.versions, _now(post))]
    return [Said(at=datetime.fromtimestamp(float(stamp), UTC), text=decoded(text)) for stamp, text in versions]


def teams_texts(posted: Sequence[Posted]) -> list[Said]:
    """Give the texts of all cards in a channel."""
    return [Said(at=card.at, text=" ".join(card_lines(card.card))) for card in posted]


def card_lines(card: Card) -> list[str]:
    """Give the texts of one card, block by block."""
    return list(_said(card))


def _now(post: SlackPost) -> tuple[str, str]:
    return post.edited or post.ts, post.text


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
