"""Prism: a server that answers as the contract says, and refuses each request that is not as the contract wants it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from bot.microsoft import GraphClient, open_http
from tests import kits
from tests.mail.worlds import StillClock, chance
from tests.microsoft.contract import FILE
from tests.microsoft.entra import FakeEntra
from tests.ports import free_port

SCRIPT = kits.MODULES / "@stoplight" / "prism-cli" / "dist" / "index.js"
VIOLATIONS = "sl-violations"
"""Prism's header for what is wrong with a request, or with its own answer."""
PROBLEM = "application/problem+json"


@asynccontextmanager
async def running() -> AsyncIterator[int]:
    """Run Prism on the contract until the block ends; gives its port."""
    port = free_port()
    async with kits.serving(SCRIPT, "mock", "--host", "127.0.0.1", "--port", str(port), "--errors", FILE, port=port):
        yield port


@dataclass(slots=True)
class Asked:
    """The bot's own client, asking a running Prism; ``prefers`` choose its next answers one by one (``code=429``)."""

    port: int
    prefers: list[str] = field(default_factory=list)
    clock: StillClock = field(default_factory=StillClock)
    accepted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """What Prism holds to be wrong, with its words."""
    http: httpx.AsyncClient = field(default_factory=open_http)

    async def __aenter__(self) -> Self:
        """Watch what is asked and answered."""
        self.http.event_hooks = {"request": [self._choose], "response": [self._note]}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the connections."""
        await self.http.aclose()

    @property
    def client(self) -> GraphClient:
        """The client that the bot uses; Prism serves without a version in the path."""
        base = f"http://127.0.0.1:{self.port}"
        return GraphClient(self.http, FakeEntra().tokens(), clock=self.clock, chance=chance(), base=base)

    async def _choose(self, request: httpx.Request) -> None:
        if self.prefers:
            request.headers["Prefer"] = self.prefers.pop(0)

    async def _note(self, response: httpx.Response) -> None:
        asked = f"{response.request.method} {response.request.url.path}"
        if VIOLATIONS in response.headers or response.headers.get("Content-Type") == PROBLEM:
            words = response.headers.get(VIOLATIONS) or (await response.aread()).decode()
            self.refused.append(f"{asked}: {words}")
        else:
            self.accepted.append(f"{asked} {response.status_code}")
