"""Queries."""

import pytest

from bot.demo.graph.odata import ODataError, matching, ordered, page_size, whole

ROWS = [
    {"id": "A", "isResolved": True, "service": "Exchange Online", "modified": "2023-07-17T10:00:00Z"},
    {"id": "B", "isResolved": False, "service": "Exchange Online", "modified": "2023-07-17T12:00:00Z"},
    {
        "id": "C",
        "isResolved": False,
        "service": "Ana's service",
        "modified": "2023-07-17T11:00:00Z",
        "endDateTime": None,
    },
]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        pytest.param("", "ABC", id="no filter lets all through"),
        pytest.param("isResolved eq false", "BC", id="booleans"),
        pytest.param("service eq 'Exchange Online' and isResolved eq false", "B", id="clauses joined by and"),
        pytest.param("isResolved eq false or modified ge 2023-07-17T10:00:00Z", "ABC", id="clauses joined by or"),
        pytest.param("id eq 'A' or id eq 'B' and isResolved eq true", "A", id="or binds less than and"),
        pytest.param("service eq 'Ana''s service'", "C", id="a doubled quote is one"),
        pytest.param("modified ge 2023-07-17T11:00:00Z", "BC", id="moments"),
        pytest.param("modified gt 2023-07-17T11:00:00Z", "B", id="later"),
        pytest.param("modified lt 2023-07-17T11:00:00Z", "A", id="earlier"),
        pytest.param("modified le 2023-07-17T11:00:00Z", "AC", id="not later"),
        pytest.param("service ne 'Exchange Online'", "C", id="others"),
        pytest.param("endDateTime ge 2023-07-17T11:00:00Z", "", id="null is after nothing"),
        pytest.param("missing eq null", "ABC", id="what is missing is null"),
    ],
)
def test_filters(query: str, ids: str) -> None:
    """Each lets through what it says."""
    assert "".join(row["id"] for row in matching(ROWS, query)) == ids


@pytest.mark.parametrize("query", ["nonsense", "a eq 1 xor b eq 2", "a like 'x'", "a eq 'open", "contains(a,'b')"])
def test_what_is_no_filter_is_an_error(query: str) -> None:
    """And never silently everything."""
    with pytest.raises(ODataError):
        matching(ROWS, query)


@pytest.mark.parametrize(
    ("order", "ids"), [("modified desc", "BCA"), ("modified", "ACB"), ("modified asc", "ACB"), ("", "ABC")]
)
def test_order(order: str, ids: str) -> None:
    """One field, up or down."""
    assert "".join(row["id"] for row in ordered(ROWS, order)) == ids


@pytest.mark.parametrize(
    ("prefer", "top", "size"),
    [
        ("", "", 100),
        ("odata.maxpagesize=2", "", 2),
        ('IdType="ImmutableId", odata.maxpagesize=5', "", 5),
        ("odata.maxpagesize=5000", "", 1000),
        ("odata.maxpagesize=50", "3", 3),
        ("odata.maxpagesize=0", "", 1),
    ],
)
def test_page_sizes(prefer: str, top: str, size: int) -> None:
    """The client may ask for less than the server gives."""
    assert page_size(prefer, top) == size


def test_counts_are_whole_numbers() -> None:
    """Anything else is an error."""
    assert whole("", 7) == 7
    with pytest.raises(ODataError):
        whole("-1", 0)
