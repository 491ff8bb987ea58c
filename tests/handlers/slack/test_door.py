"""Bad requests at the real door: the web server of the bot, sockets and all."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
import structlog
import structlog.testing
from pydantic import SecretStr

from bot.demo.served import served
from bot.types import Order, Person, Reported
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.listen import PATH, SlackListener
from tests.handlers.asking import everybodys
from tests.handlers.examples import NOW, TestClock, snapshot
from tests.handlers.slack.test_guard import FORM, SECRET, signed

MARK = "hunter2"
BODY = urlencode({"command": "/mailstatus", "text": MARK, "response_url": f"https://hooks.slack.com/{MARK}"}).encode()
JSON = "application/json"
LIMIT = 30.0


@dataclass
class Door:
    """The port of a listener."""

    port: int

    async def says(self, headers: Mapping[str, str] | list[tuple[str, str]], body: bytes, *, length: int = -1) -> int:
        """Send a request byte by byte as it is given, and read the status; 0 where the connection is just closed."""
        lines = [*(headers.items() if isinstance(headers, Mapping) else headers)]
        if not any(name == "transfer-encoding" for name, _ in lines):
            lines.append(("content-length", str(len(body) if length < 0 else length)))
        head = "".join(f"{name}: {value}\r\n" for name, value in [("host", "x"), ("connection", "close"), *lines])
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
        try:
            writer.write(body)
            await writer.drain()
            if length > len(body):
                writer.write_eof()
            async with asyncio.timeout(LIMIT):
                answer = await reader.read()
        except ConnectionError:
            answer = b""  # it had heard enough
        writer.close()
        return int(answer.split(b" ", 2)[1]) if answer else 0


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """Serve the listener."""

    async def order(_: Order) -> None:
        """Take an order."""

    async def report(_: Reported, _by: Person) -> None:
        """Take a report."""

    api = SlackApi(SecretStr("xoxb-1"), base_url="http://127.0.0.1:9/api/")
    orders = Orders(snapshot=snapshot, order=order, report=report, refused=order, clock=TestClock(), may=lambda _: True)
    async with served(
        SlackListener(api, SecretStr(SECRET), everybodys(Commands(orders=orders)), now=lambda: NOW)
    ) as port:
        yield Door(port)
    await api.aclose()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Give everything that was logged, ours and the libraries'."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as ours:
        yield lambda: caplog.text + json.dumps(ours, default=str)


Made = tuple[Mapping[str, str] | list[tuple[str, str]], bytes]


def of(body: bytes, at: datetime = NOW, *, kind: str = FORM, **more: str) -> Made:
    """Sign a request, and change it then."""
    return {**signed(body, at, kind=kind), **{name.replace("_", "-"): value for name, value in more.items()}}, body


def twice(name: str, value: str) -> Made:
    """Sign a request, and send one of its headers a second time."""
    return [*signed(BODY).items(), (name, value)], BODY


BAD: Mapping[str, Made] = {
    "unsigned": ({"content-type": FORM}, BODY),
    "signed by somebody else": (signed(BODY, secret="other"), BODY),
    "signed for another body": (signed(b"x"), BODY),
    "too old": of(BODY, NOW - timedelta(minutes=6)),
    "from the future": of(BODY, NOW + timedelta(minutes=4)),
    "10 MB": of(MARK.encode() * 1_500_000),
    "nested, JSON": of(b'{"a":' * 40_000 + b"1" + b"}" * 40_000, kind=JSON),
    "nested, payload": of(b"payload=" + b"[" * 200_000),
    "not UTF-8": of(b"text=\xff\xfe" + MARK.encode()),
    "wrong content type": of(BODY, kind="text/plain"),
    "no content type": of(BODY, content_type=""),
    "truncated JSON": of(f'{{"text": "{MARK}'.encode(), kind=JSON),
    "a form that is JSON": of(f'payload={{"text": "{MARK}"'.encode()),
    "two signatures": twice("x-slack-signature", "v0=" + "0" * 64),
    "two times": twice("x-slack-request-timestamp", "0"),
    "two content types": twice("content-type", "text/plain"),
    "a wrong signature before the right one": ([("x-slack-signature", "v0=" + "0" * 64), *signed(BODY).items()], BODY),
}


@pytest.mark.parametrize("name", BAD)
async def test_whoever_is_not_slack_is_refused_and_nothing_of_it_is_logged(
    door: Door, logged: Callable[[], str], name: str
) -> None:
    """With a status of its own fault, and no traceback."""
    headers, body = BAD[name]
    assert await door.says(headers, body) in {0, *range(400, 432)}
    assert MARK not in logged()
    assert "Traceback" not in logged()
    assert await door.says(*of(BODY)) == 200


async def test_the_same_bytes_come_in_once(door: Door, logged: Callable[[], str]) -> None:
    """Also over another connection."""
    assert [await door.says(*of(BODY)) for _ in range(2)] == [200, 401]
    assert MARK not in logged()


async def test_a_body_that_ends_too_early_is_dropped(door: Door, logged: Callable[[], str]) -> None:
    """The other side is gone; the next one is served."""
    headers, body = of(BODY)
    assert await door.says(headers, body[:20], length=len(body)) in {0, 400}
    assert MARK not in logged()
    assert "Traceback" not in logged()
    assert await door.says(*of(BODY)) == 200


async def test_a_chunked_body_comes_in_if_it_is_signed_and_small(door: Door, logged: Callable[[], str]) -> None:
    """Chunks say nothing of the length beforehand: it is counted."""
    chunk = b"%x\r\n%b\r\n" % (len(BODY), BODY)
    headers = {**signed(BODY), "transfer-encoding": "chunked"}
    assert await door.says(headers, chunk + b"0\r\n\r\n") == 200
    huge = b"".join(b"%x\r\n%b\r\n" % (65_536, b"x" * 65_536) for _ in range(160)) + b"0\r\n\r\n"
    headers = {**signed(b"x" * 65_536 * 160), "transfer-encoding": "chunked"}
    assert await door.says(headers, huge) in {0, 413}
    broken = {**signed(BODY, NOW - timedelta(seconds=1)), "transfer-encoding": "chunked"}
    assert await door.says(broken, b"zz\r\n" + MARK.encode()) in {0, 400}
    assert MARK not in logged()
