"""The one place that makes HTTP clients."""

import logging
import ssl
from functools import lru_cache
from pathlib import Path

import certifi
import httpx

# At INFO it logs whole addresses, and some are secrets; the Teams SDK sets its level, so a level would not last.
logging.getLogger("httpx").disabled = True
logging.getLogger("httpcore").setLevel(logging.WARNING)

TIMEOUT = httpx.Timeout(20.0, connect=10.0)
AGENT = "mailstatus/0.1"


@lru_cache(maxsize=16)
def trust(ca_bundle: Path | None = None) -> ssl.SSLContext:
    """Trust the public authorities, and those in a PEM file besides (a company's proxy, a test stand-in), over HTTPS.

    Kept, as each takes 20 ms and a megabyte; a file that is replaced counts from the next start on.
    """
    return _context(ca_bundle)


@lru_cache(maxsize=16)
def mail_trust(ca_bundle: Path | None = None) -> ssl.SSLContext:
    """Trust the same for mail, which must not share: httpx writes into its context that it speaks HTTP (ALPN).

    Exim and others hang up on a client that says so.
    """
    return _context(ca_bundle)


def _context(ca_bundle: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_bundle is not None:
        context.load_verify_locations(cafile=ca_bundle)
    return context


def open_http(ca_bundle: Path | None = None, *, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Open a client with time limits; whoever opens it closes it."""
    return httpx.AsyncClient(
        verify=trust(ca_bundle),
        transport=transport,
        timeout=TIMEOUT,
        headers={"User-Agent": AGENT},
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
    )
