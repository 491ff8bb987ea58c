"""ASGI apps on free ports in the running loop."""

import ssl

import httpx
import pytest
from starlette.responses import PlainTextResponse

from bot.demo.authority import Authority
from bot.demo.served import served

HELLO = PlainTextResponse("hello")


async def test_an_app_is_reachable_inside_the_block_and_not_after() -> None:
    """The port is free again at the end."""
    async with httpx.AsyncClient(trust_env=False) as http:
        async with served(HELLO) as port:
            assert (await http.get(f"http://127.0.0.1:{port}/")).text == "hello"
        with pytest.raises(httpx.ConnectError):
            await http.get(f"http://127.0.0.1:{port}/")


async def test_several_apps_have_ports_of_their_own() -> None:
    """Nothing is fixed, so that two demos can run at once."""
    async with served(HELLO) as one, served(HELLO) as other:
        assert one != other


async def test_tls_needs_the_authority(authority: Authority) -> None:
    """A client that does not know it turns away."""
    async with served(HELLO, authority=authority) as port:
        async with httpx.AsyncClient(verify=authority.client_context(), trust_env=False) as http:
            assert (await http.get(f"https://localhost:{port}/")).text == "hello"
        async with httpx.AsyncClient(verify=ssl.create_default_context(), trust_env=False) as stranger:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await stranger.get(f"https://localhost:{port}/")
