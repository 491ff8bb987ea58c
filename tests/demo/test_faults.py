"""Faults of HTTP stand-ins, over real connections."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.demo.faults import Answer, Drop, Fault, Faults, Faulty, Hang, html_answer, json_answer
from bot.demo.served import served


class Counting:
    """An app that counts what reaches it, behind faults."""

    def __init__(self) -> None:
        """Begin at none."""
        self.faults = Faults()
        self.served = 0
        self.url = ""
        self.app = Faulty(Starlette(routes=[Route("/{any:path}", self._serve)]), self.faults)

    async def _serve(self, _: Request) -> Response:
        self.served += 1
        return PlainTextResponse("fine")


@pytest.fixture
async def counting() -> AsyncIterator[Counting]:
    """Serve one."""
    counting = Counting()
    async with served(counting.app) as port:
        counting.url = f"http://127.0.0.1:{port}"
        yield counting


async def get(counting: Counting, path: str = "/", limit: float = 5) -> httpx.Response:
    """Ask once, on a connection of its own."""
    async with httpx.AsyncClient(trust_env=False, timeout=limit) as http:
        return await http.get(counting.url + path)


async def test_an_answer_takes_the_place_of_the_true_one(counting: Counting) -> None:
    """Status, headers and body are the fault's, and the app hears nothing."""
    counting.faults.switch_on(json_answer(429, {"error": "slow down"}, {"Retry-After": "2.128"}))
    answer = await get(counting)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2.128")
    assert answer.json() == {"error": "slow down"}
    assert counting.served == 0


async def test_html_comes_where_json_was_expected(counting: Counting) -> None:
    """As from a proxy that wants a password."""
    counting.faults.switch_on(html_answer())
    answer = await get(counting)
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_a_fault_can_be_meant_for_a_few_requests(counting: Counting) -> None:
    """Then everything works again by itself."""
    counting.faults.switch_on(Answer(status=500), times=2)
    assert [(await get(counting)).status_code for _ in range(3)] == [500, 500, 200]


async def test_a_fault_can_be_meant_for_a_path(counting: Counting) -> None:
    """Other paths do not notice."""
    counting.faults.switch_on(Answer(status=503), path="/bad")
    assert (await get(counting, "/good")).status_code == 200
    assert (await get(counting, "/so/bad")).status_code == 503
    counting.faults.switch_off()
    assert (await get(counting, "/so/bad")).status_code == 200


@pytest.mark.parametrize(("fault", "reached"), [(Drop(accepted=False), 0), (Drop(accepted=True), 1)])
async def test_a_dropped_connection_says_nothing(counting: Counting, fault: Fault, reached: int) -> None:
    """Only the app knows whether the request was done."""
    counting.faults.switch_on(fault, times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await get(counting)
    assert counting.served == reached
    assert (await get(counting)).text == "fine"


async def test_a_hanging_server_waits_for_the_clients_patience(counting: Counting) -> None:
    """And it can be stopped all the same."""
    counting.faults.switch_on(Hang(), times=1)
    with pytest.raises(httpx.ReadTimeout):
        await get(counting, limit=0.05)
    assert counting.served == 0
