from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer

from bot.microsoft import open_http
from tests.certificates import serving, write_certificate


async def test_a_given_authority_is_trusted_besides_the_public_ones(tmp_path: Path) -> None:
    """And nobody else is."""
    pem = write_certificate(tmp_path)
    with HTTPServer(host="127.0.0.1", ssl_context=serving(pem)) as server:
        server.expect_request("/").respond_with_data("hi")
        async with open_http(pem) as http:
            assert (await http.get(server.url_for("/"))).text == "hi"
        async with open_http() as http:
            with pytest.raises(httpx.ConnectError, match="certificate"):
                await http.get(server.url_for("/"))


async def test_every_client_has_limits() -> None:
    """No request waits for ever."""
    async with open_http() as http:
        assert None not in http.timeout.as_dict().values()
        assert http.headers["User-Agent"].startswith("mailstatus")
