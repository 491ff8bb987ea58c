"""Looks up the names of mail servers: each once for all who ask, so that a name that hangs holds up nobody else."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

FIND_SECONDS = 10.0
KEPT_SECONDS = 10.0
AT_ONCE = 16
NOBODY = "mailstatus.invalid."
"""There will never be such a name (RFC 6761), and every resolver that lives says so."""
DEAD = "This machine can look up no names: its resolver does not answer. Check /etc/resolv.conf and the network."

LookUp: TypeAlias = Callable[[str], Awaitable[object]]


class Names:
    """Knows which names have an address; what was found out is kept for a few seconds."""

    def __init__(self, look_up: LookUp | None = None) -> None:
        """Take what asks the resolver, which raises ``socket.gaierror``; by default threads of our own ask."""
        # The event loop's own threads look up every name of the program, two at a time under uvloop.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="names")
        self._look_up = look_up or self._in_a_thread
        self._asked: dict[str, asyncio.Task[socket.gaierror | None]] = {}

    async def find(self, host: str) -> None:
        """Return once a host has an address; raises ``socket.gaierror``, or TimeoutError after ten seconds."""
        if _needs_no_resolver(host):
            return
        if host not in self._asked:
            self._asked[host] = asyncio.create_task(self._ask(host))
        try:
            async with asyncio.timeout(FIND_SECONDS):
                error = await asyncio.shield(self._asked[host])
        except TimeoutError:
            raise TimeoutError(f"{host} was not looked up within {FIND_SECONDS:.0f} seconds") from None
        if error is not None:
            raise socket.gaierror(error.errno, f"{host}: {error.strerror}")

    async def live(self, host: str) -> bool:
        """Tell whether this machine's own resolver answers at all, as far as a host needs it.

        That there is no such name is an answer.
        """
        if _needs_no_resolver(host):
            return True
        try:
            await self.find(NOBODY)
        except TimeoutError:
            return False
        except socket.gaierror as error:
            return error.errno != socket.EAI_AGAIN
        return True

    async def _ask(self, host: str) -> socket.gaierror | None:
        try:
            await self._look_up(host)
        except socket.gaierror as error:
            return error
        except UnicodeError:  # a part of it is empty or too long
            return socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        finally:
            asyncio.get_running_loop().call_later(KEPT_SECONDS, self._asked.pop, host, None)
        return None

    async def _in_a_thread(self, host: str) -> object:
        return await asyncio.get_running_loop().run_in_executor(self._threads, socket.getaddrinfo, host, None)


def _needs_no_resolver(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True
