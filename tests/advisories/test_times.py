"""Moments in feeds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisories.times import moment, printed, promised

POSTED = datetime(2026, 7, 18, 10, 55, tzinfo=UTC)
NOON = datetime(2026, 7, 18, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        pytest.param("2026-07-18T12:30:00Z", NOON, id="as Graph writes it"),
        pytest.param("2026-07-18T12:30:00.0000000Z", NOON, id="with more digits than a microsecond has"),
        pytest.param("2026-07-18T14:30:00+02:00", NOON, id="with a zone"),
        pytest.param("2026-07-18T12:30:00", NOON, id="without a zone it is UTC"),
        pytest.param("Sat Jul 18 2026 12:30:00 GMT+0000 (Coordinated Universal Time)", NOON, id="from JavaScript"),
        pytest.param("0001-01-01T00:00:00Z", None, id="the zero of .NET"),
        pytest.param("0001-01-01T00:00:00+14:00", None, id="before the first year in UTC"),
        pytest.param("soon", None, id="a word"),
        pytest.param(1234567, None, id="a number"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_moment_is_read_or_none(raw: object, at: datetime | None) -> None:
    assert moment(raw) == at


@pytest.mark.parametrize(
    "text",
    [
        "saturday, july 18, 2026, at 12:30 pm utc",
        "saturday, july 18, 2026 at 12:30 pm (utc)",
        "18 july 2026 12:30 utc",
        "2026-07-18 12:30 (utc)",
        "2026-07-18t12:30:00z",
        "7/18/2026, 12:30 pm utc",
        "july 18th, 2026, at 5:30 am pdt",
        "jul 18, 2026, 2:30 p.m. cest",
    ],
)
def test_a_date_is_found_in_every_form(text: str) -> None:
    assert printed(f"we will tell more by {text}.") == NOON


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("midnight: july 18, 2026, at 12:05 am utc", datetime(2026, 7, 18, 0, 5, tzinfo=UTC)),
        ("a day alone: july 18, 2026", datetime(2026, 7, 18, tzinfo=UTC)),
        ("june 31, 2026, at 1:00 pm", None),
        ("smarch 18, 2026", None),
        ("no date at all", None),
    ],
)
def test_odd_dates(text: str, at: datetime | None) -> None:
    assert printed(text) == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("next update by: saturday, july 18, 2026, at 12:30 pm utc", NOON, id="the label"),
        pytest.param("our next update is planned for 2026-07-18 12:30.", NOON, id="in a sentence"),
        pytest.param("next update by: saturday, july 18, 2025, at 12:30 pm utc", None, id="the wrong year"),
        pytest.param("next update by: saturday, june 18, 2026, at 12:30 pm utc", None, id="the wrong month"),
        pytest.param("next update by: december 18, 2026, at 12:30 pm utc", None, id="too far away to be true"),
        pytest.param("we'll provide an update within 30 minutes.", POSTED + timedelta(minutes=30), id="in minutes"),
        pytest.param("we will be back within half an hour.", POSTED + timedelta(minutes=30), id="in words"),
        pytest.param("expect more information in two hours", POSTED + timedelta(hours=2), id="in hours"),
        pytest.param("mail is late by 30 minutes; it leaves in 30 minutes", None, id="a delay is no promise"),
        pytest.param("start time: saturday, july 18, 2026, at 12:30 pm utc", None, id="another date"),
    ],
)
def test_the_next_update_is_found_where_it_can_be_true(text: str, at: datetime | None) -> None:
    assert promised(text, posted=POSTED) == at


def test_a_promise_far_from_now_is_left_out() -> None:
    text = "next update by: saturday, july 18, 2026, at 12:30 pm utc"
    assert promised(text, posted=POSTED, now=NOON + timedelta(days=1)) == NOON
    assert promised(text, posted=POSTED, now=NOON + timedelta(days=400)) is None


@given(st.text())
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    assert moment(text) is None or isinstance(moment(text), datetime)
    assert promised(text.lower(), posted=POSTED) is None or isinstance(promised(text.lower(), posted=POSTED), datetime)
