from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from bot.web.app import UNGUARDED, create_app, create_health_app
from bot.web.limits import MOST_CLIENTS, PAGE, REFUSED, Allowance, Pace, Requests
from bot.web.live import CLIENTS
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
    return Requests(page, allowance=allowance, proxies=proxies, always=("/healthz",), free=("/static/",))


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


async def test_what_a_page_is_made_of_costs_nothing_to_whoever_may_see_it() -> None:
    """A browser asks for a dozen files at once."""
    app = limited()
    assert {(await asked(app, ANA, "/static/page.css")).status_code for _ in range(20)} == {200}
    assert [(await asked(app, ANA)).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert (await asked(app, ANA, "/static/page.css")).status_code == 429


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
    """Give the page, behind a token, with as many streams open as there may be: another would not end."""
    app = create_app(alone(ports()), token=SecretStr("t"))
    app.state.live.of("default").live.clients = CLIENTS
    return stopped(app)


def worker() -> Starlette:
    """Give what a worker answers, behind the same."""
    return stopped(create_health_app(alone(ports()).health, tuple, token=SecretStr("t")))


def stopped(app: Starlette) -> Starlette:
    """Have no time pass, however slow the machine is: nothing that was taken comes back."""
    middleware: list[Any] = list(app.user_middleware)
    (limit,) = [one for one in middleware if one.cls is Requests]
    limit.kwargs["allowance"]._now = Watch()
    return app


def addresses(app: Starlette) -> set[str]:
    """Give an address at and about each route of an application, and some that nothing answers."""
    routes = {route.path for route in app.routes if isinstance(route, Route | Mount)}
    about = {f"{path}{more}" for path in routes for more in ("", "/", "X", "/x", "/page.css", "/../metrics", "%2e")}
    return about | {
        "/nowhere",
        "/api/v1/status",
        "/tenants/default",
        "/tenants/default/",
        "/tenants/default/static/page.css",
    }


async def seen(app: Starlette, path: str, peer: str, token: str) -> int:
    """Ask with a token."""
    transport = httpx.ASGITransport(app, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        return (await client.get(path, headers={"Authorization": f"Bearer {token}"})).status_code


PLACES = [
    pytest.param(made, path, id=f"{made.__name__} {path}")
    for made in (pages, worker)
    for path in sorted(addresses(made()))
]


@pytest.mark.parametrize(("made", "path"), PLACES)
async def test_a_token_can_be_guessed_nowhere_without_end(made: Callable[[], Starlette], path: str) -> None:
    """At every route and about it; and nobody else is held back."""
    app, guesses = made(), int(PAGE.burst / 10) + 5
    statuses = {await seen(app, path, ANA, "guess") for _ in range(guesses)}
    if path in UNGUARDED:  # what asks for no token tells nobody whether one is right
        assert statuses == {await seen(app, path, ANA, "t")} == {200}
        return
    assert statuses == {401, 429}
    assert await seen(app, path, ANA, "t") == 429
    assert await seen(app, path, BOB, "t") not in {401, 429}


@pytest.mark.parametrize("pace", [PAGE, REFUSED])
def test_the_limits_bound_and_do_not_close(pace: Pace) -> None:
    """More than an office needs, fewer than a flood."""
    assert 100 <= pace.burst <= 2000
    assert 1 <= pace.a_second <= 50
