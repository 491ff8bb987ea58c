"""Who is let in from Slack's side."""

import hashlib
import hmac
from collections.abc import Callable, MutableMapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from handlers.door import BODY_LIMIT, RefusedError
from handlers.slack.guard import Guard
from tests.handlers.asgi import receiving
from tests.handlers.examples import NOW, TestClock

SECRET = "8f742231b10e8888"
BODY = urlencode({"command": "/mailstatus", "text": "details"}).encode()
FORM = "application/x-www-form-urlencoded"


def signed(body: bytes, at: datetime = NOW, *, kind: str = FORM, secret: str = SECRET) -> dict[str, str]:
    """Sign a body as Slack does."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


def request(headers: dict[str, str], method: str = "POST") -> MutableMapping[str, Any]:
    """Make an ASGI scope."""
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "method": method, "headers": raw}


async def refusal(headers: dict[str, str], body: bytes = BODY, *, method: str = "POST") -> int:
    """Be refused, and tell with which status."""
    with pytest.raises(RefusedError) as caught:
        await Guard(SecretStr(SECRET), now=lambda: NOW).admitted(request(headers, method), receiving(body))
    return caught.value.status


async def test_what_slack_signed_comes_in() -> None:
    """As text, with its headers."""
    body, headers = await Guard(SecretStr(SECRET), now=lambda: NOW).admitted(request(signed(BODY)), receiving(BODY))
    assert body == BODY.decode()
    assert headers["content-type"] == FORM


@pytest.mark.parametrize("ago", [timedelta(minutes=4, seconds=59), timedelta(seconds=-59)])
async def test_a_clock_may_be_a_little_off(ago: timedelta) -> None:
    """Five minutes back, one ahead."""
    headers = signed(BODY, NOW - ago)
    assert await Guard(SecretStr(SECRET), now=lambda: NOW).admitted(request(headers), receiving(BODY))


@pytest.mark.parametrize(
    ("broken", "status"),
    [
        pytest.param({"x-slack-signature": ""}, 401, id="unsigned"),
        pytest.param({"x-slack-signature": "v0=" + "a" * 64}, 401, id="signed by somebody else"),
        pytest.param({"x-slack-signature": "v0=" + "é" * 64}, 401, id="not even ASCII"),
        pytest.param({"x-slack-request-timestamp": ""}, 401, id="no time"),
        pytest.param({"x-slack-request-timestamp": "soon"}, 401, id="no number"),
        pytest.param({"x-slack-request-timestamp": "٣٤٥"}, 401, id="no ASCII number"),
        pytest.param({"x-slack-request-timestamp": "99999999999"}, 401, id="in the far future"),
        pytest.param({"content-type": "text/plain"}, 415, id="wrong content type"),
        pytest.param({"content-type": ""}, 415, id="no content type"),
        pytest.param({"content-length": "10485760"}, 413, id="says that it is huge"),
        pytest.param({"content-length": "-1"}, 413, id="a length that is none"),
    ],
)
async def test_whoever_is_not_slack_stays_out(broken: dict[str, str], status: int) -> None:
    """With a status, and without a traceback."""
    headers = {name: value.encode().decode("latin-1") for name, value in (signed(BODY) | broken).items()}
    assert await refusal(headers) == status


@pytest.mark.parametrize("ago", [timedelta(minutes=5, seconds=1), timedelta(minutes=-2)])
async def test_old_and_future_requests_stay_out(ago: timedelta) -> None:
    """Bolt lets the future in."""
    assert await refusal(signed(BODY, NOW - ago)) == 401


async def test_the_same_bytes_come_in_once() -> None:
    """Bolt lets them in three times."""
    guard = Guard(SecretStr(SECRET), now=lambda: NOW)
    await guard.admitted(request(signed(BODY)), receiving(BODY))
    with pytest.raises(RefusedError, match="seen before"):
        await guard.admitted(request(signed(BODY)), receiving(BODY))


async def test_what_was_seen_is_forgotten_when_it_is_too_old_to_come_in() -> None:
    """The memory is bounded by time."""
    clock = TestClock()
    guard = Guard(SecretStr(SECRET), now=clock.now)
    await guard.admitted(request(signed(BODY)), receiving(BODY))
    clock.at += timedelta(minutes=7)
    await guard.admitted(request(signed(BODY, clock.at)), receiving(BODY))
    assert len(guard._seen._seen) == 1


async def test_a_changed_body_is_not_what_was_signed() -> None:
    """Every byte counts."""
    assert await refusal(signed(BODY), BODY + b"&text=mute") == 401


async def test_a_huge_body_is_not_read_to_its_end() -> None:
    """Whatever its length says."""
    assert await refusal(signed(b""), b"x" * (BODY_LIMIT + 1)) == 413


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: (b'{"a":' * 5, "application/json"), id="truncated JSON"),
        pytest.param(lambda: (b"[" * 200_000, "application/json"), id="deeply nested"),
        pytest.param(lambda: (b"[]", "application/json"), id="no object"),
        pytest.param(lambda: (b"payload=nothing", FORM), id="a payload that is no JSON"),
        pytest.param(lambda: (b"payload=" + b"[" * 200_000, FORM), id="a deeply nested payload"),
        pytest.param(lambda: (b"text=\xff\xfe", FORM), id="not UTF-8"),
        pytest.param(lambda: (b"text=%ff%fe", FORM), id="not UTF-8 behind its escapes"),
        pytest.param(lambda: (b"a=1&" * 500, FORM), id="too many fields"),
    ],
)
async def test_what_cannot_be_parsed_stays_out_even_if_it_is_signed(make: Callable[[], tuple[bytes, str]]) -> None:
    """What comes behind has nothing to stumble over."""
    body, kind = make()
    assert await refusal(signed(body, kind=kind), body) == 400


async def test_only_post_is_understood() -> None:
    """A browser has nothing to see here."""
    assert await refusal(signed(b""), b"", method="GET") == 405


async def test_a_request_that_is_cut_off_is_dropped() -> None:
    """The other side is gone."""

    async def gone() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(RefusedError):
        await Guard(SecretStr(SECRET), now=lambda: NOW).admitted(request(signed(BODY)), gone)


def test_an_empty_secret_is_refused_at_the_start() -> None:
    """Everybody could sign with it."""
    with pytest.raises(ValueError, match="SLACK_SIGNING_SECRET"):
        Guard(SecretStr(""), now=lambda: NOW)


async def test_a_form_that_looks_like_json_is_json() -> None:
    """As slack_bolt reads it: broken, it would be an error of ours."""
    assert await refusal(signed(b"{"), b"{") == 400
