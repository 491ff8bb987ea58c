"""Wires between a process and its world: what goes in at one socket comes out at another, until a wire is dead."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

CHUNK = 65536

Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Far: TypeAlias = Callable[[], Awaitable[Streams]]


@dataclass(slots=True)
class Wires:
    """All wires of one process; while they are dead nothing comes through, and no end is told of it."""

    alive: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Begin alive."""
        self.alive.set()

    @asynccontextmanager
    async def from_port(self, port: int, path: Path) -> AsyncIterator[None]:
        """Lead what comes in at a port of loopback to a socket in the file system."""
        server = await asyncio.start_server(self._wire(lambda: asyncio.open_unix_connection(path)), "127.0.0.1", port)
        async with server:
            yield

    @asynccontextmanager
    async def from_path(self, path: Path, port: int) -> AsyncIterator[None]:
        """Lead what comes in at a socket in the file system to a port of loopback."""
        far = self._wire(lambda: asyncio.open_connection("127.0.0.1", port))
        async with await asyncio.start_unix_server(far, path):
            yield

    def _wire(self, far: Far) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self.alive.wait()
            try:
                beyond, out = await far()
            except OSError:
                writer.close()
                return
            await asyncio.gather(self._carry(reader, out), self._carry(beyond, writer))

        return connected

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self.alive.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
