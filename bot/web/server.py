"""The HTTP server: where it may listen, and how it starts and stops with the rest of the program."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.web.hosts import is_loopback

STOP = 3
"""Seconds that open requests have when the server stops."""

ASK = 10.0
"""Seconds that a connection has to ask something, head and all; uvicorn itself ends only those that send nothing more
after an answer."""
TICKS = 10
"""Of the server's loop, a second."""


class ServeError(Exception):
    """The address cannot be served."""


class Server(uvicorn.Server):
    """A server that leaves the signals to the program and ends its streams when it stops."""

    beat: Callable[[], None] = staticmethod(lambda: None)
    """Is called each time that the server's loop comes round, ten times a second."""
    now: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self, config: uvicorn.Config) -> None:
        """Begin with no connection."""
        super().__init__(config)
        self._idle: dict[Any, tuple[object, float]] = {}
        """The connections that ask nothing: after which request, and since when."""

    async def on_tick(self, counter: int) -> bool:
        """Come round once."""
        self.beat()
        if counter % TICKS == 0:
            self._hang_up()
        return await super().on_tick(counter)

    def _hang_up(self) -> None:
        """End the connections that asked nothing for too long: else a few bytes a minute would keep thousands open."""
        before, now = self._idle, self.now()
        self._idle = {}
        for one in self.server_state.connections:
            last = getattr(one, "cycle", None)  # both of uvicorn's protocols for HTTP have one
            if last is None or last.response_complete:
                known, since = before.get(one, (last, now))
                self._idle[one] = (last, since if known is last else now)
                if now - self._idle[one][1] > ASK:
                    one.transport.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone: whoever runs the server sets ``should_exit``."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the pages' streams first, if there are pages, for they would never end by themselves."""
        live = self.config.app.state.live  # type: ignore[union-attr]  # uvicorn also takes an import string
        if live is not None:
            live.close()
        await super().shutdown(sockets)


def bind(host: str, port: int, *, guarded: bool) -> socket.socket:
    """Open the listening socket (port 0: any free one); raise ServeError beyond this machine where nobody is asked."""
    if not guarded and not is_loopback(host):
        ways = "MAILSTATUS_PAGE_TOKEN, or MAILSTATUS_PROXY_USER_HEADER with MAILSTATUS_TRUSTED_PROXIES"
        raise ServeError(f"{host} can be reached from elsewhere: set {ways}, or listen on 127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise ServeError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    # Connections inherit it. asyncio sets it on sockets that it made itself alone, and without it every second answer
    # on a connection waits 40 ms for the other side's acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def server(app: Starlette, *, beat: Callable[[], None] | None = None) -> Server:
    """Make the server; ``await server.serve(sockets=[bind(...)])`` runs it until ``should_exit`` is set."""
    made = Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=STOP,
        )
    )
    made.beat = beat or made.beat
    return made
