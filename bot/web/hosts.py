"""The names by which the page is asked for where it asks nobody who they are: this machine's own, and no others."""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MISDIRECTED = 421
REFUSAL = (
    "Without a token this page answers to 127.0.0.1 and localhost alone. To reach it by another name set "
    "MAILSTATUS_PAGE_TOKEN, or name the reverse proxy in front in MAILSTATUS_TRUSTED_PROXIES.\n"
)


class Hosts:
    """Answers to loopback names alone.

    A stranger's page in a browser on this machine may ask for a name of the stranger's that leads here by now (DNS
    rebinding); what it is answered it may read.
    """

    def __init__(self, app: ASGIApp, *, always: Iterable[str]) -> None:
        """Take the paths that are answered by any name."""
        self._app = app
        self._always = frozenset(always)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 421."""
        if scope["type"] != "http" or scope["path"] in self._always or is_loopback(_asked_for(scope)):
            await self._app(scope, receive, send)
            return
        await PlainTextResponse(REFUSAL, MISDIRECTED)(scope, receive, send)


def _asked_for(scope: Scope) -> str:
    """Give the name without its port; empty where there is none."""
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Tell whether an address is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
