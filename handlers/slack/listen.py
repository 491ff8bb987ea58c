"""What people do in Slack comes in here over HTTP, behind our own guard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from pydantic import SecretStr

from handlers.desks import Desks
from handlers.door import Receive, RefusedError, Scope, Send, answer, refuse
from handlers.slack.api import SlackApi
from handlers.slack.guard import Guard

if TYPE_CHECKING:
    from handlers.slack.bolt import Bolt, Installed

PATH = "/slack/events"
"""Where the manifest sends commands, buttons and events to."""


class SlackListener:
    """An ASGI application for Slack's requests; ``warm`` spares the first person the wait for the imports."""

    def __init__(
        self,
        api: SlackApi,
        secret: SecretStr,
        desks: Desks,
        *,
        now: Callable[[], datetime],
        installed: Installed | None = None,
    ) -> None:
        """Take ``now`` by the machine's own clock, for Slack signs by it; ``installed`` is for several workspaces."""
        self._api = api
        self._desks = desks
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

            self._made = Bolt(self._api, self._desks, installed=self._installed)
        return self._made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with a status and nothing else."""
        if scope["type"] != "http":
            return
        try:
            body, headers = await self._guard.admitted(scope, receive)
        except RefusedError as refused:
            await refuse(scope, send, refused)
            return
        status, kind, text = await self.bolt().dispatch(body, headers)
        await answer(send, status, text.encode(), {"content-type": kind})
