"""A scripted SMTP server on loopback: it answers as told, cuts the line, or says nothing, at any step."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Self

REPLIES = {
    "connect": "220 ready",
    "EHLO": "250-hello\r\n250-AUTH PLAIN XOAUTH2\r\n250 STARTTLS",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    ".": "250 2.0.0 taken as 42",
    "QUIT": "221 bye",
    "STARTTLS": "454 4.7.0 not now",
}


class SmtpServer:
    """Keeps each message that was handed over to the final dot."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Begin with a server that says yes to all."""
        self.replies = dict(REPLIES)
        self.cut: set[str] = set()
        self.mute: set[str] = set()
        self.commands: list[str] = []
        self.taken: list[bytes] = []
        self.on_taken: Callable[[bytes], None] = self.taken.append
        self.port = 0
        self._tls = tls

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            going = await self._say("connect", writer)
            while going and (line := await reader.readline()):
                going = await self._answer(line.decode().strip(), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.commands.append(line)
        name = line.partition(" ")[0].upper()
        going = await self._say(name, writer)
        if name == "DATA" and going and self.replies[name].startswith("354"):
            message = await reader.readuntil(b"\r\n.\r\n")
            going = await self._say(".", writer)
            if self.replies["."].startswith("250"):
                self.on_taken(message)
        return going and name != "QUIT"

    async def _say(self, step: str, writer: asyncio.StreamWriter) -> bool:
        if step in self.cut:
            return False
        if step not in self.mute:
            writer.write(self.replies.get(step, "500 what?").encode() + b"\r\n")
            await writer.drain()
        return True
