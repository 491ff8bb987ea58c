"""The way in for chat platforms, past all that is made for browsers: they guard themselves, and are to answer soon."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Doors:
    """Gives what comes to a mounted path, or below it, to what is mounted there, as it came."""

    def __init__(self, app: ASGIApp, *, mounts: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._mounts = mounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        await self._meant(scope)(scope, receive, send)

    def _meant(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "http":
            path = scope["path"]
            for prefix, app in self._mounts.items():
                if path == prefix or path.startswith(f"{prefix}/"):
                    return app
        return self._app
