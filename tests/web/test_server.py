import asyncio
import socket

import httpx
import pytest

from bot.web.app import create_app
from bot.web.server import ServeError, bind, is_loopback, server
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


def test_an_answer_does_not_wait_for_the_one_before_to_be_acknowledged() -> None:
    """Forty milliseconds each, and people and Slack would feel it."""
    with bind("127.0.0.1", 0, guarded=False) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
