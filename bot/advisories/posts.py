"""Posts of an advisory: in order of time, told once, cut at their labels."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.advisories.clean import plain
from bot.advisories.times import moment
from bot.types import Post

MOST_POSTS = 400
"""Kept of one advisory, the newest; the longest real one has about a hundred."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for a time that nobody gave, so that order by position is left."""

# Label as printed -> part. Microsoft's labels since 2020, those of 2012 to 2016, and those inside a list of scenarios.
LABELS: Mapping[str, str] = {
    "title": "title",
    "user impact": "impact",
    "customer impact": "impact",
    "impact": "impact",
    "user experience": "more",
    "more info": "more",
    "more information": "more",
    "additional information": "more",
    "workaround": "more",
    "still impacted": "more",
    "remaining impact": "more",
    "recovered": "recovered",
    "mitigated": "recovered",
    "current status": "status",
    "final status": "final",
    "latest message": "status",
    "scope of impact": "scope",
    "affected regions": "scope",
    "start time": "start",
    "incident start time": "start",
    "end time": "end",
    "incident end time": "end",
    "estimated time to resolve": "estimate",
    "estimated restoration": "estimate",
    "preliminary root cause": "cause",
    "initial root cause": "cause",
    "root cause": "cause",
    "next steps": "steps",
    "next update by": "next",
    "next update": "next",
}
_NAMES = "|".join(sorted(map(re.escape, LABELS), key=len, reverse=True))
# Run together ("... FormsUser Impact:") only the capital shows where a label begins; in lower case it must open a line.
_CAPITALS = "|".join(f"{name[0].upper()}(?i:{name[1:]})" for name in sorted(LABELS, key=len, reverse=True))
_LABEL = re.compile(rf"(?:({_CAPITALS})|^((?i:{_NAMES})))\s?:\s*", re.MULTILINE)
# "A post-incident report has been published.": housekeeping, days after the end, often three times.
_NOTICE = re.compile(r"\bpost[- ]incident (?:report|review)|\bpir\b", re.IGNORECASE)
LONGEST_NOTICE = 220


@dataclass(frozen=True, slots=True)
class Parts:
    """One post cut at its labels; ``loose`` is what stands under none."""

    at: datetime
    text: str
    loose: str = ""
    title: str = ""
    impact: str = ""
    more: str = ""
    recovered: str = ""
    status: str = ""
    final: str = ""
    scope: str = ""
    start: str = ""
    end: str = ""
    estimate: str = ""
    cause: str = ""
    steps: str = ""
    next: str = ""


def posts(value: object, *, fallback: datetime | None = None) -> tuple[Post, ...]:
    """Give the real posts in order of time, each text once; ``fallback`` dates those without a date."""
    items = value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else ()
    dated = sorted(_dated(items, fallback or NEVER), key=lambda post: post.at)
    once: dict[str, Post] = {}
    for post in dated:
        if post.text and not is_notice(post.text):
            once.setdefault(post.text, post)
    return tuple(once.values())[-MOST_POSTS:]


def is_notice(text: str) -> bool:
    """Tell whether a post only says that a report about the past was published."""
    return len(text) <= LONGEST_NOTICE and _NOTICE.search(text) is not None and _LABEL.search(text) is None


def parts(post: Post) -> Parts:
    """Cut a post at its labels, wherever they stand; a label that comes twice gathers both."""
    pieces = _LABEL.split(post.text)
    found: dict[str, list[str]] = {"loose": [pieces[0]]}
    for run_on, at_line, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        name = (run_on or at_line).lower()
        found.setdefault(LABELS[name], []).append(text.strip())
    return Parts(post.at, post.text, **{name: "\n".join(filter(None, texts)) for name, texts in found.items()})


def _dated(items: Sequence[object], fallback: datetime) -> Iterator[Post]:
    at = fallback
    for item in items:
        body = item.get("description", item.get("body")) if isinstance(item, Mapping) else item
        at = (moment(item.get("createdDateTime")) if isinstance(item, Mapping) else None) or at
        yield Post(at=at, text=plain(body))
