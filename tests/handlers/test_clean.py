"""What is made of text that nobody vouches for."""

import re

import pytest

from bot.types import Moment
from handlers.clean import clean, cut, spell, utc, width
from tests.handlers.examples import BEGAN

ANY = re.compile(r"&amp;|.", re.DOTALL)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("a\n\n b\tc", "a b c", id="white space is folded"),
        pytest.param("a\x00\x1bb", "a b", id="control characters become a blank"),
        pytest.param("pay\u202eliame", "payliame", id="nothing turns the direction of reading"),
        pytest.param("a\u200bb\ufeffc\ud800d", "abcd", id="what is not seen is dropped"),
        pytest.param("grüße 送信 🔴", "grüße 送信 🔴", id="other languages and signs stay"),
    ],
)
def test_text_is_folded_and_cannot_hide_or_turn_anything(given: str, expected: str) -> None:
    """White space, control and bidi characters."""
    assert clean(given) == expected


def test_what_fits_is_not_touched() -> None:
    """The limit itself still fits."""
    assert cut("12345", 5, atom=ANY) == "12345"


def test_what_does_not_fit_ends_with_an_ellipsis_within_the_limit() -> None:
    """The ellipsis counts."""
    assert cut("123456", 5, atom=ANY) == "1234…"


def test_an_entity_is_kept_whole_or_not_at_all() -> None:
    """Half an entity would be shown as such."""
    assert cut("ab&amp;cd", 6, atom=ANY) == "ab…"


def test_width_counts_as_the_widest_counter_does() -> None:
    """JavaScript counts two for what is outside the basic plane."""
    assert width("a🔴") == 3


def test_a_sentence_keeps_the_blanks_round_its_times() -> None:
    """Parts are folded each, and not stripped."""
    said = spell(("Since ", Moment(at=BEGAN), ", 9\nminutes."), escape=str.upper, moment=utc)
    assert said == "SINCE 05:00 UTC, 9 MINUTES."


def test_a_time_with_its_date_is_unambiguous() -> None:
    """Year, month, day."""
    assert utc(Moment(at=BEGAN, with_date=True)) == "2023-07-18 05:00 UTC"
