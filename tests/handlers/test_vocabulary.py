"""Words of a person's own."""

import pytest

from handlers.vocabulary import nearest

KNOWN = ("help", "history", "details", "explain", "ack", "unmute", "subscribe")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hlep", "help"),
        ("histroy", "history"),
        ("hist", "history"),
        ("detials", "details"),
        ("detail", "details"),
        ("expalin", "explain"),
        ("unmtue", "unmute"),
        ("subscirbe", "subscribe"),
        ("back", ""),
        ("hello", ""),
        ("hi", ""),
        ("", ""),
    ],
)
def test_a_mistyped_word_is_known_and_another_is_not_taken_for_one(typed: str, meant: str) -> None:
    """Short words look like too many others."""
    assert nearest(typed, KNOWN) == meant
