"""Slack's side of several processes: what it sends over its sockets and to one address, and what it is answered."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import httpx
from aiohttp import web

from handlers.slack.listen import PATH
from tests.handlers.slack.test_guard import signed

WHO = {"user_id": "U1", "user_name": "ana", "team_id": "T1", "channel_id": "C0123456789"}


@dataclass
class SlackSide:
    """A workspace with one person in it."""

    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    """Of the app, the oldest first, those that are over among them."""
    heard: list[Mapping[str, Any]] = field(default_factory=list)
    """What came back over them."""
    read: list[str] = field(default_factory=list)
    """What the person was shown by a request's own address."""
    port: int = 0

    @property
    def api(self) -> str:
        """Give the address of the Web API."""
        return f"http://127.0.0.1:{self.port}/api/"

    async def call(self, request: web.Request) -> web.Response:
        """Answer any method of the Web API."""
        is_open = request.match_info["method"] == "apps.connections.open"
        return web.json_response({"ok": True} | ({"url": f"ws://127.0.0.1:{self.port}/socket"} if is_open else {}))

    async def respond(self, request: web.Request) -> web.Response:
        """Show the person an answer."""
        self.read.append(str((await request.json())["text"]))
        return web.Response(text="ok")

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Say hello, and hear what comes."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello"})
        self.sockets.append(socket)
        async for message in socket:
            self.heard.append(json.loads(message.data))
        return socket

    def press(self, action: str, block: str) -> Mapping[str, Any]:
        """Press a button under incident 1; ``block`` tells one press from another."""
        return {
            "type": "block_actions",
            "user": {"id": "U1", "name": "ana", "team_id": "T1"},
            "team": {"id": "T1"},
            "channel": {"id": "C0123456789"},
            "response_url": f"http://127.0.0.1:{self.port}/commands/1",
            "actions": [{"type": "button", "action_id": action, "block_id": block, "value": "1"}],
        }


@asynccontextmanager
async def slack_side() -> AsyncIterator[SlackSide]:
    """Serve it on loopback."""
    slack = SlackSide()
    app = web.Application()
    app.router.add_post("/api/{method}", slack.call)
    app.router.add_post("/commands/1", slack.respond)
    app.router.add_get("/socket", slack.socket)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.port = runner.addresses[0][1]
        yield slack
    finally:
        await runner.cleanup()


class Balancer:
    """Gives each request to the next process, and to the one after it where that is gone."""

    def __init__(self, client: httpx.AsyncClient, addresses: list[str]) -> None:
        """Take the processes' addresses."""
        self._client = client
        self._count = len(addresses)
        self._next = cycle(addresses)

    async def give(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Hand a request over; raises ConnectError where nobody is there."""
        for _ in range(self._count - 1):
            try:
                return await self._post(body, headers)
            except httpx.ConnectError:
                continue
        return await self._post(body, headers)

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        return await self._client.post(f"{next(self._next).rstrip('/')}{PATH}", content=body, headers=dict(headers))


def typed(text: str, at: datetime, secret: str) -> tuple[bytes, Mapping[str, str]]:
    """Give a command as Slack posts it."""
    body = urlencode({"command": "/mailstatus", "text": text, **WHO}).encode()
    return body, signed(body, at, secret=secret)


def pressed(payload: Mapping[str, Any], at: datetime, secret: str) -> tuple[bytes, Mapping[str, str]]:
    """Give the press of a button as Slack posts it."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return body, signed(body, at, secret=secret)


async def deliver(socket: web.WebSocketResponse, id_: str, payload: Mapping[str, Any]) -> None:
    """Send an envelope."""
    await socket.send_json({"envelope_id": id_, "accepts_response_payload": True, "payload": payload})
