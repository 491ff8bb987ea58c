"""Slack's Web API, connected at the first call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from handlers.slack.pace import Pace

if TYPE_CHECKING:
    from handlers.slack.wire import Wire

LIMIT = timedelta(seconds=10)
BASE_URL = "https://slack.com/api/"


class SlackApi:
    """One workspace's Web API; is to be closed."""

    def __init__(self, token: SecretStr, *, base_url: str = BASE_URL, limit: timedelta = LIMIT) -> None:
        """Keep the token for the calls to come."""
        self._token = token
        self.base_url = base_url
        self._limit = limit
        self._wire: Wire | None = None
        self.pace = Pace()
        """Of all channels: Slack counts much of it together."""

    async def call(self, method: str, /, **arguments: object) -> Mapping[str, object]:
        """Call a method that writes, once; raise SlackError where Slack said no or nobody knows."""
        return await (await self.connected()).call(method, json=arguments)

    async def ask(self, method: str, /, **arguments: object) -> Mapping[str, object]:
        """Call a method that reads, once: those take a form and no JSON. Raises SlackError."""
        return await (await self.connected()).call(method, data=arguments)

    async def upload(self, url: str, content: bytes) -> None:
        """Send a file's bytes to the address that Slack gave for them; raises SlackError."""
        await self.wire().upload(url, content)

    async def respond(self, url: str, body: Mapping[str, object]) -> None:
        """Answer by the address that came with a request; what cannot be answered any more is only logged."""
        await self.wire().respond(url, body)

    def of(self, team: str) -> SlackApi:  # noqa: ARG002 - where there is one workspace, it is the one that is meant
        """Give the Web API of a workspace by its id."""
        return self

    async def connected(self) -> Wire:
        """Connect with the token that counts now."""
        return self.wire()

    def wire(self) -> Wire:
        """Connect at the first use."""
        if self._wire is None:
            from handlers.slack.wire import Wire  # noqa: PLC0415 - aiohttp and slack_sdk take 0.5 s to import

            self._wire = Wire(self._token, base_url=self.base_url, limit=self._limit)
        return self._wire

    async def aclose(self) -> None:
        """Close the connections."""
        if self._wire is not None:
            await self._wire.aclose()
