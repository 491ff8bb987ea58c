"""SEARCH: which messages a client means."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeAlias

from bot.demo.imap.wire import Argument, WireError, is_set, numbers, text
from bot.demo.mail.mailbox import Stored

Found: TypeAlias = list[tuple[int, Stored]]
"""Messages with their sequence numbers."""
Test: TypeAlias = Callable[[int, Stored], bool]

_FLAGS = {
    "SEEN": "\\Seen",
    "DELETED": "\\Deleted",
    "FLAGGED": "\\Flagged",
    "ANSWERED": "\\Answered",
    "DRAFT": "\\Draft",
}
_HEADERS = ("SUBJECT", "FROM", "TO", "CC")
_DATES: dict[str, Callable[[date, date], bool]] = {
    "SINCE": lambda have, want: have >= want,
    "BEFORE": lambda have, want: have < want,
    "ON": lambda have, want: have == want,
}


def search(criteria: Sequence[Argument], messages: Found) -> Found:
    """Give the messages that match all criteria; ``WireError`` on one that is not known."""
    left = list(criteria)
    if left[:1] == ["CHARSET"]:
        left = left[2:]
    tests = []
    while left:
        tests.append(_test(left, messages))
    return [(number, stored) for number, stored in messages if all(test(number, stored) for test in tests)]


def _test(left: list[Argument], messages: Found) -> Test:
    """Take one criterion from the front of ``left``."""
    token = _next(left)
    if isinstance(token, list):
        inner = {stored.uid for _, stored in search(token, messages)}
        return lambda _, stored: stored.uid in inner
    key = token.upper()
    if key == "NOT":
        denied = _test(left, messages)
        return lambda number, stored: not denied(number, stored)
    if key == "OR":
        one, other = _test(left, messages), _test(left, messages)
        return lambda number, stored: one(number, stored) or other(number, stored)
    return _plain(key, left, messages)


def _plain(key: str, left: list[Argument], messages: Found) -> Test:
    if key == "ALL":
        return lambda _, __: True
    if key in _FLAGS or key.removeprefix("UN") in _FLAGS:
        return _flag(key)
    if key in _DATES:
        return _date(key, text(_next(left)))
    if key in (*_HEADERS, "HEADER"):
        name = text(_next(left)) if key == "HEADER" else key
        return _header(name, text(_next(left)))
    if key in ("TEXT", "BODY"):
        wanted = text(_next(left)).lower().encode()
        return lambda _, stored: wanted in stored.raw.lower()
    return _numbered(key, left, messages)


def _numbered(key: str, left: list[Argument], messages: Found) -> Test:
    if key == "UID":
        uids = set(numbers(text(_next(left)), [stored.uid for _, stored in messages]))
        return lambda _, stored: stored.uid in uids
    if not is_set(key):
        raise WireError(f"unknown search key {key}")
    chosen = set(numbers(key, [number for number, _ in messages]))
    return lambda number, _: number in chosen


def _flag(key: str) -> Test:
    flag = _FLAGS.get(key)
    if flag is not None:
        return lambda _, stored: flag in stored.flags
    absent = _FLAGS[key.removeprefix("UN")]
    return lambda _, stored: absent not in stored.flags


def _date(key: str, day: str) -> Test:
    try:
        wanted = datetime.strptime(day, "%d-%b-%Y").date()  # noqa: DTZ007  IMAP compares dates without a zone
    except ValueError as error:
        raise WireError(f"{day!r} is no date") from error
    compare = _DATES[key]
    return lambda _, stored: compare(stored.received.date(), wanted)


def _header(name: str, wanted: str) -> Test:
    """Look into a header; an empty value asks for the header itself, whatever it holds."""
    part = wanted.lower()

    def test(_: int, stored: Stored) -> bool:
        values = stored.headers.get_all(name) or []
        return any(part in str(value).lower() for value in values)

    return test


def _next(left: list[Argument]) -> Argument:
    if not left:
        raise WireError("a search key lacks its value")
    return left.pop(0)
