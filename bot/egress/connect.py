"""Makes connections to public addresses alone: a name is resolved once, judged, and that address is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from typing import TypeAlias

from bot.egress.judge import EgressError, host_fault, is_public

CONNECT_SECONDS = 5.0
"""For each address of a host: the next one may be the one that answers."""

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the literal addresses of a host; raises OSError."""
Connect: TypeAlias = Callable[[str, int], Awaitable[socket.socket]]
"""Connects to a literal address and a port; raises OSError."""
Reach: TypeAlias = Callable[[str, int], Awaitable[socket.socket]]
"""Connects to a host, by name or address, and a port; raises OSError, and EgressError where it may not."""


async def system(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def connected(address: str, port: int) -> socket.socket:
    """Connect to a literal address, without a resolver."""
    line = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    line.settimeout(0)
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await asyncio.get_running_loop().sock_connect(line, (address, port))
    except BaseException:  # a cancelled connection too leaves nothing open
        line.close()
        raise
    return line


async def public_socket(
    host: str, port: int, *, resolve: Resolve = system, connect: Connect = connected
) -> socket.socket:
    """Connect to a public host that a tenant named; whoever speaks TLS over it checks the certificate for ``host``.

    Asking a second time could give another answer, so it is an address that was judged that is connected to.
    """
    found = await _public_addresses(host, port, resolve)
    for address in found[:-1]:
        try:
            return await connect(address, port)
        except OSError:
            continue
    return await connect(found[-1], port)


async def _public_addresses(host: str, port: int, resolve: Resolve) -> Sequence[str]:
    if why := host_fault(host):
        raise EgressError(f"{host} {why}")
    found = await resolve(host, port)
    if not found or not all(is_public(ip_address(one.partition("%")[0])) for one in found):
        raise EgressError(f"{host} leads to a private address")
    return found
