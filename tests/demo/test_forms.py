"""Web forms."""

import pytest
from starlette.requests import Request

from bot.demo.forms import form


def posted(body: bytes, content_type: str) -> Request:
    """Make a request as a server would."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    headers = [(b"content-type", content_type.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


@pytest.mark.parametrize(
    ("body", "content_type", "wanted"),
    [
        pytest.param(
            b"a=1&b=x%20y&c=", "application/x-www-form-urlencoded", {"a": "1", "b": "x y", "c": ""}, id="form"
        ),
        pytest.param(b"a=1", "application/x-www-form-urlencoded; charset=utf-8", {"a": "1"}, id="with a charset"),
        pytest.param(b'{"a": 1}', "application/json", {}, id="json is no form"),
        pytest.param(b"\xff=1", "application/x-www-form-urlencoded", {"�": "1"}, id="bad bytes crash nothing"),
    ],
)
async def test_forms_are_read(body: bytes, content_type: str, wanted: dict[str, str]) -> None:
    """Fields come as text, other bodies as none."""
    assert await form(posted(body, content_type)) == wanted
