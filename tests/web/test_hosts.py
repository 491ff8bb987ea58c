from collections.abc import Mapping
from ipaddress import ip_network

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.web.app import UNGUARDED, create_app, create_health_app
from bot.web.hosts import REFUSAL
from bot.web.proxies import NOBODY, Proxies
from tests.web.examples import alone, browser, ports
from tests.web.test_app import echo

EVIL = "evil.example:8080"
PATHS = ("/", "/live", "/delays.json", "/static/page.css", "/metrics", "/api/v1/status", "/api/v1/openapi.json", "/x")


def page(token: SecretStr | None = None, proxies: Proxies = NOBODY) -> Starlette:
    """Give the page, with a way in beside it."""
    return create_app(alone(ports()), token=token, proxies=proxies, mounts={"/slack/events": echo})


def worker() -> Starlette:
    """Give what a worker answers."""
    return create_health_app(alone(ports()).health, tuple)


async def status(app: Starlette, path: str, host: str, headers: Mapping[str, str] | None = None) -> int:
    """Ask by a name."""
    async with browser(app) as client:
        return (await client.get(path, headers={"Host": host, **(headers or {})})).status_code


@pytest.mark.parametrize("path", PATHS)
async def test_a_strangers_name_that_leads_here_opens_nothing(path: str) -> None:
    """Whoever looks at their page on this machine would have theirs read ours."""
    async with browser(page()) as client:
        answer = await client.get(path, headers={"Host": EVIL})
    assert (answer.status_code, answer.text) == (421, REFUSAL)


async def test_a_worker_tells_its_figures_by_its_own_names_alone() -> None:
    """It has no page, and metrics."""
    assert await status(worker(), "/metrics", EVIL) == 421
    assert await status(worker(), "/metrics", "localhost:8025") == 200


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1:8025", 200),
        ("127.0.0.2", 200),
        ("localhost:9", 200),
        ("LOCALHOST", 200),
        ("[::1]:8025", 200),
        ("", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.168.1.5:8025", 421),
        ("2130706433", 421),
        ("[::1", 421),
        ("[::ffff:10.0.0.1]", 421),
    ],
)
async def test_the_names_of_this_machine(host: str, told: int) -> None:
    """Whatever the port is, which somebody may have forwarded."""
    assert await status(page(), "/api/v1/status", host) == told


@pytest.mark.parametrize("path", [*UNGUARDED, "/slack/events"])
async def test_orchestrators_and_chat_platforms_come_by_any_name(path: str) -> None:
    """The first are told conditions alone, and the others sign."""
    assert await status(page(), path, EVIL) == 200


async def test_with_a_token_or_a_proxy_any_name_will_do() -> None:
    """The token is asked for, and the proxy has names of its own."""
    guarded = page(SecretStr("t"))
    assert await status(guarded, "/", EVIL, {"Authorization": "Bearer t"}) == 200
    assert await status(guarded, "/", EVIL) == 401
    assert await status(page(proxies=Proxies(trusted=(ip_network("10.0.0.5"),))), "/", EVIL) == 200
