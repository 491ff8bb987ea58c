"""A listening port with a doorkeeper."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from functools import partial
from typing import cast


class Entrance:
    """Lets connections in, closes them at once (``hangs_up``), or refuses them while shut."""

    def __init__(self, protocol: Callable[[], asyncio.Protocol], context: ssl.SSLContext | None = None) -> None:
        """Speak ``protocol`` with whoever comes in, under TLS from the start if a context is given."""
        self.port = 0
        self.hangs_up = False
        self._protocol = protocol
        self._context = context
        self._server: asyncio.Server | None = None
        self._inside: set[asyncio.Transport] = set()

    @property
    def visitors(self) -> int:
        """How many connections are open."""
        return sum(not transport.is_closing() for transport in self._inside)

    async def open(self) -> None:
        """Listen on loopback: on a free port the first time, on the same one ever after."""
        if self._server is None:
            loop = asyncio.get_running_loop()

            self._server = await loop.create_server(
                partial(_Doorkeeper, self), "127.0.0.1", self.port, ssl=self._context
            )
            self.port = self._server.sockets[0].getsockname()[1]

    def shut(self) -> None:
        """Refuse new connections and reset the open ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in self._inside:
            # Early 3.11s forget what is below a TLS transport that was closed twice; it is on its way out already.
            with contextlib.suppress(AttributeError):
                transport.abort()
        self._inside.clear()

    def admit(self, transport: asyncio.Transport) -> asyncio.Protocol:
        """Give the protocol for a new connection and remember it for ``shut``."""
        self._inside = {known for known in self._inside if not known.is_closing()} | {transport}
        return self._protocol()


class _Doorkeeper(asyncio.Protocol):
    """Hands a connection over to its protocol, or hangs up."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream by contract, though uvloop's is no subclass of asyncio.Transport.
        stream = cast("asyncio.Transport", transport)
        if self._entrance.hangs_up:
            stream.abort()
            return
        inside = self._entrance.admit(stream)
        stream.set_protocol(inside)
        inside.connection_made(transport)
