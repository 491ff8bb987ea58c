"""One advisory in, its meaning out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisories import read
from bot.types import Action, AdvisoryState, Direction, Reading, Symptom
from tests.advisories.samples import TOLD, issue

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = ["id", "title", "impactDescription", "service", "status", "isResolved", "startDateTime", "endDateTime"]
KEYS += ["lastModifiedDateTime", "feature", "posts", "classification"]
WORDS = "mail late send receive cannot outlook users admins ndr 550 5.7.1 quarantine search title: user impact: EX12345"
SENTENCES = st.lists(st.sampled_from(WORDS.split()), max_size=60).map(" ".join)
POSTS = st.lists(
    st.fixed_dictionaries({"createdDateTime": st.text(max_size=30) | st.none(), "description": JSON | SENTENCES}),
    max_size=4,
)


@pytest.mark.parametrize("row", TOLD, ids=lambda row: row["title"])
def test_it_means_what_a_mail_admin_would_say(row: Mapping[str, Mapping[str, object]]) -> None:
    reading = read(issue(row))  # type: ignore[arg-type]  # a row of JSON
    assert {key: getattr(reading, key) for key in row["means"]} == row["means"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON | SENTENCES | POSTS))
def test_any_json_object_ends_in_a_reading(raw: dict[str, object]) -> None:
    reading = read(raw)
    assert isinstance(reading, Reading)
    assert all(value.encode() is not None for value in (reading.id, reading.title, reading.cause, reading.scope))
    if not reading.is_mail:
        assert (reading.direction, reading.action) == (Direction.NONE, Action.NOTHING)
        assert reading.symptom in (Symptom.ADMIN_ONLY, Symptom.OTHER)


def test_all_that_is_printed_is_kept() -> None:
    reading = read(
        {
            "id": "EX555001",
            "title": "Users can't send mail",
            "service": "Exchange Online",
            "status": "ServiceDegradation",
            "isResolved": False,
            "impactDescription": "Users can't send mail to Gmail recipients.",
            "startDateTime": "2026-05-01T12:00:00Z",
            "lastModifiedDateTime": "2026-05-01T14:00:00Z",
            "posts": [
                {
                    "createdDateTime": "2026-05-01T14:00:00Z",
                    "description": {
                        "content": "More info: They see '503 5.5.1 Bad sequence of commands'.<br/>"
                        "Current status: This follows from EX555000.<br/>Scope of impact: Anybody in Europe.<br/>"
                        "Start time: Friday, May 1, 2026, at 9:00 AM UTC<br/>Root cause: A faulty relay.<br/>"
                        "Next update by: Friday, May 1, 2026, at 4:00 PM UTC"
                    },
                }
            ],
        },
    )
    assert (reading.codes, reading.quotes) == (("503 5.5.1",), ("EX555000",))
    assert (reading.scope, reading.places, reading.parties) == ("Anybody in Europe.", ("Europe",), ("Gmail",))
    assert (reading.cause, reading.status) == ("A faulty relay.", "ServiceDegradation")
    assert reading.start == datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert reading.modified == datetime(2026, 5, 1, 14, tzinfo=UTC)
    assert reading.next_update == datetime(2026, 5, 1, 16, tzinfo=UTC)
    assert (reading.symptom, reading.action) == (Symptom.SEND_FAILS, Action.RESEND_BOUNCED)


def test_an_unknown_status_is_kept_as_it_is() -> None:
    assert read({"id": "EX1", "title": "Mail is late", "status": "somethingNew"}).status == "somethingNew"


def test_a_record_without_a_title_has_that_of_its_newest_post() -> None:
    assert read({"id": "EX1", "posts": [{"description": "Title: Mail is late"}]}).title == "Mail is late"


def test_a_closed_advisory_promises_nothing() -> None:
    text = "Final status: Fixed. Next update by: Friday, May 1, 2026, at 4:00 PM UTC"
    post = {"createdDateTime": "2026-05-01T14:00:00Z", "description": text}
    reading = read({"id": "EX1", "title": "Mail is late", "isResolved": True, "posts": [post]})
    assert (reading.state, reading.next_update) == (AdvisoryState.RESOLVED, None)


def test_a_report_about_the_past_does_not_reopen() -> None:
    closed = {"createdDateTime": "2026-05-01T14:00:00Z", "description": "Final status: Fixed."}
    report = {"createdDateTime": "2026-05-05T14:00:00Z", "description": "A post-incident report has been published."}
    reading = read({"id": "EX1", "title": "Mail is late", "posts": [report, closed, report]})
    assert reading.state is AdvisoryState.RESOLVED
    assert [post.text for post in reading.posts] == ["Final status: Fixed."]


ROUGH: Mapping[str, Callable[[str], str]] = {
    "run together": lambda text: text.replace("\n\n", ""),
    "as HTML": lambda text: "<p>" + escape(text).replace("\n\n", "</p><p>") + "</p>",
    "escaped twice": lambda text: escape(escape(text)),
    "with hard spaces": lambda text: text.replace(": ", ":&nbsp;"),
    "in the wrong encoding": lambda text: text.replace("'", "\u2019").encode().decode("cp1252"),
    "with stray backslashes": lambda text: text.replace("\n\n", "\\\n\n"),
}


@pytest.mark.parametrize("rough", ROUGH)
def test_roughness_does_not_change_the_meaning(rough: str) -> None:
    for row in TOLD:
        raw = issue(row)
        post = raw["posts"][0]  # type: ignore[index]  # a list of one post
        description = {"contentType": "html", "content": ROUGH[rough](post["description"]["content"])}
        told = read({**raw, "posts": [{**post, "description": description}]})
        assert {key: getattr(told, key) for key in row["means"]} == row["means"], row["title"]
