"""Sentences in the markdown of Adaptive Cards: escaped, then cut, with times in the reader's own zone."""

import re
from datetime import UTC
from html import unescape

from bot.types import Moment, Text
from handlers.clean import cut, spell, utc

_MARKS = re.compile(r"[\\*_\[\]()~`]")
# Teams reads <at> even behind a backslash, and {{ begins a date function: look-alikes are the only escape.
_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "{": "❴", "}": "❵"})  # noqa: RUF001 - a look-alike is the point
_LIST_START = re.compile(r"^(\d*)([-+#.])(?=\s)")
_ATOM = re.compile(r"\{\{[^}]*\}\}|\\.|.", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_MENTION = re.compile(r"<at>[^<>]*</at>")
_CHARACTER = re.compile(".", re.DOTALL)


def words(html: str) -> str:
    """Read what a person wrote out of the HTML that Teams makes of it, without mentions."""
    return unescape(_TAG.sub(" ", _MENTION.sub(" ", html))).strip()


def escape(text: str) -> str:
    """Make text that nobody vouches for show as it is: no mention, link, formatting, list or date function."""
    shown = _MARKS.sub(lambda mark: f"\\{mark[0]}", text.translate(_LOOKALIKES))
    return _LIST_START.sub(r"\1\\\2", shown)


def date_function(moment: Moment) -> str:
    """Write a moment so that Teams shows it in the reader's zone: whole seconds, UTC."""
    at = f"{moment.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{{{{DATE({at},SHORT)}}}} {{{{TIME({at})}}}}" if moment.with_date else f"{{{{TIME({at})}}}}"


def markdown(text: Text, limit: int) -> str:
    """Dress a sentence for a TextBlock of at most ``limit`` characters."""
    return cut(spell(text, escape=escape, moment=date_function), limit, atom=_ATOM)


def plain(text: Text, limit: int) -> str:
    """Dress a sentence for where nothing is formatted: fallback text and speech."""
    return cut(spell(text, escape=str, moment=utc), limit, atom=_CHARACTER)
