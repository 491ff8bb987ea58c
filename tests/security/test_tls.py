"""Every client refuses a certificate that it has no reason to trust, before it says a word."""

import asyncio
from pathlib import Path

import pytest

from tests.certificates import serving, write_certificate
from tests.security.speakers import OTHERS, SENDERS
from tests.security.talking import heard

BY_THE_OPERATOR = {"the store"}
"""PostgreSQL checks certificates where the store's URL says so."""


@pytest.mark.parametrize("name", sorted({*SENDERS, *OTHERS} - BY_THE_OPERATOR))
async def test_nothing_is_said_to_somebody_elses_certificate(name: str, tmp_path: Path) -> None:
    """The handshake fails, so that no secret is sent."""
    met: list[bytes] = []

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(taken, "127.0.0.1", 0, ssl=serving(write_certificate(tmp_path)))
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with {**SENDERS, **OTHERS}[name](f"https://127.0.0.1:{port}", tmp_path) as talk:
            await heard(talk)
    assert not any(met)
