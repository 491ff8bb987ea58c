"""The reverse proxies in front of the page: which header names a person, and whom it is believed of."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator

ANYBODYS = frozenset({"authorization", "connection", "content-length", "content-type", "cookie", "host", "user-agent"})
"""Headers that clients send for reasons of their own, so that no proxy would take them away."""


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read addresses and networks with commas between them; raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _names_a_person(header: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", header) or header.lower() in ANYBODYS:
        raise ValueError("is no header by which a proxy could name a person")
    return header


def _are_networks(text: str) -> str:
    if any(network.prefixlen == 0 for network in networks(text)):
        raise ValueError("trusts everybody")
    return text


PersonHeader = Annotated[str, AfterValidator(_names_a_person)]
NetworkList = Annotated[str, AfterValidator(_are_networks)]
