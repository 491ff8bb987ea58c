import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.watch.status_readers import READERS, Issue, aws, google, instatus, microsoft, rss, slack, statuspage


def raw(page: object) -> bytes:
    return json.dumps(page).encode()


POST = {
    "Id": "972a3801", "AuthoredDateTime": "2026-09-16T18:30:21+00:00", "LastUpdatedTime": "2026-09-18T21:24:00.49+00:00",
    "Title": "", "Message": "<div>Admins may not get in.</div>", "Status": "Service degradation",
}  # fmt: skip
GOOGLE = {
    "id": "g1", "begin": "2026-11-23T10:00:00+00:00", "external_desc": "Gmail is slow", "status_impact": "SERVICE_DISRUPTION",
    "service_name": "Gmail", "affected_products": [{"title": "Gmail", "id": "x"}], "uri": "incidents/g1",
    "updates": [{"when": "2026-11-23T11:00:00+00:00", "text": "later"}, {"when": "2026-11-23T10:05:00+00:00", "text": "first"}],
}  # fmt: skip
SLACK = {
    "status": "active",
    "active_incidents": [
        {"id": 1, "title": "Slow", "status": "active", "url": "https://s/1", "date_created": "2026-11-23T10:00:00-07:00",
         "notes": [{"date_created": "2026-11-23T10:10:00-07:00", "body": "Looking."}]},
    ],
}  # fmt: skip
STATUSPAGE = {
    "page": {"name": "Proton"},
    "incidents": [
        {"id": "p1", "name": "Mail late", "status": "investigating", "started_at": "2026-11-23T10:00:00Z", "shortlink": "https://stspg.io/1",
         "incident_updates": [{"created_at": "2026-11-23T10:01:00Z", "body": "We look."}]},
    ],
}  # fmt: skip
INSTATUS = {
    "page": {"name": "Fastmail", "status": "HASISSUES"},
    "activeIncidents": [
        {"name": "API down", "started": "Sat Jun 11 2022 18:55:50 GMT+0000 (Coordinated Universal Time)",
         "status": "INVESTIGATING", "impact": "MAJOROUTAGE", "url": "https://i/1"},
    ],
}  # fmt: skip
AWS = [
    {"arn": "a1", "service_name": "SES", "date": "1795428000", "status": "3", "summary": "Sending fails",
     "event_log": [{"timestamp": 1795428060, "message": "We look.", "status": 3}]},
    {"arn": "a0", "service_name": "SES", "date": "1795428000", "status": "0", "summary": "Over"},
]  # fmt: skip
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Azure Status</title>
<item><guid>z1</guid><link>https://z</link><title>Portal &amp; login</title><description>&lt;p&gt;Looking.&lt;/p&gt;</description>
<pubDate>Mon, 01 Jun 2026 13:15:00 Z</pubDate>{status}</item></channel></rss>"""

PAGES = {
    "microsoft": (raw(POST), "972a3801", "2026-09-16T18:30:21+00:00"),
    "google": (raw([GOOGLE]), "g1", "2026-11-23T10:00:00+00:00"),
    "slack": (raw(SLACK), "1", "2026-11-23T10:00:00-07:00"),
    "statuspage": (raw(STATUSPAGE), "p1", "2026-11-23T10:00:00Z"),
    "instatus": (raw(INSTATUS), "https://i/1", "2022-06-11T18:55:50+00:00"),
    "aws": (b"\xff\xfe" + json.dumps(AWS).encode("utf-16-le"), "a1", "2026-11-23T10:00:00+00:00"),
    "rss": (RSS.format(status="").encode(), "z1", "2026-06-01T13:15:00+00:00"),
}


@pytest.mark.parametrize("name", READERS)
def test_each_reader_gives_what_is_open_in_the_shape_of_an_advisory(name: str) -> None:
    """With its id, its start, and all that a reader of advisories expects."""
    body, id_, start = PAGES[name]
    (issue,) = READERS[name](body)
    assert (issue["id"], issue["startDateTime"], issue["isResolved"]) == (id_, start, False)
    assert issue["title"]
    assert issue["service"]
    assert isinstance(issue["posts"], list)


def test_posts_are_given_oldest_first_and_their_last_is_the_change() -> None:
    """Google and others list the newest first."""
    (issue,) = google(raw([GOOGLE]))
    assert issue["posts"] == [
        {"createdDateTime": "2026-11-23T10:05:00+00:00", "description": {"contentType": "html", "content": "first"}},
        {"createdDateTime": "2026-11-23T11:00:00+00:00", "description": {"contentType": "html", "content": "later"}},
    ]
    assert issue["lastModifiedDateTime"] == "2026-11-23T11:00:00+00:00"
    assert issue["webUrl"] == "https://www.google.com/appsstatus/dashboard/incidents/g1"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("microsoft", raw({**POST, "Status": "Available"})),
        ("microsoft", raw([{**POST, "Status": "Operational"}])),
        ("google", raw([{**GOOGLE, "end": "2026-11-23T12:00:00+00:00"}])),
        ("google", raw([])),
        ("slack", raw({"status": "ok", "active_incidents": []})),
        ("statuspage", raw({"page": {"name": "x"}, "incidents": []})),
        ("instatus", raw({"page": {"name": "x", "status": "UP"}})),
        ("aws", "[]".encode("utf-16")),
        ("rss", RSS.format(status="<status>Available</status>").encode()),
        ("rss", b"<rss><channel><title>Azure</title></channel></rss>"),
    ],
)
def test_a_page_that_is_well_gives_nothing(name: str, body: bytes) -> None:
    """Empty means nothing, and over is over."""
    assert READERS[name](body) == []


def test_microsofts_time_of_the_request_is_not_a_change() -> None:
    """LastUpdatedTime moves with every request."""
    later = {**POST, "LastUpdatedTime": "2026-09-19T00:00:00+00:00", "InternalDateTime": "2026-09-19T00:00:00+00:00"}
    assert microsoft(raw(POST)) == microsoft(raw(later))
    assert microsoft(raw(POST))[0]["title"] == "Microsoft 365 admin center: Service degradation"


def test_microsofts_standing_item_in_a_feed_is_told_when_its_status_is_bad() -> None:
    """Its title alone never changes."""
    (issue,) = rss(RSS.format(status="<status>Service degradation</status>").encode())
    assert (issue["status"], issue["title"]) == ("Service degradation", "Portal & login")


def test_an_item_whose_date_cannot_be_read_has_none() -> None:
    """It is told all the same."""
    (issue,) = rss(RSS.format(status="").replace("Mon, 01 Jun 2026 13:15:00 Z", "soon").encode())
    assert (issue["id"], issue["startDateTime"]) == ("z1", None)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("slack", b"<html>"),
        ("slack", raw({"status": "ok"})),
        ("statuspage", raw({"page": {"name": "x"}, "incidents": None})),
        ("google", raw({"error": 1})),
        ("instatus", raw([])),
        ("aws", raw([{"arn": "a", "status": "?"}])),
        ("rss", b"<rss/>"),
        ("rss", b'<!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>'),
        ("rss", "<!DOCTYPE x><rss><channel/></rss>".encode("utf-16")),
        ("rss", b"{}"),
    ],
)
def test_a_page_of_another_shape_is_an_error(name: str, body: bytes) -> None:
    """It must not pass for a page that is well."""
    with pytest.raises((ValueError, KeyError, TypeError, SyntaxError)):
        READERS[name](body)


@pytest.mark.parametrize(
    ("reader", "page"),
    [
        (slack, {"active_incidents": [{"id": 1, "title": "t", "status": "s"}]}),
        (statuspage, {"page": {"name": "x"}, "incidents": [{"id": 1, "name": "t", "status": "s"}]}),
        (instatus, {"page": {"name": "x"}, "activeIncidents": [{"name": "t", "status": "s", "started": "today"}]}),
        (aws, [{"arn": "a", "summary": "t", "status": 2}]),
    ],
)
def test_what_a_page_leaves_out_is_left_out(reader: object, page: object) -> None:
    """Only id, title and status are needed."""
    assert callable(reader)
    issues: list[Issue] = reader(raw(page))
    assert [(issue["title"], issue["startDateTime"], issue["posts"]) for issue in issues] == [("t", None, [])]


@given(
    st.sampled_from(sorted(READERS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "page",
                        "incidents",
                        "active_incidents",
                        "activeIncidents",
                        "id",
                        "Id",
                        "Status",
                        "name",
                        "arn",
                        "status",
                        "end",
                    ]
                ),
                inner,
            )
        ),
        max_leaves=20,
    ),
)
def test_no_json_breaks_a_reader_in_another_way(name: str, page: object) -> None:
    """It is read or refused."""
    try:
        assert isinstance(READERS[name](raw(page)), list)
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, OverflowError, OSError) as refused:
        assert refused  # noqa: PT017  # either is right
