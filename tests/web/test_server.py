import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count

import httpx
import pytest

from bot.web.app import create_app, create_health_app
from bot.web.hosts import is_loopback
from bot.web.server import ASK, TICKS, ServeError, Server, bind, server
from tests.web.examples import alone, ports

SOON = 10


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("example.com", False)],  # noqa: S104 - not bound
)
def test_which_addresses_are_this_machine_alone(host: str, *, own: bool) -> None:
    assert is_loopback(host) is own


def test_beyond_this_machine_somebody_must_ask_who_it_is_and_the_error_names_the_settings() -> None:
    with pytest.raises(ServeError, match="MAILSTATUS_PAGE_TOKEN, or MAILSTATUS_PROXY_USER_HEADER"):
        bind("192.0.2.1", 0, guarded=False)


def test_an_address_that_is_not_ours_is_said() -> None:
    with pytest.raises(ServeError, match=r"cannot listen on 192\.0\.2\.1"):
        bind("192.0.2.1", 0, guarded=True)


def test_a_port_that_is_taken_is_said() -> None:
    with bind("127.0.0.1", 0, guarded=False) as taken, pytest.raises(ServeError, match="cannot listen"):
        bind("127.0.0.1", taken.getsockname()[1], guarded=False)


async def test_it_serves_and_stops_at_once_though_a_page_is_open() -> None:
    running = server(create_app(alone(ports())))
    listening = bind("127.0.0.1", 0, guarded=False)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    serving = asyncio.create_task(running.serve(sockets=[listening]))
    async with asyncio.timeout(SOON), httpx.AsyncClient() as client, client.stream("GET", f"{address}/live") as page:
        chunks = page.aiter_text()
        told = await anext(chunks)
        while "event: beat" not in told:
            told += await anext(chunks)
        running.should_exit = True
        rest = [chunk async for chunk in chunks]
        await serving
    assert "Sending mail fails." in told
    assert "server" not in page.headers
    assert len(rest) < 5


async def test_a_worker_that_has_no_pages_stops_as_well() -> None:
    house = alone(ports())
    running = server(create_health_app(house.health, tuple))
    async with asyncio.timeout(SOON), opened(running) as port, httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200


async def test_whoever_asks_nothing_is_hung_up_on_and_whoever_does_is_not() -> None:
    """A page that is followed is an answer that goes on."""
    running, passed = server(create_app(alone(ports()))), 0.0
    running.now = lambda: passed
    async with asyncio.timeout(SOON), opened(running) as port, AsyncExitStack() as lines:
        silent, slow, following, asking = [await lines.enter_async_context(line(port)) for _ in range(4)]
        slow[1].write(b"GET / HTTP/1.1\r\nHost: x")
        following[1].write(b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await following[0].readuntil(b"event: beat")
        for _ in range(3):
            asking[1].write(b"HEAD /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert (await asking[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 ")
            await looked(running)
            slow[1].write(b"x")
            passed += ASK * 0.6
        assert (await silent[0].read(), await slow[0].read()) == (b"", b"")
        await looked(running)
        assert [one[0].at_eof() for one in (following, asking)] == [False, False]


@asynccontextmanager
async def opened(running: Server) -> AsyncIterator[int]:
    """Have a server serve."""
    listening = bind("127.0.0.1", 0, guarded=False)
    serving = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        running.should_exit = True
        await serving


@asynccontextmanager
async def line(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect, and say nothing yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def looked(running: Server) -> None:
    """Wait until the server has looked at all its connections."""
    ticks, enough = count(1), asyncio.Event()

    def beat() -> None:
        if next(ticks) > TICKS + 1:
            enough.set()

    running.beat = beat
    await enough.wait()


def test_an_answer_does_not_wait_for_the_one_before_to_be_acknowledged() -> None:
    """Forty milliseconds each, and people and Slack would feel it."""
    with bind("127.0.0.1", 0, guarded=False) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
