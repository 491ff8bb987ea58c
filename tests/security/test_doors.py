"""Every way in from outside: one list of doors, and the same attacks on each."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode

import pytest
import structlog
from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.vantage.wire import PATH as VANTAGE_PATH
from bot.vantage.wire import SIGNATURE, SPOOL, TIME, VANTAGE, micros, sign, write_batch
from bot.web.app import create_app
from bot.web.limits import REFUSED, Allowance, Refusals
from bot.web.proxies import NOBODY
from handlers.commands import Commands
from handlers.door import BODY_LIMIT, Receive
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.listen import PATH as SLACK_PATH
from handlers.slack.listen import SlackListener
from handlers.slack.manifest import INSTALL_PATH, REDIRECT_PATH
from handlers.teams.bot.listen import PATH as BOT_PATH
from handlers.teams.listen import PATH as TEAMS_PATH
from handlers.teams.listen import TeamsListener
from handlers.vantage.guard import Guard
from handlers.vantage.listen import Ports, VantageListener
from tests.handlers.asgi import Answered, receiving
from tests.handlers.asking import everybodys
from tests.handlers.examples import NOW, TestClock, snapshot
from tests.handlers.teams.bot.rig import activity, rig
from tests.web.examples import alone, browser, ports

SOON = 10
SECRET = "the-secret-of-this-door-0123456789"
Signed: TypeAlias = tuple[Mapping[str, str], bytes]


@dataclass(frozen=True, kw_only=True)
class Door:
    """A way in: ``signed`` makes an honest request of a body, by a secret."""

    app: ASGIApp
    body: bytes
    signed: Callable[[bytes, str], Mapping[str, str]]
    secret: str = SECRET

    async def knock(
        self, body: bytes, headers: Mapping[str, str], method: str = "POST", receive: Receive | None = None
    ) -> Answered:
        """Send a request, and give the answer; ``receive`` gives its body where it does not come as usual."""
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        answered = Answered()
        scope = {"type": "http", "method": method, "headers": raw, "path": "/", "client": ("203.0.113.7", 40000)}
        await self.app(scope, receive or receiving(body), answered.send)
        return answered


def commands() -> Commands:
    """Give people's desk over an example evening; nobody who gets in by an attack may save anything."""

    async def never(*_: object) -> None:
        raise AssertionError("somebody got in")

    orders = Orders(snapshot=snapshot, order=never, report=never, refused=never, clock=TestClock(), may=lambda _: True)
    return Commands(orders=orders)


@asynccontextmanager
async def slack(_: Path) -> AsyncIterator[Door]:
    """Open Slack's commands, buttons and events."""

    def signed(body: bytes, secret: str) -> Mapping[str, str]:
        stamp = str(int(NOW.timestamp()))
        digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        form = "application/x-www-form-urlencoded"
        return {"content-type": form, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}

    api = SlackApi(SecretStr("xoxb-1"), base_url="http://127.0.0.1:9/api/")
    listener = SlackListener(api, SecretStr(SECRET), everybodys(commands()), now=lambda: NOW)
    body = urlencode({"command": "/mailstatus", "text": "help", "user_id": "U1", "user_name": "ana", "team_id": "T1"})
    yield Door(app=listener, body=body.encode(), signed=signed)
    await api.aclose()


@asynccontextmanager
async def teams(_: Path) -> AsyncIterator[Door]:
    """Open the outgoing webhook of Teams."""

    def signed(body: bytes, secret: str) -> Mapping[str, str]:
        digest = hmac.new(base64.b64decode(secret), body, hashlib.sha256).digest()
        return {"authorization": f"HMAC {base64.b64encode(digest).decode()}"}

    key = base64.b64encode(SECRET.encode()).decode()
    listener = TeamsListener(SecretStr(key), commands, now=lambda: NOW)
    body = json.dumps({"type": "message", "timestamp": NOW.isoformat(), "text": "help", "from": {"name": "Ana"}})
    yield Door(app=listener, body=body.encode(), signed=signed, secret=key)


