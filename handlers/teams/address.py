"""Addresses of Workflows webhooks: which are refused, and why."""

import re
from urllib.parse import urlsplit

GUIDE = "docs/teams.md"
_DEAD = re.compile(r"(^|\.)webhook\.office(365)?\.(com|us)$|(^|\.)outlook\.office(365)?\.(com|us)$", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def fault(url: str) -> str:
    """Say why an address cannot be used, in words for the one who set it; empty where it can."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "is not an address"
    if _DEAD.search(host):
        return (
            "is the address of an Office 365 connector; Microsoft switched those off in May 2026. "
            f"Make a Workflows webhook instead: {GUIDE} shows how"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        return "does not begin with https://"
    return "" if host else "names no host"
