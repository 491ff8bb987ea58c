"""Addresses of Workflows webhooks: which are refused and why, and which one opens by its signature alone."""

import re
from urllib.parse import parse_qs, urlsplit

GUIDE = "docs/teams.md"
_DEAD = re.compile(r"(^|\.)webhook\.office(365)?\.(com|us)$|(^|\.)outlook\.office(365)?\.(com|us)$", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# A token is for Microsoft alone; whoever runs another host in between lets us in without one.
_MICROSOFT = re.compile(r"\.(azure|powerplatform|appsplatform|microsoft|microsoftonline)\.(com|us|cn)$", re.IGNORECASE)


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


def wants_token(url: str) -> bool:
    """Tell whether only people of the tenant can trigger a flow: its address has no signature, so it wants a token.

    Where there is a signature a token must not be sent: the flow refuses both together.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    return not parse_qs(parts.query).get("sig") and (host in _LOOPBACK or bool(_MICROSOFT.search(host)))
