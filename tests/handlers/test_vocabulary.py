"""Words of a person's own."""

import pytest

from handlers.vocabulary import nearest, words_of

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


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Is mail down?!", ["is", "mail", "down"]),
        ("¿Funciona el correo?", ["funciona", "el", "correo"]),
        ("メールが遅い", ["遅い", "メール"]),
        ("subscribe すべて", ["subscribe", "すべて"]),
        ("こんにちは", ["こんにちは"]),
    ],
)
def test_words_are_told_apart_also_where_no_blanks_stand_between_them(typed: str, words: list[str]) -> None:
    """And signs are none."""
    assert words_of(typed) == words
