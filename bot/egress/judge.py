"""Judges an address by its text; pure.

What a text cannot show, a public name that leads to a private address, is judged where a connection is made.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
PRIVATE_NAMES = (
    "localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "svc", "home.arpa",
    "in-addr.arpa", "ip6.arpa",
)  # fmt: skip
"""Names that lead inside (RFC 6761, 6762, 8375; ICANN's ``internal``; Kubernetes' ``svc``)."""
# Azure's machines ask about themselves at an address that is public by its number; Oracle's ask in 192.0.0.0/24, which
# Python calls public before 3.11.10.
INSIDE = (IPv4Network("168.63.129.16/32"), IPv4Network("192.0.0.0/24"))
_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
"""IPv6 that carries an IPv4 address in its last 32 bits: NAT64 (RFC 6052, 8215) and the old compatible form."""
_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# What a parser leaves out or takes for something else, so that two of them would see two addresses.
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\]")


class EgressError(OSError):
    """An address may not be called; says which and why, and is caught wherever an unreachable host is."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """The hosts of one vendor for one purpose: some by name, and all below some domains (each begins with a dot)."""

    hosts: Collection[str] = ()
    below: tuple[str, ...] = ()
    scheme: str = "https"

    def fault(self, url: str, *, own: str = "") -> str:
        """Say why an address is not this vendor's; empty where it is, or where it is at ``own`` of the operator.

        Where ``own`` is without TLS, as stand-ins on this machine are, the same host and port do for every scheme.
        """
        parts = _split(url)
        if parts is None:
            return "is not an address"
        if own and _same_place(parts, own):
            return ""
        if parts.scheme != self.scheme:
            return f"does not begin with {self.scheme}://"
        if _port(parts) != PORTS[self.scheme]:
            return "names a port that is not the vendor's"
        host = parts.hostname or ""
        return "" if host in self.hosts or (self.below and host.endswith(self.below)) else "is not the vendor's host"


def fault(url: str, *, schemes: Collection[str] = ("https",)) -> str:
    """Say why an address that a stranger or a tenant named may not be called; empty where it may.

    Whoever reads what tenants write calls this for each URL of theirs, ``host_fault`` for each bare host, and has
    ``public_socket`` make the connection. The operator's own settings are not for this: they may name private
    addresses.
    """
    parts = _split(url)
    if parts is None:
        return "is not an address"
    if parts.scheme not in schemes:
        return f"does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    return host_fault(parts.hostname or "")


def host_fault(host: str) -> str:
    """Say why a host that a stranger or a tenant named may not be called; empty where its text is public.

    ``host`` is a name or a literal address, without brackets and port. Odd forms of an address (decimal, octal, hex,
    short, other alphabets' digits) are refused whatever they lead to, for resolvers disagree about them.
    """
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").lower().removesuffix(".")
    try:
        return "" if is_public(ip_address(plain)) else "is a private address"
    except ValueError:
        pass
    if not plain.isascii():
        return "is not a plain name: write it as xn--..."
    if any(plain == name or plain.endswith(f".{name}") for name in PRIVATE_NAMES):
        return "is the name of a private place"
    return "" if plain == host.lower().removesuffix(".") and _NAME.fullmatch(plain) else "is no public host"


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is of the internet: neither private, nor local, nor one that carries such a one."""
    if isinstance(address, IPv6Address) and (inside := _carried(address)) is not None:
        return is_public(inside)
    odd = address.is_multicast or address.is_reserved or any(address in network for network in INSIDE)
    return address.is_global and not odd


def same_origin(one: str, other: str) -> bool:
    """Tell whether two addresses are of one scheme, host and port, and neither bears a name or a password."""
    first, second = _split(one), _split(other)
    if first is None or second is None:
        return False
    return (first.scheme, first.hostname, _port(first)) == (second.scheme, second.hostname, _port(second))


def _split(url: str) -> SplitResult | None:
    """Take an address apart; None for what is none, or could be read in two ways."""
    if _AMBIGUOUS.search(url):
        return None
    try:
        parts = urlsplit(url)
        whole = parts.port is None or parts.port > 0
    except ValueError:
        return None
    named = parts.hostname and "@" not in parts.netloc and "%" not in parts.netloc
    return parts if whole and named and parts.scheme in PORTS else None


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _same_place(parts: SplitResult, own: str) -> bool:
    base = _split(own)
    if base is None or (base.hostname, _port(base)) != (parts.hostname, _port(parts)):
        return False
    return base.scheme in {"http", "ws"} or parts.scheme in {"https", "wss"}


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address inside an IPv6 one, if there is one."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _CARRIERS) and int(address) > 1:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
