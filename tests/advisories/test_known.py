"""The meaning of a text, worked out once for all tenants that have it listed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from bot.advisories import meaning, read, shared
from tests.advisories.samples import TOLD, issue

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROMISE = {
    "id": "EX1",
    "isResolved": False,
    "posts": [
        {
            "createdDateTime": "2026-11-23T11:00:00Z",
            "description": {"content": "Next update by: Monday, November 23, 2026, at 2:00 PM UTC"},
        }
    ],
}


@pytest.mark.parametrize("row", TOLD, ids=lambda row: row["title"])
def test_it_is_the_reading_that_reading_anew_would_give(row: Mapping[str, Mapping[str, object]]) -> None:
    text: Mapping[str, object] = issue(row)  # type: ignore[arg-type]  # a row of JSON
    for now in (NOON, NOON + timedelta(days=3000)):
        assert meaning(text, source="microsoft", now=now) == read(text, source="microsoft", now=now)


def test_the_same_text_is_read_once_whoever_has_it_listed() -> None:
    first = meaning(PROMISE, source="microsoft", now=NOON)
    assert meaning(dict(reversed(PROMISE.items())), source="microsoft", now=NOON + timedelta(minutes=1)) is first
    assert meaning(PROMISE, source="elsewhere", now=NOON) is not first


def test_a_promise_that_is_too_far_from_now_is_left_out_for_who_reads_it_then() -> None:
    assert meaning(PROMISE, source="microsoft", now=NOON).next_update == NOON + timedelta(hours=2)
    assert meaning(PROMISE, source="microsoft", now=NOON + timedelta(days=100)).next_update is None
    assert meaning(PROMISE, source="microsoft", now=NOON).next_update is not None


def test_a_reading_that_was_saved_is_the_one_that_others_hold() -> None:
    mine, theirs = (read(PROMISE, source="a tenant's own", now=NOON) for _ in range(2))
    assert mine is not theirs
    assert shared(theirs) is shared(mine)
