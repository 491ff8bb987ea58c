"""Certificates of the demo's own."""

import asyncio
import ssl
import stat

import pytest

from bot.demo.authority import Authority


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Give one line back."""
    writer.write(await reader.readline())
    writer.close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
async def test_a_client_that_trusts_the_authority_gets_through(authority: Authority, name: str) -> None:
    """By name and by address, with every check on."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=authority.server_context())
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(name, port, ssl=authority.client_context())
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        writer.close()
        await writer.wait_closed()


def test_the_certificates_pass_strict_rules(authority: Authority) -> None:
    """Newer Pythons verify by RFC 5280 to the letter."""
    context = authority.client_context()
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    server = authority.server_context().wrap_bio(outgoing, incoming, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert client.version() == "TLSv1.3"


def test_the_key_is_for_its_owner_alone(authority: Authority) -> None:
    """Nobody else on the machine can pose as the servers."""
    assert stat.S_IMODE(authority.key_file.stat().st_mode) == 0o600
