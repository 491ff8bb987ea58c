"""What is printed in an advisory."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.advisories import marks
from bot.advisories.posts import Parts

AT = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("'503 5.5.1 Bad sequence'", ("503 5.5.1",)),
        ("550-5.7.705 and again 5.7.705", ("550 5.7.705",)),
        ("a bare 5.1.8", ("5.1.8",)),
        ("451 4.7.500 then 550 5.4.300", ("451 4.7.500", "550 5.4.300")),
        ("version 5.4.1.2 of 12.4.5.6 at 10.5.7.1", ()),
        ("HTTP 503", ()),
        ("3.2.1", ()),
    ],
)
def test_codes_are_given_as_printed(text: str, found: tuple[str, ...]) -> None:
    assert marks.codes([text]) == found


def test_ids_of_other_advisories_are_found() -> None:
    text = "EX100001 follows EX100000 and MO99999, see KB5001234, MC123456 and RFC5321, not xEX100002."
    assert marks.quotes([text], own="EX100001") == ("EX100000", "MO99999")


def test_endless_marks_are_cut() -> None:
    assert len(marks.quotes([f"EX{n}" for n in range(10_000, 11_000)], own="")) == marks.MOST_MARKS


def test_the_newest_cause_counts_and_a_told_one_where_none_has_a_label() -> None:
    assert marks.cause([Parts(AT, "", cause="old"), Parts(AT, "", cause="new"), Parts(AT, "")]) == "new"
    told = Parts(AT, "", status="We look. It was caused by a rule. We go on.")
    assert marks.cause([told]) == "It was caused by a rule."
    assert marks.cause([]) == ""


def test_the_newest_scope_counts() -> None:
    assert (
        marks.scope([Parts(AT, "", scope="many"), Parts(AT, "", scope="few\nof them"), Parts(AT, "")]) == "few of them"
    )


def test_the_start_in_the_text_counts_where_it_can_be_true() -> None:
    told = Parts(AT, "", start="Friday, May 1, 2026, at 6:00 AM UTC")
    early = datetime(2026, 5, 1, 6, tzinfo=UTC)
    assert marks.start(AT, [told]) == early
    assert marks.start(None, [told]) == early
    assert marks.start(AT, [Parts(AT, "")]) == AT
    assert marks.start(AT + timedelta(days=90), [told]) == AT + timedelta(days=90)


def test_the_end_in_the_text_counts_where_it_can_be_true() -> None:
    told = Parts(AT, "", end="Friday, May 1, 2026, at 7:00 AM UTC")
    early = datetime(2026, 5, 1, 7, tzinfo=UTC)
    assert marks.end(AT, None, [told]) == early
    assert marks.end(None, AT, [told]) == early
    assert marks.end(AT, AT, [told]) == AT
    assert marks.end(AT, None, []) == AT
