"""Sentences in the markdown of Adaptive Cards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.types import Moment
from handlers.clean import width
from handlers.teams.text import escape, markdown, plain
from tests.handlers.examples import BEGAN


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("<at>Ana</at>", "\u2039at\u203aAna\u2039/at\u203a", id="nobody is mentioned"),
        pytest.param("[here](https://evil.example)", r"\[here\]\(https://evil.example\)", id="no false link"),
        pytest.param("*b* _i_ ~s~ `c`", r"\*b\* \_i\_ \~s\~ \`c\`", id="nothing is formatted"),
        pytest.param("1. first", r"1\. first", id="no list with numbers"),
        pytest.param("- first", r"\- first", id="no list"),
        pytest.param("{{DATE(x)}}", "\u2774\u2774DATE\\(x\\)\u2775\u2775", id="no date function"),
    ],
)
def test_untrusted_words_are_shown_as_they_are(typed: str, shown: str) -> None:
    """Mentions, links, formatting, lists, functions."""
    assert escape(typed) == shown


def test_a_time_is_shown_in_the_readers_zone() -> None:
    """Whole seconds, UTC, and the day where it matters."""
    assert markdown(("Since ", Moment(at=BEGAN)), 100) == "Since {{TIME(2023-07-18T05:00:00Z)}}"
    dated = markdown((Moment(at=BEGAN, with_date=True),), 100)
    assert dated == "{{DATE(2023-07-18T05:00:00Z,SHORT)}} {{TIME(2023-07-18T05:00:00Z)}}"


def test_a_time_is_never_cut_in_two() -> None:
    """A broken function would be shown as text."""
    assert markdown(("Since ", Moment(at=BEGAN)), 20) == "Since…"


def test_what_is_spoken_has_times_in_utc_and_no_signs_of_markup() -> None:
    """Fallback text and speech."""
    assert plain(("Since ", Moment(at=BEGAN), " *now*"), 100) == "Since 05:00 UTC *now*"


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_whatever_is_written_stays_within_the_limit_and_harmless(typed: str, limit: int) -> None:
    """For any text: its width, no tag, no function, no half escape at its end."""
    shown = markdown((typed,), limit)
    assert width(shown) <= limit
    assert not set("<>{}") & set(shown)
    trailing = len(shown.removesuffix("…")) - len(shown.removesuffix("…").rstrip("\\"))
    assert trailing % 2 == 0
