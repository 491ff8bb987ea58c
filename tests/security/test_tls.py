"""Every client refuses a certificate that it has no reason to trust, before it says a word."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from aiohttp.connector import _SSL_CONTEXT_VERIFIED  # made at import, so no variable of the environment reaches it

from bot.microsoft.http import mail_trust, trust
from tests.certificates import serving, write_certificate
from tests.security.speakers import EVERYBODY
from tests.security.talking import heard

BY_THE_OPERATOR = {"the store"}
"""PostgreSQL checks certificates where the store's URL says so."""
CLIENTS = sorted(set(EVERYBODY) - BY_THE_OPERATOR)


OWN, ANOTHERS = "", "another.example"
"""Whom a certificate is for: the server that is spoken to, or somebody else."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Path]]:
    """Give certificates that our own clients and aiohttp trust; aiohttp cannot forget them, but their keys are gone."""
    pems = {host: write_certificate(tmp_path_factory.mktemp("known"), host=host) for host in (OWN, ANOTHERS)}
    for context in (trust(None), mail_trust(None), _SSL_CONTEXT_VERIFIED):
        for pem in pems.values():
            context.load_verify_locations(pem)
    yield pems
    trust.cache_clear()
    mail_trust.cache_clear()


@pytest.fixture
def trusted(known: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Path]:
    """Have requests and httpx trust them too, as an operator would."""
    bundle = known[OWN].with_name("both.pem")
    bundle.write_bytes(b"".join(pem.read_bytes() for pem in known.values()))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    return known


async def shaken(name: str, pem: Path, folder: Path) -> int:
    """Have a client speak to a server with a certificate; give how many handshakes came to their end."""
    came = 0

    async def taken(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal came
        came += 1
        writer.close()

    server = await asyncio.start_server(taken, "127.0.0.1", 0, ssl=serving(pem))
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with EVERYBODY[name](f"https://127.0.0.1:{port}", folder) as talk:
            await heard(talk)
    return came


@pytest.mark.parametrize("name", CLIENTS)
async def test_nothing_is_said_to_somebody_elses_certificate(name: str, tmp_path: Path) -> None:
    """The handshake fails, so that no secret is sent."""
    assert not await shaken(name, write_certificate(tmp_path), tmp_path)


@pytest.mark.parametrize("name", CLIENTS)
async def test_nothing_is_said_to_a_trusted_certificate_of_another_host(
    name: str, tmp_path: Path, trusted: Mapping[str, Path]
) -> None:
    """Whoever has an honest certificate for a name of their own cannot stand in for another one's."""
    assert not await shaken(name, trusted[ANOTHERS], tmp_path)


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_trusted_certificate_of_the_host_is_spoken_to(
    name: str, tmp_path: Path, trusted: Mapping[str, Path]
) -> None:
    """Else no refusal above would mean anything."""
    assert await shaken(name, trusted[OWN], tmp_path)
