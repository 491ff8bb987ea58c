"""A mailbox that test messages are sent from and looked for in."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from pydantic import SecretStr

from bot.egress import Reach
from bot.microsoft import TokenSource

Secret: TypeAlias = SecretStr | TokenSource
"""A password, or a callable that gives an XOAUTH2 token."""


class Security(StrEnum):
    """How a connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a mail server listens; plain text is for this machine's own loopback alone."""

    host: str
    port: int
    security: Security = Security.TLS
    reach: Reach | None = None
    """What connects to a server that a tenant named; None where any address will do."""

    def __post_init__(self) -> None:
        """Refuse to send a password in the clear over a network; raises ValueError."""
        if self.security is Security.PLAIN and not _is_loopback(self.host):
            raise ValueError(f"{self.host}:{self.port} has security 'plain': choose 'tls' or 'starttls'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One mailbox with what is needed to use it; ``user`` is for servers whose login is not the address."""

    name: str
    address: str
    smtp: Server | None = None
    imap: Server | None = None
    secret: Secret | None = None
    user: str = ""
    ca_bundle: Path | None = None

    @property
    def login(self) -> str:
        """The name to sign in by."""
        return self.user or self.address

    @property
    def domain(self) -> str:
        """The part after the last at sign."""
        return self.address.rpartition("@")[2]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
