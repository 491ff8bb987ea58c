"""The reverse proxies in front: whom they say a request is from, believed of them alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from starlette.types import Scope

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address
PERSON = "mailstatus.person"
"""The key of a scope under which the guarded app finds who the proxy says it is; empty where nobody said."""
LONGEST_NAME = 200
MOST_HOPS = 20
MOST_KEPT = 4096
"""Addresses that were read lately: reading one takes longer than all else that is done about it."""
FORWARDED = b"x-forwarded-for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """Those in front, by address or network, and the header (lower case) by which they name the person."""

    trusted: tuple[Network, ...] = ()
    header: str = ""
    """Empty where they name nobody."""

    def person(self, scope: Scope) -> str:
        """Say whom a trusted proxy names; empty where none does, or where it is open whom it means.

        Two headers, or one in another spelling beside it, mean that one of them came in from outside.
        """
        named = self._named(scope["headers"]) if self.header else []
        if len(named) != 1 or named[0][0].decode("latin-1").lower() != self.header or not self._is_trusted(peer(scope)):
            return ""
        person = named[0][1].decode("utf-8", "replace").strip()
        return person if person.isprintable() and len(person) <= LONGEST_NAME else ""

    def stripped(self, headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Leave the header out in every spelling, so that nothing behind the guard can take it for true."""
        named = self._named(headers) if self.header else []
        return [one for one in headers if one not in named]

    def client(self, scope: Scope) -> str:
        """Give the address that a request began at: the peer's, behind trusted proxies the one they took it from.

        ``X-Forwarded-For`` is read from its end: what stands before the first address of a stranger is a stranger's
        word. IPv6 counts by its /64, of which one subscriber has as many addresses as they like.
        """
        nearest = peer(scope)
        if not self._is_trusted(nearest):
            return _place(nearest)
        values = [value for name, value in scope["headers"] if name.lower() == FORWARDED]
        for hop in reversed(b",".join(values).split(b",")[-MOST_HOPS:]):
            found = _address(hop.decode("latin-1").strip())
            if found is None:
                break
            nearest = found
            if not self._is_trusted(found):
                break
        return _place(nearest)

    def _named(self, headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Give what is this header to anybody: some servers take an underscore for a hyphen."""
        return [one for one in headers if one[0].decode("latin-1").lower().replace("_", "-") == self.header]

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.trusted)


NOBODY = Proxies()


def peer(scope: Scope) -> Address | None:
    """Give the address at the other end of the connection; None where there is none, as on a socket file."""
    client = scope.get("client")
    return _address(client[0]) if client else None


@lru_cache(maxsize=MOST_KEPT)
def _address(text: str) -> Address | None:
    """Read an address, as proxies write it: perhaps in brackets, perhaps IPv4 inside IPv6."""
    try:
        found = ip_address(text.removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


@lru_cache(maxsize=MOST_KEPT)
def _place(address: Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)
