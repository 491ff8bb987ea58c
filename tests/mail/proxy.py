"""A proxy before a mail server that breaks the line where it is told to."""

import asyncio
from typing import Self


class Proxy:
    """Passes bytes on, unless ``fault`` says otherwise.

    ``drop`` hangs up at once, ``hold`` gives no answers, ``slow`` gives them byte by byte, ``cut_in_data`` cuts the line
    in the middle of the message, and ``cut_after_data`` loses the answer to it.
    """

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
        if self.fault == "drop":
            writer.close()
            return
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
            if self.fault == "hold":
                continue
            for piece in [chunk] if self.fault != "slow" else [chunk[n : n + 1] for n in range(len(chunk))]:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
