"""Who may look, and what browsers may do with the page."""

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import TypeAlias

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.proxies import NOBODY, PERSON, Proxies

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Admits: TypeAlias = Callable[[str, str], str | None]
VIEWER = "mailstatus.viewer"
"""Where a request says who looks."""


class SafeHeaders:
    """Adds the security headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class Guard:
    """Asks for a token (a bearer token of programs, the password of any user of browsers), or the proxy's identity.

    ``admits`` tells who looks, by the token and by the person that the proxy named; None for a stranger, who is asked
    for a token where ``has_token``.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        admits: Admits,
        unguarded: Iterable[str],
        refusal: str,
        has_token: bool = True,
        proxies: Proxies = NOBODY,
    ) -> None:
        self._app = app
        self._admits = admits
        self._unguarded = frozenset(unguarded)
        self._refusal = refusal
        self._has_token = has_token
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with who looks and the person that the proxy named, or refuse it with 401."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        person = self._proxies.person(scope)
        viewer = self._viewer(scope, person)
        if viewer is not None:
            headers = self._proxies.stripped(scope["headers"])
            await self._app({**scope, "headers": headers, PERSON: person, VIEWER: viewer}, receive, send)
            return
        await PlainTextResponse(self._refusal, 401, self._challenge())(scope, receive, send)

    def _viewer(self, scope: Scope, person: str) -> str | None:
        if scope["path"] in self._unguarded:
            return ""
        return self._admits(credential(Headers(scope=scope).get("authorization", "")), person)

    def _challenge(self) -> dict[str, str]:
        """Have a browser ask for the token, where there is one."""
        asked = 'Basic realm="mailstatus", charset="UTF-8", Bearer realm="mailstatus"'
        return {"WWW-Authenticate": asked} if self._has_token else {}


def credential(header: str) -> str:
    """Read the token out of an Authorization header; empty where there is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
