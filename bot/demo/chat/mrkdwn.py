"""Slack's mrkdwn as HTML: what a person sees of it, and nothing that was not meant."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.demo.chat.signs import with_circles

_TOKEN = re.compile(r"<([^<>]*)>")
_KEPT = re.compile(r"\ue000(\d+)\ue001")
_LINKABLE = ("http", "https", "mailto")
_FORMATS = (
    (re.compile(r"(?<!\w)\*(?=\S)([^*\n]+?)(?<=\S)\*(?!\w)"), r"<strong>\1</strong>"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)"), r"<em>\1</em>"),
    (re.compile(r"(?<!\w)~(?=\S)([^~\n]+?)(?<=\S)~(?!\w)"), r"<s>\1</s>"),
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
)
_DATES: Mapping[str, str] = {
    "{time}": "%H:%M",
    "{time_secs}": "%H:%M:%S",
    "{date_num}": "%Y-%m-%d",
    "{date}": "%-d %B %Y",
    "{date_short}": "%-d %b %Y",
    "{date_long}": "%A, %-d %B %Y",
    "{date_pretty}": "%-d %B",
    "{date_short_pretty}": "%-d %b",
    "{date_long_pretty}": "%A, %-d %B",
}


def mrkdwn(text: str) -> Markup:
    """Show a mrkdwn text; times are told in UTC."""
    kept: list[Markup] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(_token(match[1]))
        return f"\ue000{len(kept) - 1}\ue001"

    shown = str(escape(decoded(_TOKEN.sub(keep, text.replace("\ue000", "").replace("\ue001", "")))))
    for pattern, replacement in _FORMATS:
        shown = pattern.sub(replacement, shown)
    lines = shown.replace("\n", "<br>")
    return with_circles(Markup(_KEPT.sub(lambda match: kept[int(match[1])], lines)))  # noqa: S704  escaped above


def plain(text: str) -> Markup:
    """Show a plain_text, in which nothing but the three entities is read."""
    return with_circles(escape(decoded(text)))


def decoded(text: str) -> str:
    """Undo Slack's escaping of ``&``, ``<`` and ``>``."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _token(inside: str) -> Markup:
    head, _, label = inside.partition("|")
    if head.startswith("!date^"):
        return _date(head, label)
    if head[:1] in ("!", "@", "#"):
        return Markup('<span class="mention">{}</span>').format(_mention(head, decoded(label)))
    shown = decoded(label or head)
    if urlsplit(head).scheme not in _LINKABLE:
        return escape(shown)
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(decoded(head), shown)


def _mention(head: str, label: str) -> str:
    if label:
        return label if label[0] in "@#" else f"{'#' if head[0] == '#' else '@'}{label}"
    return f"@{head[1:].removeprefix('subteam^')}" if head[0] == "!" else head


def _date(head: str, fallback: str) -> Markup:
    """``!date^seconds^form^link``: a form may hold several of the date's parts."""
    _, seconds, form, *_ = [*head.split("^", 3), "", ""]
    if not seconds.isdecimal():
        return escape(decoded(fallback))
    moment = datetime.fromtimestamp(int(seconds), UTC)
    for name, pattern in _DATES.items():
        form = form.replace(name, moment.strftime(pattern))
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), decoded(form))
