"""A proxy before a mail server that breaks the line where it is told to."""

import asyncio
from typing import Self


class Proxy:
    """Passes bytes on; ``fault`` is ``hold`` (no answers), ``cut_in_data``, or ``cut_after_data`` (the answer is lost)."""

    def __init__(self, port: int) -> None:
        """Stand before a port of loopback."""
        self._behind = port
        self.fault = ""
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and end all lines."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._behind)
        ways = [
            asyncio.create_task(self._out(reader, back, writer)),
            asyncio.create_task(self._in(there, writer)),
        ]
        self._tasks |= set(ways)
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for task in ways:
            task.cancel()
        for end in (writer, back):
            end.close()

    async def _out(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, front: asyncio.StreamWriter) -> None:
        in_data = False
        while chunk := await reader.read(65_536):
            if in_data and self.fault == "cut_in_data":
                back.write(chunk[: len(chunk) // 2])
                await back.drain()
                return
            back.write(chunk)
            await back.drain()
            if in_data and self.fault == "cut_after_data" and chunk.endswith(b"\r\n.\r\n"):
                front.close()
                await asyncio.sleep(0.2)  # the server must read the dot before the line ends
                return
            in_data = in_data or chunk.upper().endswith(b"DATA\r\n")

    async def _in(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await there.read(65_536):
            if self.fault != "hold":
                writer.write(chunk)
                await writer.drain()
