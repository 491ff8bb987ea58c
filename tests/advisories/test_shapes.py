"""Every shape that advisories come in."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisories import listed, read
from bot.types import AdvisoryState, Direction, Symptom

ISSUE = {"id": "EX1", "title": "Mail is late", "posts": []}
OVERVIEW = {"id": "Exchange", "service": "Exchange Online", "status": "serviceOperational"}
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "issues", "page", "incidents", "active_incidents", "Message", "posts", "id"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        (ISSUE, ["EX1"]),
        ([ISSUE, ISSUE], ["EX1", "EX1"]),
        ({"@odata.context": "x", "value": [ISSUE]}, ["EX1"]),
        ({"value": [{**OVERVIEW, "issues": [ISSUE]}]}, ["EX1"]),
        ({"value": [OVERVIEW]}, []),
        ({"value": []}, []),
        ([1, None, "x"], []),
        ("x", []),
    ],
)
def test_what_graph_answers_is_listed(document: object, ids: list[str]) -> None:
    assert [each.issue["id"] for each in listed(document)] == ids


def test_lists_inside_lists_come_to_an_end() -> None:
    document: object = ISSUE
    for _ in range(500):
        document = [document]
    assert list(listed(document)) == []


def only(document: Mapping[str, object] | list[object]) -> tuple[str, Mapping[str, object]]:
    (one,) = listed(document)
    return one.source, one.issue


def test_the_post_for_admins_is_read_only_when_something_is_wrong() -> None:
    post = {"Id": "guid", "AuthoredDateTime": "2026-05-01T08:00:00Z", "Title": "", "Message": "<div>x</div>"}
    assert list(listed({**post, "Status": "Available"})) == []
    source, issue = only({**post, "Status": "Service degradation"})
    reading = read(issue, source=source)
    assert (reading.id, reading.source) == ("status-microsoft-365-admin-center", "microsoft")
    assert (reading.state, reading.symptom) == (AdvisoryState.ONGOING, Symptom.ADMIN_ONLY)
    assert read(only({**post, "Status": "Service restored"})[1]).state is AdvisoryState.RESOLVED


def test_a_statuspage_is_read() -> None:
    page = {
        "page": {"name": "Proton"},
        "incidents": [
            {
                "id": "abc",
                "name": "Delays in sending mail",
                "status": "monitoring",
                "resolved_at": None,
                "created_at": "2026-05-01T08:00:00Z",
                "components": [{"name": "Proton Mail"}],
                "incident_updates": [{"created_at": "2026-05-01T09:00:00Z", "body": "We have implemented a fix."}],
            }
        ],
    }
    source, issue = only(page)
    reading = read(issue, source=source)
    assert (reading.source, reading.id, reading.is_mail) == ("Proton", "abc", True)
    assert (reading.symptom, reading.direction) == (Symptom.DELAYED, Direction.OUTBOUND)
    assert reading.state is AdvisoryState.RECOVERING


def test_an_instatus_page_is_read() -> None:
    page = {
        "page": {"name": "Fastmail"},
        "activeIncidents": [
            {
                "name": "Incoming mail is delayed",
                "started": "Fri May 01 2026 08:00:00 GMT+0000 (Coordinated Universal Time)",
                "status": "INVESTIGATING",
                "url": "https://status.example/incident/xyz",
            }
        ],
    }
    source, issue = only(page)
    reading = read(issue, source=source)
    assert (reading.source, reading.id, reading.is_mail) == ("Fastmail", "xyz", True)
    assert reading.start is not None
    assert list(listed({"page": {"name": "Fastmail", "status": "UP"}, "activeMaintenances": []})) == []


def test_an_incident_of_google_is_open_until_it_has_an_end() -> None:
    incident = {
        "id": "g1",
        "begin": "2026-05-01T08:00:00+00:00",
        "external_desc": "**Summary**\nGmail users see delays when receiving messages",
        "service_name": "Gmail",
        "affected_products": [{"title": "Gmail", "id": "1"}],
        "updates": [{"created": "2026-05-01T09:00:00+00:00", "text": "We are investigating."}],
    }
    source, issue = only([incident])
    reading = read(issue, source=source)
    assert (reading.source, reading.title) == ("Google Workspace", "Gmail users see delays when receiving messages")
    assert (reading.is_mail, reading.direction, reading.state) == (True, Direction.INBOUND, AdvisoryState.ONGOING)
    assert read(only([{**incident, "end": "2026-05-01T10:00:00Z"}])[1]).state is AdvisoryState.RESOLVED


def test_slack_is_not_mail() -> None:
    incident = {"id": 12, "title": "Messages load slowly", "status": "active", "notes": [{"body": "We look."}]}
    answer = {"status": "active", "date_created": "2026-05-01T08:00:00-07:00", "active_incidents": [incident]}
    source, issue = only(answer)
    reading = read(issue, source=source)
    assert (reading.source, reading.id, reading.is_mail, reading.product) == ("Slack", "slack-12", False, "Slack")


@given(JSON)
def test_any_document_is_listed_and_read(document: object) -> None:
    for each in listed(document):
        assert read(each.issue, source=each.source).source == each.source
