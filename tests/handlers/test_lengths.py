"""Lengths of time as people type them."""

from datetime import timedelta

import pytest

from handlers.lengths import asks_length, length_of

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "length", "rest"),
    [
        ("1h", HOUR, ""),
        ("90m lunch", 90 * MINUTE, "lunch"),
        ("1h30 we know", 90 * MINUTE, "we know"),
        ("1h30m", 90 * MINUTE, ""),
        ("2 hours because of it", 2 * HOUR, "because of it"),
        ("1,5h", 90 * MINUTE, ""),
        ("2 Tage", 2 * DAY, ""),
        ("1 semaine", 7 * DAY, ""),
        ("3時間", 3 * HOUR, ""),
        ("for 2 hours we know", 2 * HOUR, "we know"),
        ("für 1 Tag", DAY, ""),
        ("for the night", timedelta(), "for the night"),
        ("1 d 2 h", DAY + 2 * HOUR, ""),
        ("5 mailboxes", timedelta(), "5 mailboxes"),
        ("30", timedelta(), "30"),
        ("1y", timedelta(), "1y"),
        ("", timedelta(), ""),
    ],
)
def test_a_length_is_read_from_the_front_and_the_rest_is_given_back(typed: str, length: timedelta, rest: str) -> None:
    """In the five languages; what is none is zero."""
    assert length_of(typed) == (length, rest)


def test_what_is_meant_as_a_length_is_told_from_a_reason() -> None:
    """``mute lunch`` is an hour, ``mute 30`` is a question back."""
    asked = ("30", "-1h", "forever", "until tomorrow", "jusqu'à demain", "for 2 hours")
    assert [typed for typed in asked if not asks_length(typed)] == []
    assert [typed for typed in ("lunch", "for lunch", "") if asks_length(typed)] == []
