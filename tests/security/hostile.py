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
    **{
        f"HTTP {status}": "an error that says back what was said, in its body, its reason and its headers"
        for status in STATUSES
    },
    "SMTP": "a mail server that refuses with what it was told",
    "IMAP": "a mailbox that refuses with what it was told",
}

READ = (b"Retry-After", b"WWW-Authenticate", b"request-id", b"client-request-id", b"x-ms-request-id",
        b"x-ms-ags-diagnostic", b"x-slack-req-id", b"X-OAuth-Scopes", b"RateLimit-Reset", b"Server", b"Date",
        b"Set-Cookie")  # fmt: skip
LINE = 3000
"""Of what was said, in each header: more than a client takes in one."""

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
        writer.write(_told_back(fault.removeprefix("HTTP ").encode() if fault.startswith("HTTP ") else b"500", said))
    await writer.drain()


def _told_back(status: bytes, said: bytes) -> bytes:
    """Answer with all that was said: as the body, in the reason, and in every header that somebody reads or logs."""
    line = bytes(byte for byte in b" ".join(said.split()) if 32 <= byte < 127)[:LINE]
    headers = b"".join(b"%s: %s\r\n" % (name, line) for name in READ)
    head = b"HTTP/1.1 %s %s\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, line, headers, len(said)) + said


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
