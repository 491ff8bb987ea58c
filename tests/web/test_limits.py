from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.web.app import create_app, create_health_app
from bot.web.limits import MOST_CLIENTS, PAGE, REFUSED, Allowance, Pace, Requests
from bot.web.proxies import NOBODY, Proxies
from tests.web.examples import alone, ports

ANA, BOB, PROXY = "203.0.113.7", "198.51.100.9", "10.0.0.5"
BEHIND = Proxies(trusted=(ip_network(PROXY),))


@dataclass
class Watch:
    """A clock that is set by hand, in seconds."""

    at: float = 100.0

    def __call__(self) -> float:
        """Give the time."""
        return self.at


async def asked(app: Requests, peer: str, path: str = "/", forwarded: str = "") -> httpx.Response:
    """Ask from an address."""
    transport = httpx.ASGITransport(app, client=(peer, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        return await client.get(path, headers={"X-Forwarded-For": forwarded} if forwarded else {})


def limited(status: int = 200, *, proxies: Proxies = NOBODY, watch: Watch | None = None) -> Requests:
    """Limit a page that answers everything alike to three requests, and one more every two seconds."""

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("x", status)(scope, receive, send)

    allowance = Allowance(Pace(burst=3, a_second=0.5), watch or Watch())
    return Requests(page, allowance=allowance, proxies=proxies, free=("/healthz", "/static/"))


async def test_whoever_asks_too_often_is_told_when_to_come_again() -> None:
    """And may, then."""
    watch = Watch()
    app = limited(watch=watch)
    assert [(await asked(app, ANA)).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert (await asked(app, ANA)).headers["retry-after"] == "2"
    watch.at += 2
    assert (await asked(app, ANA)).status_code == 200


async def test_others_are_not_held_back_with_them() -> None:
    """By address."""
    app = limited()
    assert {(await asked(app, ANA)).status_code for _ in range(9)} == {200, 429}
    assert (await asked(app, BOB)).status_code == 200


async def test_behind_a_proxy_each_client_counts_for_itself() -> None:
    """As the proxy says; what a client says of itself counts for nothing."""
    app = limited(proxies=BEHIND)
    statuses = [(await asked(app, PROXY, forwarded=f"192.0.2.{n}, {ANA}")).status_code for n in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert (await asked(app, PROXY, forwarded=BOB)).status_code == 200
    assert (await asked(app, BOB, forwarded=ANA)).status_code == 200


async def test_a_guess_costs_as_much_as_ten_requests() -> None:
    """So that a token cannot be found by trying."""
    assert [(await asked(limited(401), ANA)).status_code for _ in range(1)] == [401]
    app = limited(401)
    assert [(await asked(app, ANA)).status_code for _ in range(2)] == [401, 429]


async def test_health_is_always_told() -> None:
    """An orchestrator that is refused would end the bot."""
    app = limited()
    assert {(await asked(app, ANA, "/healthz")).status_code for _ in range(20)} == {200}


def test_clients_beyond_number_take_no_more_memory() -> None:
    """Those who have not asked for longest are forgotten."""
    allowance = Allowance(Pace(burst=2, a_second=0.1), Watch())
    for number in range(3 * MOST_CLIENTS):
        allowance.take(f"2001:db8:{number:x}::/64", 2)
    assert len(allowance._left) == MOST_CLIENTS
    assert not allowance.has(f"2001:db8:{3 * MOST_CLIENTS - 1:x}::/64")


def test_what_was_taken_comes_back_and_no_more_than_that() -> None:
    """However long it is."""
    watch = Watch()
    allowance = Allowance(Pace(burst=5, a_second=1), watch)
    allowance.take(ANA, 100)
    assert (allowance.has(ANA), allowance.wait(ANA)) == (False, 1)
    watch.at += 1e6
    allowance.take(ANA, 4.5)
    assert not allowance.has(ANA)


def pages() -> Starlette:
    """Give the page, behind a token."""
    return create_app(alone(ports()), token=SecretStr("t"))


def worker() -> Starlette:
    """Give what a worker answers, behind the same."""
    return create_health_app(alone(ports()).health, tuple, token=SecretStr("t"))


@pytest.mark.parametrize("made", [pages, worker])
async def test_a_guesser_is_held_back_and_nobody_else(made: Callable[[], Starlette]) -> None:
    """The whole application, with its own limits."""
    app = made()
    guesses = int(PAGE.burst / 10) + 5

    async def seen(peer: str, token: str) -> int:
        transport = httpx.ASGITransport(app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            return (await client.get("/metrics", headers={"Authorization": f"Bearer {token}"})).status_code

    assert {await seen(ANA, "guess") for _ in range(guesses)} == {401, 429}
    assert await seen(BOB, "t") == 200


@pytest.mark.parametrize("pace", [PAGE, REFUSED])
def test_the_limits_bound_and_do_not_close(pace: Pace) -> None:
    """More than an office needs, fewer than a flood."""
    assert 100 <= pace.burst <= 2000
    assert 1 <= pace.a_second <= 50
