"""Makes connections to public addresses alone: a name is resolved once, judged, and that address is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address
from ssl import SSLContext
from typing import TypeAlias

import httpcore
import httpx

from bot.egress.judge import EgressError, host_fault, is_public

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the literal addresses of a host; raises OSError."""


async def system(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def public_addresses(host: str, port: int, *, resolve: Resolve = system) -> Sequence[str]:
    """Give the literal addresses of a public host, all of them public, to connect to one of; raises EgressError.

    For whatever connects by itself to a host that a stranger or a tenant named, as SMTP and IMAP do: it is to connect
    to what this gives, and check the certificate for ``host``. Asking a second time could give another answer.
    """
    if why := host_fault(host):
        raise EgressError(f"{host} {why}")
    found = await resolve(host, port)
    if not found or not all(is_public(ip_address(one.partition("%")[0])) for one in found):
        raise EgressError(f"{host} leads to a private address")
    return found


class _Public(httpcore.AnyIOBackend):
    """httpcore's own connections, to public addresses alone; the certificate is still checked for the name."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that takes a connection."""
        try:
            async with asyncio.timeout(timeout):
                found = await public_addresses(host, port, resolve=self._resolve)
        except (OSError, TimeoutError) as error:
            raise httpcore.ConnectError(str(error)) from error
        for last in found:
            try:
                return await super().connect_tcp(last, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == found[-1]:
                    raise
        raise AssertionError("the last address returns or raises")


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's own transport over those connections; it knows no proxy, which would resolve names by itself."""

    def __init__(self, trust: SSLContext, resolve: Resolve) -> None:
        super().__init__(verify=trust)
        self._pool = httpcore.AsyncConnectionPool(ssl_context=trust, network_backend=_Public(resolve))


def public_transport(trust: SSLContext, *, resolve: Resolve = system) -> httpx.AsyncBaseTransport:
    """Give a transport for ``open_http`` that reaches public addresses alone, whatever a name leads to."""
    return _Transport(trust, resolve)
