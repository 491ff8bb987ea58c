from collections.abc import Sequence
from ipaddress import ip_network

import httpx
import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from bot.web.app import create_app
from bot.web.guard import Guard
from bot.web.house import Keys
from bot.web.proxies import PERSON, Proxies
from tests.web.examples import alone, ports

PROXY, STRANGER = "10.0.0.5", "203.0.113.7"
PROXIES = Proxies(trusted=(ip_network(PROXY), ip_network("fd00:1::/64")), header="x-forwarded-user")
TOKEN = SecretStr("token-of-the-page")
ANA = ("X-Forwarded-User", "ana@contoso.com")


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """Say what reaches the guarded app."""
    names = [name.decode() for name, _ in scope["headers"]]
    await JSONResponse({"person": scope[PERSON], "headers": names})(scope, receive, send)


async def ask(
    peer: str, *headers: tuple[str, str], token: SecretStr | None = None, proxies: Proxies = PROXIES, path: str = "/"
) -> httpx.Response:
    """Ask as somebody at an address."""
    keys = Keys(token=token, house=alone(ports()), proxied=bool(proxies.header))
    guard = Guard(
        told, admits=keys, unguarded=("/healthz",), refusal="no", has_token=token is not None, proxies=proxies
    )
    transport = httpx.ASGITransport(guard, client=(peer, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        return await client.get(path, headers=list(headers))


@pytest.mark.parametrize("peer", [PROXY, "::ffff:10.0.0.5", "fd00:1::7"])
async def test_a_trusted_proxy_is_believed_whom_it_names(peer: str) -> None:
    """Also where the system shows an IPv4 peer as IPv6."""
    answer = await ask(peer, ANA)
    assert answer.json()["person"] == "ana@contoso.com"


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        pytest.param(STRANGER, [ANA], id="sent directly"),
        pytest.param("127.0.0.1", [ANA], id="sent from this machine, which is no trusted proxy"),
        pytest.param("10.0.0.6", [ANA], id="from beside the proxy"),
        pytest.param(STRANGER, [ANA, ("X-Forwarded-For", PROXY)], id="by a stranger who names the proxy as a hop"),
        pytest.param(STRANGER, [ANA, ("Forwarded", f"for={PROXY}")], id="by a stranger who names it in another way"),
        pytest.param(STRANGER, [ANA, ("X-Real-IP", PROXY)], id="and in a third way"),
        pytest.param(PROXY, [], id="the proxy let somebody through without a name"),
        pytest.param(PROXY, [("X-Forwarded-User", "")], id="an empty name"),
        pytest.param(PROXY, [("X-Forwarded-User", "  ")], id="a blank name"),
        pytest.param(PROXY, [ANA, ("X-Forwarded-User", "boss@contoso.com")], id="twice: one is from outside"),
        pytest.param(PROXY, [("X-Forwarded-User", "boss@contoso.com"), ANA], id="twice the other way round"),
        pytest.param(PROXY, [ANA, ANA], id="twice the same"),
        pytest.param(PROXY, [("X_Forwarded_User", "boss@contoso.com")], id="with underscores"),
        pytest.param(
            PROXY, [ANA, ("X-Forwarded_User", "boss@contoso.com")], id="with an underscore beside the real one"
        ),
        pytest.param(PROXY, [("X-Forwarded-User", "a" * 201)], id="a name that is none"),
        pytest.param(PROXY, [("X-Forwarded-User", "ana\tboss")], id="a name that cannot be shown"),
        pytest.param("", [ANA], id="a peer without an address"),
    ],
)
async def test_whoever_else_names_somebody_is_nobody(peer: str, headers: Sequence[tuple[str, str]]) -> None:
    """Refused without a token, and with the token nobody is named; the header never gets further."""
    assert (await ask(peer, *headers)).status_code == 401
    answer = await ask(peer, *headers, ("Authorization", f"Bearer {TOKEN.get_secret_value()}"), token=TOKEN)
    assert answer.status_code == 200
    assert answer.json()["person"] == ""
    assert not [name for name in answer.json()["headers"] if "user" in name.replace("_", "-") and name != "user-agent"]


async def test_health_needs_no_name_and_passes_none_on() -> None:
    """Orchestrators have none."""
    answer = await ask(STRANGER, ANA, path="/healthz")
    assert (answer.status_code, answer.json()["person"]) == (200, "")


async def test_where_only_the_proxy_may_ask_no_browser_asks_for_a_token() -> None:
    """There is none."""
    assert "www-authenticate" not in (await ask(STRANGER)).headers
    assert "www-authenticate" in (await ask(STRANGER, token=TOKEN)).headers


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        pytest.param(STRANGER, [], STRANGER, id="nobody in between"),
        pytest.param(STRANGER, ["198.51.100.1"], STRANGER, id="a stranger's word counts for nothing"),
        pytest.param(PROXY, [], PROXY, id="the proxy itself"),
        pytest.param(PROXY, ["198.51.100.1"], "198.51.100.1", id="through the proxy"),
        pytest.param(PROXY, ["192.0.2.9, 198.51.100.1"], "198.51.100.1", id="what the client put in front is left out"),
        pytest.param(PROXY, ["192.0.2.9", "198.51.100.1"], "198.51.100.1", id="also as a header of its own"),
        pytest.param(PROXY, ["198.51.100.1, fd00:1::7"], "198.51.100.1", id="through two proxies"),
        pytest.param(PROXY, ["10.0.0.5, 10.0.0.5"], PROXY, id="nothing but proxies"),
        pytest.param(PROXY, ["x, ,;"], PROXY, id="no addresses"),
        pytest.param(PROXY, ["198.51.100.1, unknown"], PROXY, id="what stands before nonsense is no proxy's word"),
        pytest.param(PROXY, ["[2001:db8:1:2::9]"], "2001:db8:1:2::/64", id="IPv6 by its subscriber"),
        pytest.param("2001:db8:1:2:aaaa::1", [], "2001:db8:1:2::/64", id="also without a proxy"),
        pytest.param("::ffff:203.0.113.7", [], STRANGER, id="IPv4 inside IPv6"),
        pytest.param(PROXY, [", ".join(["10.0.0.5"] * 5000)], PROXY, id="without end"),
    ],
)
def test_where_a_request_began(peer: str, forwarded: Sequence[str], client: str) -> None:
    """By the last address that a trusted proxy vouches for."""
    headers = [(b"X-Forwarded-For", value.encode()) for value in forwarded]
    assert PROXIES.client({"type": "http", "client": (peer, 1), "headers": headers}) == client


async def test_the_page_says_who_is_signed_in_and_escapes_it() -> None:
    """And says nothing where nobody is."""
    app = create_app(alone(ports()), token=TOKEN, proxies=PROXIES)
    transport = httpx.ASGITransport(app, client=(PROXY, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        page = (await client.get("/", headers={"X-Forwarded-User": "<b>ana</b>"})).text
        by_token = await client.get("/", headers={"Authorization": f"Bearer {TOKEN.get_secret_value()}"})
    assert "Signed in as &lt;b&gt;ana&lt;/b&gt;." in page
    assert "Signed in" not in by_token.text
