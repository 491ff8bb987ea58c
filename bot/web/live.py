"""The page's live part: one rendering shared by all who look, pushed when it changes."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta

PACE = timedelta(seconds=2)
CLIENTS = 1000
"""At most so many pages are kept up to date; the others load again by themselves."""


class Live:
    """Streams of server-sent events; ``render`` gives the live part and the time that it is as of."""

    def __init__(self, render: Callable[[], Awaitable[tuple[str, str]]], *, pace: timedelta = PACE) -> None:
        self.clients = 0
        self._render = render
        self._pace = pace.total_seconds()
        self._closing = asyncio.Event()
        self._lock = asyncio.Lock()
        self._fresh_until = float("-inf")
        self._rendered = ("", "")

    @property
    def full(self) -> bool:
        """Tell whether no more streams are given out."""
        return self.clients >= CLIENTS or self._closing.is_set()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closing.set()

    async def stream(self) -> AsyncGenerator[str, None]:
        """Give events until closed: the live part when it differs from the last one given, else a beat."""
        self.clients += 1
        try:
            shown = ""
            while not self._closing.is_set():
                html, at = await self._current()
                yield event(at, name="beat") if html == shown else event(html) + event(at, name="beat")
                shown = html
                await self._wait()
        finally:
            self.clients -= 1

    async def _current(self) -> tuple[str, str]:
        """Render at most once a pace, however many look."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now >= self._fresh_until:
                self._rendered = await self._render()
                self._fresh_until = now + self._pace
            return self._rendered

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._pace):
                await self._closing.wait()
        except TimeoutError:
            return


def event(text: str, *, name: str = "") -> str:
    """Write one server-sent event."""
    lines = [f"event: {name}"] if name else []
    return "\n".join([*lines, *(f"data: {line}" for line in text.splitlines()), "", ""])
