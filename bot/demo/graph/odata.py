"""The little of OData that service health is asked with."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]

DEFAULT_PAGE = 100
MOST_A_PAGE = 1000
_CLAUSE = re.compile(r"\s*(\w+)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[^\s']+)\s*")
_JOIN = re.compile(r"(and|or) ")
_Test: TypeAlias = tuple[str, str, object]
_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda have, want: have == want,
    "ne": lambda have, want: have != want,
    "gt": lambda have, want: have is not None and have > want,
    "ge": lambda have, want: have is not None and have >= want,
    "lt": lambda have, want: have is not None and have < want,
    "le": lambda have, want: have is not None and have <= want,
}


class ODataError(ValueError):
    """The query cannot be understood; its text is Graph's message."""


def matching(rows: Sequence[Row], query: str) -> list[Row]:
    """Give the rows that ``$filter`` lets through: clauses joined by ``and`` and ``or``; else ``ODataError``."""
    ways = _ways(query)
    return [
        row for row in rows if any(all(_TESTS[test](row.get(name), value) for name, test, value in way) for way in ways)
    ]


def ordered(rows: Sequence[Row], order: str) -> list[Row]:
    """Give the rows by ``$orderby``: one field and ``desc`` or ``asc``."""
    name, _, direction = order.strip().partition(" ")
    if not name:
        return list(rows)
    return sorted(rows, key=lambda row: str(row.get(name, "")), reverse=direction.strip() == "desc")


def page_size(prefer: str, top: str) -> int:
    """Give how many rows a page has, by the header ``Prefer`` and ``$top``."""
    wanted = re.search(r"odata\.maxpagesize=(\d+)", prefer)
    size = min(int(wanted[1]), MOST_A_PAGE) if wanted else DEFAULT_PAGE
    return max(1, min(size, whole(top, size)))


def whole(text: str, otherwise: int) -> int:
    """Read a number that is not negative; ``ODataError`` if it is none."""
    if not text:
        return otherwise
    if not text.isdecimal():
        raise ODataError(f"Invalid value '{text}' for a count.")
    return int(text)


def _ways(query: str) -> list[list[_Test]]:
    """Read the clauses: groups of them joined by ``or``, which binds less than ``and``."""
    ways: list[list[_Test]] = [[]]
    place = 0
    while place < len(query):
        clause = _CLAUSE.match(query, place)
        if clause is None:
            raise ODataError(f"Invalid filter clause: unexpected text at position {place} in '{query}'.")
        ways[-1].append((clause[1], clause[2], _literal(clause[3])))
        place = clause.end()
        if place < len(query):
            word, place = _joined(query, place)
            ways += [[]] if word == "or" else []
    return ways


def _joined(query: str, place: int) -> tuple[str, int]:
    word = _JOIN.match(query, place)
    if word is None:
        raise ODataError(f"Invalid filter clause: only 'and' and 'or' join clauses here, in '{query}'.")
    return word[1], word.end()


def _literal(text: str) -> object:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    return {"true": True, "false": False, "null": None}.get(text, text)
