"""The markdown of Adaptive Cards as HTML: what Teams shows of it."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.demo.chat.signs import with_circles

_KEPT = re.compile(r"\ue000(\d+)\ue001")
_ATOM = re.compile(
    r"\\(?P<literal>[^\w\s])"
    r"|\{\{(?P<function>DATE|TIME)\((?P<moment>[^,)}]+)(?:,\s*(?P<form>\w+))?\)\}\}"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<target>[^)\s]+)\)"
    r"|<at>(?P<at>.*?)</at>"
)
_DATE_FORMS = {"SHORT": "%a, %-d %b %Y", "LONG": "%A, %-d %B %Y", "COMPACT": "%-d/%-m/%Y"}
_FORMATS = (
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<!\w)[*_](?=\S)([^*_\n]+?)(?<=\S)[*_](?!\w)"), r"<em>\1</em>"),
)
_ITEM = re.compile(r"[-*] |\d+\. ")


def card_markdown(text: str) -> Markup:
    """Show a TextBlock's text: bold, italic, links, lists, dates; times are told in UTC."""
    kept: list[Markup] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(_atom(match))
        return f"\ue000{len(kept) - 1}\ue001"

    shown = str(escape(_ATOM.sub(keep, text.replace("\ue000", "").replace("\ue001", ""))))
    for pattern, replacement in _FORMATS:
        shown = pattern.sub(replacement, shown)
    lines = "<br>".join(_line(line) for line in re.split(r"\r\n?|\n+", shown))
    return with_circles(Markup(_KEPT.sub(lambda match: kept[int(match[1])], lines)))  # noqa: S704  escaped above


def _line(line: str) -> str:
    item = _ITEM.match(line)
    return f"• {line[item.end() :]}" if item and not line[0].isdecimal() else line


def _atom(match: re.Match[str]) -> Markup:
    if match["literal"] is not None:
        return escape(match["literal"])
    if match["function"]:
        return _moment(match)
    if match["at"] is not None:
        return Markup('<span class="mention">{}</span>').format(match["at"])
    label = re.sub(r"\\(.)", r"\1", match["label"])
    if urlsplit(match["target"]).scheme not in ("http", "https", "mailto"):
        return escape(label)
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(match["target"], label)


def _moment(match: re.Match[str]) -> Markup:
    try:
        moment = datetime.fromisoformat(match["moment"]).astimezone(UTC)
    except ValueError:
        return escape(match[0])
    form = "%H:%M" if match["function"] == "TIME" else _DATE_FORMS.get(match["form"] or "COMPACT", "%-d/%-m/%Y")
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), moment.strftime(form))
