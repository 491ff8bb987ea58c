"""Plain text out of what feeds print: HTML, entities, stray backslashes, mojibake and control characters."""

import html
import re
from collections.abc import Mapping

MOST_CHARACTERS = 40_000
"""Of one field; the longest real post is a tenth of that, and everything after here is linear in it."""
LONGEST_NUMBER = 64
"""Bits of an id that somebody wrote as a number."""

# One tag; "<" may not stand inside, so that a text full of "<" costs no more than its length.
_TAG = re.compile(r"(<[/!?a-zA-Z][^<>]*>)")
_NAME = re.compile(r"</?\s*([a-zA-Z0-9]+)")
_BLOCKS = frozenset(("address", "article", "br", "dd", "div", "dl", "dt", "hr", "li", "ol", "p", "pre", "section"))
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "ul"}
_SILENT = frozenset(("script", "style", "head"))
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
# Lone surrogates cannot be printed; the others hide or turn round what stands beside them.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_UNPRINTABLE = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# UTF-8 that was read as Windows-1252: a lead byte and the bytes that go with it.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]{1,3}"
)
# The same through the code page of a Windows console, as a captured answer of Graph shows it.
_CONSOLE = re.compile("\u00d4\u00c7.")
_BACKSLASHES = re.compile(r"\\+(?=\s|$)")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")
_TYPED = {ord("\u2018"): "'", ord("\u2019"): "'", ord("\u201c"): '"', ord("\u201d"): '"', ord("\u2011"): "-"}


def plain(value: object) -> str:
    """Turn any value of a JSON document into readable lines of text; what is no text becomes an empty one."""
    text = _string(value.get("content") if isinstance(value, Mapping) else value)[:MOST_CHARACTERS]
    text = _CONSOLE.sub(_from_console, _MOJIBAKE.sub(_repaired, text))
    if "<" in text:
        text = _without_tags(text)
    # A relay that escapes what is escaped already leaves an entity after the first time.
    for _ in range(2):
        if _ENTITY.search(text):
            text = html.unescape(text)
    text = _UNPRINTABLE.sub("\ufffd", _UNSEEN.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")
    text = _BACKSLASHES.sub("", _CONTROLS.sub(" ", text)).translate(_TYPED)
    return _BREAKS.sub("\n", _BLANKS.sub(" ", text)).strip()


def line(value: object) -> str:
    """Turn any value into one line of text."""
    return plain(value).replace("\n", " ")


def _string(value: object) -> str:
    if isinstance(value, str):
        return value
    number = isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < LONGEST_NUMBER
    return str(value) if number else ""


def _without_tags(text: str) -> str:
    kept: list[str] = []
    silent = ""
    for part in _TAG.split(text):
        tag = _NAME.match(part) if part.startswith("<") else None
        name = tag[1].lower() if tag else ""
        if name in _SILENT:
            silent = "" if part.startswith("</") else name
        elif name or part.startswith(("<!", "<?")):
            kept.append("\n" if name in _BLOCKS else "")
        elif not silent:
            kept.append(part)
    return "".join(kept)


def _repaired(match: re.Match[str]) -> str:
    run = match[0]
    for length in range(len(run), 1, -1):
        try:
            return run[:length].encode("cp1252").decode() + run[length:]
        except UnicodeError:
            continue
    return run


def _from_console(match: re.Match[str]) -> str:
    try:
        return match[0].encode("cp850").decode()
    except UnicodeError:
        return match[0]
