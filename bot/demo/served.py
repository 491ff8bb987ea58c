"""An ASGI app on a free loopback port, inside the event loop that is running already."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.demo.authority import Authority

ABORT = "mailstatus.abort"
"""The key in an ASGI scope's extensions under which a callable stands that resets the connection."""


class _Server(uvicorn.Server):
    """Leaves signals to the program around it, and tells when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    def abort(self, client: object) -> None:
        """Reset the connection from ``client`` (address and port) without an answer."""
        for connection in self.server_state.connections:
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.abort()


@asynccontextmanager
async def served(app: ASGIApp, *, authority: Authority | None = None) -> AsyncIterator[int]:
    """Serve ``app`` on 127.0.0.1, with TLS if an authority is given; yields the port and stops at the end."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    server = _server(app, authority)
    running = asyncio.create_task(server.serve([listening]))
    try:
        await server.ready.wait()
        yield int(listening.getsockname()[1])
    finally:
        await _stop(server, running)
        listening.close()


def _server(app: ASGIApp, authority: Authority | None) -> _Server:
    async def with_abort(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[ABORT] = lambda: server.abort(scope["client"])
        await app(scope, receive, send)

    server = _Server(
        uvicorn.Config(
            with_abort,
            http=H11Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            ssl_certfile=authority.certificate_file if authority else None,
            ssl_keyfile=authority.key_file if authority else None,
        )
    )
    return server


async def _stop(server: _Server, running: asyncio.Task[None]) -> None:
    """End at once: answers that hang on purpose would hold a graceful stop for ever."""
    for listener in server.servers:
        listener.close()
    for connection in list(server.server_state.connections):
        if isinstance(connection, H11Protocol):
            connection.transport.abort()
    await asyncio.gather(*server.server_state.tasks, return_exceptions=True)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
