from collections.abc import Sequence

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from bot.demo.served import served
from bot.egress import EgressError, Resolve, public_addresses, public_transport
from bot.microsoft import open_http
from bot.microsoft.http import trust


def leading(*addresses: str) -> Resolve:
    """Resolve every name to these."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


async def test_a_name_that_leads_outside_is_given_its_addresses() -> None:
    """To connect to one of these, and not to ask again."""
    found = await public_addresses("status.contoso.com", 443, resolve=leading("8.8.8.8", "2606:4700::1111"))
    assert list(found) == ["8.8.8.8", "2606:4700::1111"]


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:169.254.169.254"], ["fe80::1%eth0"], []],
)
async def test_a_public_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    """Also where only one of its addresses does: which one is taken is chance."""
    with pytest.raises(EgressError, match=r"status\.contoso\.com leads to a private address"):
        await public_addresses("status.contoso.com", 443, resolve=leading(*addresses))


async def test_a_private_host_is_refused_before_anybody_is_asked() -> None:
    """A resolver is outside too."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("asked")

    with pytest.raises(EgressError, match="is a private address"):
        await public_addresses("169.254.169.254", 80, resolve=resolve)


async def test_no_client_of_a_tenant_reaches_a_server_on_this_machine() -> None:
    """Neither by its number nor by a name that leads there: the server is never met."""
    met: list[str] = []

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        met.append("met")

    async with served(app) as port:
        for host, resolve in (("127.0.0.1", leading()), ("status.contoso.com", leading("127.0.0.1"))):
            async with open_http(transport=public_transport(trust(), resolve=resolve)) as http:
                with pytest.raises(httpx.ConnectError, match="private address"):
                    await http.get(f"http://{host}:{port}/")
    assert met == []
