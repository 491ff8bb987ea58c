import pytest

from handlers.slack.fields import stands_at, text_at


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param({"user": {"id": "U1"}}, "U1", id="what Slack sends"),
        pytest.param({"user": {"id": ""}}, "", id="nothing"),
        pytest.param({"user": {}}, "", id="nobody"),
        pytest.param({"user": None}, "", id="no one"),
        pytest.param({"user": "U1"}, "", id="text where an object is expected"),
        pytest.param({"user": ["id"]}, "", id="a list where an object is expected"),
        pytest.param({"user": {"id": 7}}, "", id="a number"),
        pytest.param({"user": {"id": ["U1"]}}, "", id="a list"),
        pytest.param({"user": {"id": {"U1": "U1"}}}, "", id="an object"),
        pytest.param([], "", id="no object at all"),
        pytest.param({"user": {"id": "a\ud800b"}}, "a?b", id="what no database and no line can hold"),
    ],
)
def test_text_is_read_where_text_stands_and_nothing_else(body: object, text: str) -> None:
    """Whoever signed it."""
    assert text_at(body, "user", "id") == text


@pytest.mark.parametrize(
    ("event", "stands"),
    [({"tokens": {"bot": ["U9"]}}, True), ({"tokens": {"bot": []}}, False), ({"tokens": ["bot"]}, False), ({}, False)],
)
def test_something_stands_where_it_is_not_empty(event: object, *, stands: bool) -> None:
    """In whatever shape."""
    assert stands_at(event, "tokens", "bot") is stands