@asynccontextmanager
async def teams_bot(folder: Path) -> AsyncIterator[Door]:
    """Open the Teams bot, whose tokens are signed by Microsoft and do not sign the body."""
    async with rig(folder) as it:

        def signed(_: bytes, secret: str) -> Mapping[str, str]:
            changes = {} if secret == SECRET else {"aud": "somebody-else"}
            return {"authorization": f"Bearer {it.signer.token(it.url, **changes)}"}

        body = json.dumps(activity(it.url, text="<at>mailstatus</at> help")).encode()
        yield Door(app=it.listener, body=body, signed=signed)
        await it.dialogue.desks.saving.drain()


@asynccontextmanager
async def vantage(_: Path) -> AsyncIterator[Door]:
    """Open the way in of far vantages."""

    def signed(body: bytes, secret: str) -> Mapping[str, str]:
        headers = {VANTAGE: "tokyo", SPOOL: "0123456789abcdef", TIME: str(micros(NOW))}
        return {**headers, SIGNATURE: sign(SecretStr(secret), headers, body)}

    async def known(_vantage: str, _spool: str) -> Mapping[str, Any]:
        return {}

    async def take(*_: object, **__: object) -> None:
        raise AssertionError("somebody got in")

    ports = Ports(routes=(), known=known, take=take, suspects=lambda _: (), now=lambda: NOW)
    listener = VantageListener(Guard({"tokyo": SecretStr(SECRET)}, now=lambda: NOW), ports)
    yield Door(app=listener, body=write_batch((), offset=NOW - NOW), signed=signed)


DOORS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Door]]] = {
    SLACK_PATH: slack,
    TEAMS_PATH: teams,
    BOT_PATH: teams_bot,
    VANTAGE_PATH: vantage,
}
"""The doors that take what people and machines send, by their paths."""
PAGES_OF_SLACK = {INSTALL_PATH, REDIRECT_PATH}
"""Two more, which take no body; their attacks are in tests/handlers/slack/test_workspaces.py."""
OTHER_SECRET = base64.b64encode(b"another-secret-than-the-doors-0123456789").decode()


@pytest.fixture(params=DOORS)
async def door(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Door]:
    """Open each door."""
    async with DOORS[request.param](tmp_path) as opened:
        yield opened


def test_no_door_is_missing_from_the_list() -> None:
    """What is mounted beside the page is what is attacked here."""
    wiring = (Path(__file__).parents[2] / "bot" / "app" / "doors.py").read_text()
    mounted = set(re.findall(r"\{?([A-Z]+_PATH): ", wiring)) | ({"PATH"} if "vantages_door(bot)" in wiring else set())
    assert mounted == {"SLACK_PATH", "TEAMS_PATH", "BOT_PATH", "INSTALL_PATH", "REDIRECT_PATH", "PATH"}
    assert len(DOORS) + len(PAGES_OF_SLACK) == len(mounted)


async def test_an_honest_request_comes_in(door: Door) -> None:
    """Else no refusal below would mean anything."""
    assert (await door.knock(door.body, door.signed(door.body, door.secret))).status == 200


async def test_what_is_not_signed_is_refused_without_a_word(door: Door) -> None:
    """No header, an empty one, one of another form."""
    for value in (None, "", "x", "Bearer x", "HMAC x", "v0=" + "0" * 64, "\xff"):
        forged = dict.fromkeys(door.signed(door.body, door.secret), value)
        headers = {name: given for name, given in forged.items() if given is not None}
        answered = await door.knock(door.body, headers)
        assert 400 <= answered.status < 500
        assert answered.body == b""


async def test_what_somebody_else_signed_is_refused(door: Door) -> None:
    """By another secret, or for another bot."""
    assert (await door.knock(door.body, door.signed(door.body, OTHER_SECRET))).status in {401, 403}


async def test_a_body_that_was_changed_is_refused(door: Door) -> None:
    """The Teams bot's tokens sign no body: there TLS alone keeps it whole, and what is no activity is refused."""
    assert 400 <= (await door.knock(door.body[:-1] + b"!", door.signed(door.body, door.secret))).status < 500


async def test_a_body_that_is_too_large_is_refused(door: Door) -> None:
    """Whether it says so before or not."""
    large = b"x" * (BODY_LIMIT + 1)
    headers = door.signed(large, door.secret)
    assert (await door.knock(large, headers)).status == 413
    assert (await door.knock(door.body, {**headers, "content-length": str(10**12)})).status == 413
    assert (await door.knock(door.body, {**headers, "content-length": "-1"})).status == 413


