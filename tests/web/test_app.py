import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from bot.web.app import create_app
from bot.web.health import Beat, Mouth
from bot.web.live import CLIENTS
from tests.web.examples import BAD, GOOD_HEALTH, alone, browser, ports

APP = create_app(alone(ports()))


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with method and path."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{scope['method']} {scope['path']}".encode()})


async def test_the_page_is_served_with_security_headers_and_never_kept() -> None:
    async with browser(APP) as client:
        answer = await client.get("/")
    assert answer.status_code == 200
    assert "Sending mail fails." in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_every_file_that_the_page_names_is_served_and_may_be_kept_for_ever() -> None:
    async with browser(APP) as client:
        html = (await client.get("/")).text
        for address in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', html)):
            answer = await client.get(address)
            assert answer.status_code == 200, address
            assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("query", ["", "?range=3h", "?range=7d", "?range=odd"])
async def test_the_chart_as_columns(query: str) -> None:
    async with browser(APP) as client:
        told = (await client.get(f"/delays.json{query}")).json()
    assert [way["key"] for way in told["directions"]] == ["outbound", "inbound", "internal"]
    assert all(len(way["median"]) == len(told["times"]) for way in told["directions"])


async def test_the_stream_begins_with_the_live_part() -> None:
    app = create_app(alone(ports()))
    sent: list[bytes] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(bytes(str(message.get("body", message.get("headers", ""))), "utf-8"))
        app.state.live.close()

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/live",
        "query_string": b"",
        "headers": [(b"host", b"localhost:8025")],
        "asgi": {"spec_version": "2.4"},
    }
    await app(scope, receive, send)  # type: ignore[arg-type]  # plain dicts are what a server gives
    told = b"".join(sent)
    assert b"text/event-stream" in told
    assert b"no-store" in told


async def test_too_many_pages_are_asked_to_come_later() -> None:
    app = create_app(alone(ports()))
    app.state.live.of("default").live.clients = CLIENTS
    async with browser(app) as client:
        answer = await client.get("/live")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


async def test_a_bot_that_works_is_alive_and_ready() -> None:
    async with browser(APP) as client:
        assert (await client.get("/healthz")).json() == {"alive": True, "stuck": []}
        assert (await client.get("/readyz")).json() == {"ready": True, "reasons": [], "shut": 0}


async def test_a_bot_that_hangs_or_cannot_tell_says_so_with_503() -> None:
    names = ("jobs", "mailbox:canary@contoso.com", "mailbox:ceo@contoso.com")
    hang = tuple(Beat(loop=name, age=timedelta(seconds=2), deadline=timedelta(seconds=1)) for name in names)
    app = create_app(alone(ports(health=replace(GOOD_HEALTH, tells=False, beats=hang))))
    async with browser(app) as client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    assert (alive.status_code, alive.json()["stuck"]) == (503, ["jobs", "mailbox"])
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["loop_stuck", "cannot_tell"])


async def test_the_destinations_that_take_nothing_are_counted_and_not_named() -> None:
    """Whoever asks for readiness may be anybody."""
    mouths = (Mouth(name="ops"), Mouth(name="it", error="the flow was deleted: https://flow.example/?sig=x"))
    async with browser(create_app(alone(ports(health=replace(GOOD_HEALTH, tells=False, mouths=mouths))))) as client:
        ready = await client.get("/readyz")
    assert ready.json() == {"ready": False, "reasons": ["cannot_tell"], "shut": 1}


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text; version=1.0.0"])
async def test_metrics_are_told_in_the_form_that_was_asked_for(accept: str) -> None:
    async with browser(APP) as client:
        answer = await client.get("/metrics", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(accept.partition(";")[0])
    assert 'mailstatus_direction_state{direction="outbound",state="severe"} 1.0' in answer.text


async def test_what_is_mounted_answers_at_its_path_and_below_and_guards_itself() -> None:
    app = create_app(alone(ports()), token=SecretStr("t"), mounts={"/slack/events": echo})
    async with browser(app) as client:
        assert (await client.post("/slack/events")).text == "POST /slack/events"
        assert (await client.get("/slack/events/more")).status_code == 200
        assert (await client.get("/")).status_code == 401
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/api/v1/status")).status_code == 401
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/", headers={"Authorization": "Bearer t"})).status_code == 200


async def test_links_are_shown() -> None:
    async with browser(create_app(alone(ports()), links={"Slack": "http://127.0.0.1:9/"})) as client:
        assert '<a href="http://127.0.0.1:9/">Slack</a>' in (await client.get("/")).text


async def test_the_page_is_packed_and_the_stream_is_not() -> None:
    async with browser(APP) as client:
        assert (await client.get("/", headers={"Accept-Encoding": "gzip"})).headers["content-encoding"] == "gzip"


async def test_a_feeds_error_stays_out_of_the_api() -> None:
    assert BAD.sources[1].error
    async with browser(APP) as client:
        assert BAD.sources[1].error not in (await client.get("/api/v1/status")).text


def test_making_the_app_does_not_import_what_only_the_api_needs() -> None:
    code = "import sys, bot.web.app; print(*(name for name in ('fastapi', 'alembic') if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 - our own
    assert done.stdout.strip() == ""
