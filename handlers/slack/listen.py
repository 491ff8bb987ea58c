"""What people do in Slack comes in here over HTTP, behind our own guard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from handlers.commands import Commands
from handlers.door import Receive, RefusedError, Scope, Send, answer
from handlers.slack.api import SlackApi
from handlers.slack.guard import Guard

if TYPE_CHECKING:
    from handlers.slack.bolt import Bolt, Installed

log = structlog.get_logger()

PATH = "/slack/events"
"""Where the manifest sends commands, buttons and events to."""


class SlackListener:
    """An ASGI application for Slack's requests; ``warm`` spares the first person the wait for the imports."""

    def __init__(
        self,
        api: SlackApi,
        secret: SecretStr,
        commands: Commands,
        *,
        now: Callable[[], datetime],
        languages: Mapping[str, str] | None = None,
        installed: Installed | None = None,
    ) -> None:
        """Take ``languages`` by channel id; ``now`` is the machine's own clock, for Slack signs with its own.

        ``installed`` is for several workspaces.
        """
        self._api = api
        self._commands = commands
        self._languages = languages or {}
        self._installed = installed
        self._guard = Guard(secret, now=now)
        self._made: Bolt | None = None

    async def warm(self) -> None:
        """Import what answers, beside whatever else is starting."""
        await asyncio.to_thread(import_module, "handlers.slack.bolt")
        self.bolt()

    def bolt(self) -> Bolt:
        """Give the listeners, the same for HTTP and Socket Mode."""
        if self._made is None:
            from handlers.slack.bolt import Bolt  # noqa: PLC0415 - slack_bolt takes 0.7 s to import

            self._made = Bolt(self._api, self._commands, self._languages, installed=self._installed)
        return self._made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with a status and nothing else."""
        if scope["type"] != "http":
            return
        try:
            body, headers = await self._guard.admitted(scope, receive)
        except RefusedError as refused:
            log.info("slack_request_refused", status=refused.status, why=str(refused))
            await answer(send, refused.status)
            return
        status, kind, text = await self.bolt().dispatch(body, headers)
        await answer(send, status, text.encode(), {"content-type": kind})
