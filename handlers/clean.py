"""Untrusted text made harmless for every platform: control and bidi characters out, folded, cut to a limit."""

import re
from collections.abc import Callable
from datetime import UTC

from bot.types import Moment, Text

_FOLD = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DROP = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_ELLIPSIS = "…"


def clean(text: str) -> str:
    """Fold white space and control characters to single blanks, and drop what reorders or hides other characters."""
    return _FOLD.sub(" ", _DROP.sub("", text)).strip()


def width(text: str) -> int:
    """Count UTF-16 units, the largest count that any platform uses."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int, *, atom: re.Pattern[str]) -> str:
    """Keep at most ``limit`` UTF-16 units of escaped text, never splitting what ``atom`` matches as a whole."""
    if width(text) <= limit:
        return text
    kept: list[str] = []
    room = limit - len(_ELLIPSIS)
    for piece in atom.findall(text):
        room -= width(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + _ELLIPSIS


def spell(text: Text, *, escape: Callable[[str], str], moment: Callable[[Moment], str]) -> str:
    """Put a sentence together: strings folded and escaped, times in the platform's own form."""
    parts = (moment(part) if isinstance(part, Moment) else escape(_FOLD.sub(" ", _DROP.sub("", part))) for part in text)
    return "".join(parts).strip()


def utc(moment: Moment) -> str:
    """Write a moment for those who cannot be shown their own zone."""
    at = moment.at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M} UTC" if moment.with_date else f"{at:%H:%M} UTC"
