"""Coloured circles that look the same on machines without a font for emoji."""

import re
from collections.abc import Mapping

from markupsafe import Markup

_CIRCLES: Mapping[str, str] = {
    "🔴": "red",
    "🟠": "orange",
    "🟡": "yellow",
    "🟢": "green",
    "🔵": "blue",
    "⚪": "white",
    "⚫": "black",
}
_CIRCLE = re.compile("|".join(_CIRCLES))


def with_circles(shown: Markup) -> Markup:
    """Draw the circles among HTML that is escaped already."""
    return Markup(_CIRCLE.sub(_drawn, shown))  # noqa: S704  only our own elements are put in


def _drawn(match: re.Match[str]) -> str:
    colour = _CIRCLES[match[0]]
    return f'<span class="circle {colour}" role="img" aria-label="{colour} circle"></span>'