async def test_a_body_that_does_not_come_is_waited_for_no_longer(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for so long")

    monkeypatch.setattr("handlers.door.BODY_WAIT", timedelta())
    async with asyncio.timeout(SOON):
        refused = await door.knock(door.body, door.signed(door.body, door.secret), receive=nothing)
    assert refused.status == 408


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 100_000, b"{", b"null", b"[]", b"\0" * 10])
async def test_what_is_signed_and_is_nonsense_breaks_nothing(door: Door, body: bytes) -> None:
    """It is refused, or taken for nothing; never an error of ours."""
    assert (await door.knock(body, door.signed(body, door.secret))).status < 500


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "x"])
async def test_only_a_post_is_taken(door: Door, method: str) -> None:
    """Nothing is changed by a link that somebody was led to."""
    assert (await door.knock(door.body, door.signed(door.body, door.secret), method)).status == 405


async def test_the_same_request_does_nothing_twice(door: Door) -> None:
    """Refused, or, by the Teams bot, given the answer that it was given before."""
    headers = door.signed(door.body, door.secret)
    first = await door.knock(door.body, headers)
    again = await door.knock(door.body, headers)
    assert again.status in {401, 409} or (again.status, again.body) == (first.status, first.body)


async def test_a_vantage_that_pushes_without_end_is_held_back(tmp_path: Path) -> None:
    """The other doors answer from memory, and Slack and Teams wait for each answer."""
    async with vantage(tmp_path) as door:
        seen = set()
        for number in range(130):
            headers = {VANTAGE: "tokyo", SPOOL: "0123456789abcdef", TIME: str(micros(NOW) + number)}
            headers[SIGNATURE] = sign(SecretStr(SECRET), headers, door.body)
            seen.add((await door.knock(door.body, headers)).status)
        assert seen == {200, 429}


def limited(door: Door) -> tuple[Door, dict[str, float]]:
    """Put a door behind its limit as the application does, at a clock that is set by hand."""
    clock = {"now": 0.0}
    allowance = Allowance(REFUSED, lambda: clock["now"])
    return replace(door, app=Refusals(door.app, allowance=allowance, proxies=NOBODY)), clock


async def test_a_flood_of_what_is_not_signed_is_told_to_wait_and_silences_nobody(door: Door) -> None:
    """By 429 with the time to wait; what is signed comes in from the same address in the middle of the flood."""
    behind, clock = limited(door)
    flood = [await behind.knock(door.body, {}) for _ in range(int(REFUSED.burst) + 20)]
    assert 429 not in {one.status for one in flood[: int(REFUSED.burst)]}
    assert {one.status for one in flood[int(REFUSED.burst) :]} == {429}
    assert (b"retry-after", b"1") in flood[-1].parts[0]["headers"]
    assert flood[-1].body == b""
    assert (await behind.knock(door.body, door.signed(door.body, door.secret))).status == 200
    clock["now"] += 1.0
    assert (await behind.knock(door.body, {})).status in {401, 415}


async def test_a_flood_fills_no_log(door: Door) -> None:
    """Its beginning is logged, and that it was held back, once."""
    behind, _ = limited(door)
    with structlog.testing.capture_logs() as events:
        for _ in range(3 * int(REFUSED.burst)):
            await behind.knock(door.body, {})
    assert len(events) == int(REFUSED.burst) + 1
    assert [one["client"] for one in events if one["event"] == "held_back"] == ["203.0.113.7"]


async def test_a_platforms_burst_is_never_held_back(tmp_path: Path) -> None:
    """Thousands of people ask within a minute, from a few addresses of Slack's."""
    async with slack(tmp_path) as door:
        behind, _ = limited(door)
        for number in range(20 * int(REFUSED.burst)):
            body = door.body + f"&n={number}".encode()
            assert (await behind.knock(body, door.signed(body, door.secret))).status == 200


@pytest.mark.parametrize("path", ["/", "/live", "/delays.json", "/metrics", "/healthz", "/readyz", "/api/v1/status"])
async def test_page_and_api_change_nothing(path: str) -> None:
    """They take nothing but reading, so there is nothing to forge; the installation in Slack has its own state."""
    async with browser(create_app(alone(ports()))) as client:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await client.request(method, path)).status_code == 405
