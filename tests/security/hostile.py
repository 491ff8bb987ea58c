"""A server on loopback that does what a server should not, and says back all that it was told."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from socket import SO_LINGER, SOL_SOCKET

CLOSED = "closed"
"""Nobody listens."""
STATUSES = (400, 401, 403, 404, 410, 413, 429, 500, 502, 503)
FAULTS: Mapping[str, str] = {
    CLOSED: "nobody listens",
    "reset": "the connection is reset",
    "silent": "no answer ever comes",
    "garbage": "an answer of no protocol",
    "wrong certificate": "TLS by somebody else's certificate",
    "redirect": "an answer that leads elsewhere, with all that was said in the address",
    **{f"HTTP {status}": "an error whose body says back what was said" for status in STATUSES},
    "SMTP": "a mail server that refuses with what it was told",
    "IMAP": "a mailbox that refuses with what it was told",
}


GREETINGS: Mapping[str, bytes] = {"SMTP": b"220 ready\r\n", "IMAP": b"* OK ready\r\n"}


@asynccontextmanager
async def hostile(fault: str, tls: ssl.SSLContext) -> AsyncIterator[int]:
    """Serve a fault; gives the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _misbehave(fault, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    secure = tls if fault == "wrong certificate" else None
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=secure)
    port = int(server.sockets[0].getsockname()[1])
    if fault == CLOSED:
        server.close()
    try:
        yield port
    finally:
        server.close()


async def _misbehave(fault: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if fault in GREETINGS:
        await _greet(GREETINGS[fault], reader, writer)
        return
    said = await reader.read(65536)
    if fault == "reset":
        writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    elif fault == "silent":
        await reader.read()
    elif fault == "garbage":
        writer.write(b"\x00\xff" + said)
    elif fault == "redirect":
        path = said.split(b" ")[1] if said.count(b" ") else b"/"
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1" + path + b"\r\nContent-Length: 0\r\n\r\n")
    else:
        status = fault.removeprefix("HTTP ").encode() if fault.startswith("HTTP ") else b"500"
        head = b"HTTP/1.1 %s no\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        writer.write(head % (status, len(said)) + said)
    await writer.drain()


async def _greet(greeting: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak well enough to be told a password, and refuse with it."""
    writer.write(greeting)
    while line := await reader.readline():
        tag, _, rest = line.partition(b" ")
        if line.upper().startswith(b"EHLO"):
            writer.write(b"250-hello\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n")
        elif greeting.startswith(b"*"):
            capable = b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK\r\n"
            writer.write(capable if rest.startswith(b"CAPABILITY") else tag + b" NO you said " + rest)
        else:
            writer.write(b"535 5.7.8 you said " + line)
        await writer.drain()
