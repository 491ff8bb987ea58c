"""Small advisories for tests, in our own words."""

import json
from collections.abc import Mapping
from pathlib import Path

from bot.advisories.posts import parts, posts
from bot.advisories.rules import Facts, facts

TOLD = tuple(json.loads(line) for line in (Path(__file__).parent / "told.jsonl").read_text("utf-8").splitlines())
"""Advisories with one post each, and what each means."""


def issue(row: Mapping[str, str]) -> dict[str, object]:
    """Give a row of ``TOLD`` as Graph would."""
    post = f"Title: {row['title']}\n\nUser impact: {row['impactDescription']}\n\n{row['post']}"
    given = {key: row[key] for key in ("id", "service", "status", "isResolved", "title", "impactDescription")}
    return {**given, "posts": [{"createdDateTime": "2026-05-01T09:00:00Z", "description": {"content": post}}]}


def seen(
    title: str, text: str = "", *, impact: str = "", service: str = "Exchange Online", ident: str = "EX1"
) -> Facts:
    """Give what rules look at for an advisory with one post."""
    told = posts([{"createdDateTime": "2026-05-01T09:00:00Z", "description": text}])
    return facts([parts(post) for post in told], title=title, impact=impact, service=service, ident=ident)
