"""Posts in order, told once, cut at their labels."""

from datetime import UTC, datetime

import pytest

from bot.advisories.posts import MOST_POSTS, NEVER, is_notice, parts, posts
from bot.types import Post

AT = datetime(2026, 5, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 5, 1, 9, tzinfo=UTC)


def post(at: datetime | None, text: str) -> dict[str, object]:
    return {"createdDateTime": at.isoformat() if at else None, "description": {"content": text}}


def test_posts_are_sorted_by_time_and_then_by_position() -> None:
    told = posts([post(LATER, "third"), post(AT, "first"), post(AT, "second")])
    assert [each.text for each in told] == ["first", "second", "third"]


def test_a_post_that_is_repeated_is_told_once_where_it_stood_first() -> None:
    told = posts([post(AT, "same"), post(AT, "other"), post(LATER, "same")])
    assert [(each.at, each.text) for each in told] == [(AT, "same"), (AT, "other")]


def test_notices_about_reports_are_no_posts() -> None:
    told = posts([post(AT, "Mail is late."), post(LATER, "A post-incident report has been published.")])
    assert [each.text for each in told] == ["Mail is late."]


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("A post-incident report has been published.", True),
        ("The Post Incident Review is available below.", True),
        ("Final status: It works. We'll publish a post-incident report within five business days.", False),
        ("Mail is late.", False),
    ],
)
def test_a_notice_is_short_and_has_no_labels(text: str, notice: bool) -> None:  # noqa: FBT001 - a row's answer
    assert is_notice(text) is notice


def test_a_post_without_a_date_has_that_of_the_one_before() -> None:
    told = posts([post(AT, "a"), post(None, "b")], fallback=LATER)
    assert [each.at for each in told] == [AT, AT]
    assert posts([post(None, "a")], fallback=LATER)[0].at == LATER
    assert posts([post(None, "a")])[0].at == NEVER


@pytest.mark.parametrize("odd", [None, "text", 3, {"a": 1}, [None, True, [], {}, {"description": None}]])
def test_what_is_no_list_of_posts_has_none(odd: object) -> None:
    assert posts(odd) == ()


def test_a_bare_text_in_the_list_is_a_post() -> None:
    assert posts(["Mail is late."])[0].text == "Mail is late."


def test_only_the_newest_of_endless_posts_are_kept() -> None:
    told = posts([post(AT, f"post {n}") for n in range(MOST_POSTS + 5)])
    assert len(told) == MOST_POSTS
    assert told[-1].text == f"post {MOST_POSTS + 4}"


@pytest.mark.parametrize(
    "text",
    [
        "Title: Late mail\n\nUser impact: Mail is late.\n\nCurrent status: We look.\n\nNext update by: noon",
        "Title: Late mailUser Impact: Mail is late.Current Status: We look.Next Update by: noon",
        "Title: Late mail User impact: Mail is late. Current status: We look. Next update by: noon",
        "TITLE: Late mail\nUSER IMPACT: Mail is late.\ncurrent status: We look.\nnext update by: noon",
    ],
    ids=["on lines", "run together", "with blanks", "in any case at the start of a line"],
)
def test_a_post_is_cut_at_its_labels(text: str) -> None:
    cut = parts(Post(at=AT, text=text))
    assert (cut.title, cut.impact, cut.status, cut.next) == ("Late mail", "Mail is late.", "We look.", "noon")


def test_what_has_no_label_is_loose() -> None:
    assert parts(Post(at=AT, text="Mail is late. We look.")).loose == "Mail is late. We look."


def test_scenarios_that_recovered_are_kept_apart_from_those_that_last() -> None:
    cut = parts(Post(at=AT, text="More info: STILL IMPACTED: Search. RECOVERED: Mail flow."))
    assert (cut.more, cut.recovered) == ("Search.", "Mail flow.")


def test_a_label_that_comes_twice_gathers_both() -> None:
    cut = parts(Post(at=AT, text="More info: a\nUser Experience: b\nRoot cause: c\nPreliminary root cause: d"))
    assert (cut.more, cut.cause) == ("a\nb", "c\nd")
