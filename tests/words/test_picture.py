from datetime import UTC, datetime, timedelta

import pytest

from bot.types import Direction
from bot.words import LANGUAGES
from bot.words.picture import Way, picture_words

SINCE = datetime(2026, 3, 2, 7, tzinfo=UTC)
UNTIL = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def way(**changes: object) -> Way:
    """Give a direction that is late."""
    late: dict[str, object] = {
        "direction": Direction.OUTBOUND,
        "arrived": 50,
        "failed": 0,
        "worst": timedelta(minutes=12),
    }
    return Way(**(late | changes))  # type: ignore[arg-type]  # examples are checked by what they test


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        pytest.param(way(), "Outgoing mail: up to 12 minutes.", id="late"),
        pytest.param(way(failed=40), "Outgoing mail: 40 of 90 failed.", id="most fail"),
        pytest.param(way(failed=5), "Outgoing mail: up to 12 minutes.", id="few fail, and the delay is the news"),
        pytest.param(way(arrived=0, failed=9, worst=None), "Outgoing mail: 9 of 9 failed.", id="none arrives"),
        pytest.param(way(over=True), "Outgoing mail: as usual again.", id="over"),
    ],
)
def test_each_direction_is_said_in_a_sentence(shown: Way, said: str) -> None:
    """What matters most about it."""
    assert picture_words("en").way(shown) == said


def test_who_cannot_see_the_picture_hears_it() -> None:
    """How bad it was, how it is, what is usual, and what the chart is of."""
    said = picture_words("en").spoken([way(over=True)], timedelta(seconds=2), SINCE, UNTIL)
    assert said == (
        "Outgoing mail: up to 12 minutes. Outgoing mail: as usual again. Usual: 2 seconds. "
        "Chart of how long test messages took, 07:00 UTC to 09:30 UTC."
    )


def test_what_is_usual_is_left_out_where_it_is_not_known() -> None:
    """And days are named where there are two."""
    said = picture_words("en").spoken([way()], None, SINCE - timedelta(days=1), UNTIL)
    assert said == (
        "Outgoing mail: up to 12 minutes. Chart of how long test messages took, Mar 1 07:00 UTC to Mar 2 09:30 UTC."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_own_words(language: str) -> None:
    """With the figures in them."""
    said = picture_words(language).spoken([way(), way(failed=40)], timedelta(seconds=2), SINCE, UNTIL)
    assert all(figure in said for figure in ("12", "40", "90", "2", "07:00"))
