"""Socket Mode, against a socket that breaks."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import WSMsgType, web
from pydantic import SecretStr

from bot.types import Order, Reported, Verb
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.bolt import Bolt
from handlers.slack.socket import SocketMode
from tests.handlers.examples import TestClock, snapshot
from tests.outbox.chance import seeded

HELLO: dict[str, object] = {"type": "hello"}


def envelope(number: int, text: str = "") -> dict[str, object]:
    """Give a command as Slack sends it."""
    payload = {
        "command": "/mailstatus",
        "text": text,
        "user_id": "U1",
        "user_name": "ana",
        "team_id": "T1",
        "channel_id": "C1",
    }
    return {"envelope_id": f"e{number}", "type": "slash_commands", "accepts_response_payload": True, "payload": payload}


@dataclass
class Station:
    """Slack's side: what each connection sends, and what came back."""

    scripts: list[list[dict[str, object] | str]] = field(default_factory=list)
    heard: list[dict[str, object]] = field(default_factory=list)
    opened: int = 0
    orders: list[Order] = field(default_factory=list)
    clock: TestClock = field(default_factory=TestClock)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    async def open(self, _: web.Request) -> web.Response:
        """Answer apps.connections.open."""
        self.opened += 1
        if self.opened > len(self.scripts):
            return web.json_response({"ok": False, "error": "internal_error"})
        return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self.port}/socket"})

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Send a connection's script, then hear what comes back."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for sent in self.scripts[self.opened - 1]:
            if sent == "close":
                await socket.close()
                return socket
            await (socket.send_str(sent) if isinstance(sent, str) else socket.send_json(sent))
            if isinstance(sent, dict) and "envelope_id" in sent:
                await self._hear(socket)
        if self.opened == len(self.scripts):
            self.done.set()
        await socket.receive()
        return socket

    async def _hear(self, socket: web.WebSocketResponse) -> None:
        message = await socket.receive()
        assert message.type is WSMsgType.TEXT
        self.heard.append(json.loads(message.data))


@pytest.fixture
async def station() -> AsyncIterator[Station]:
    """Serve Slack's side on loopback."""
    slack = Station()
    app = web.Application()
    app.router.add_post("/api/apps.connections.open", slack.open)
    app.router.add_get("/socket", slack.socket)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.port = runner.addresses[0][1]
    yield slack
    await runner.cleanup()


async def listen(station: Station) -> SocketMode:
    """Listen until the last script is done."""

    async def order(given: Order) -> None:
        station.orders.append(given)

    async def report(_: Reported) -> None:
        """Take a report."""

    desk = Orders(snapshot=snapshot, order=order, report=report, clock=station.clock, may=lambda _: True)
    api = SlackApi(SecretStr("xapp-1"), base_url=f"http://127.0.0.1:{station.port}/api/")
    mode = SocketMode(api, Bolt(api, Commands(orders=desk), {}), clock=station.clock, chance=seeded(1))
    running = asyncio.create_task(mode.run())
    async with asyncio.timeout(10):
        await station.done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await api.aclose()
    return mode


async def test_a_command_is_answered_over_the_socket(station: Station) -> None:
    """By the same listeners, in the answer to its envelope."""
    station.scripts = [[HELLO, envelope(1), envelope(2, "ack")]]
    mode = await listen(station)
    assert [one["envelope_id"] for one in station.heard] == ["e1", "e2"]
    assert "Sending mail fails." in str(station.heard[0]["payload"])
    assert [one.verb for one in station.orders] == [Verb.ACK]
    assert mode.connected_since is not None


async def test_where_slack_asks_for_a_new_connection_it_gets_one_at_once(station: Station) -> None:
    """Without a wait."""
    station.scripts = [[HELLO, {"type": "disconnect", "reason": "refresh_requested"}], [HELLO, envelope(1)]]
    await listen(station)
    assert station.opened == 2
    assert station.clock.slept == []


async def test_a_dead_socket_is_replaced_after_a_wait(station: Station) -> None:
    """By chance a little shorter, so that many do not come back together."""
    station.scripts = [[HELLO, "close"], [HELLO, envelope(1)]]
    await listen(station)
    assert len(station.heard) == 1
    assert len(station.clock.slept) == 1


async def test_garbage_on_the_socket_ends_nothing_for_good(station: Station) -> None:
    """A new connection is made."""
    station.scripts = [[HELLO, "{"], [HELLO, "[1]", envelope(1)]]
    await listen(station)
    assert len(station.heard) == 1


async def test_where_slack_refuses_the_wait_grows(station: Station) -> None:
    """And the reason is there for doctor."""
    station.scripts = []
    clock = station.clock

    async def sleep(length: object) -> None:
        clock.slept.append(length)  # type: ignore[arg-type]  # a timedelta
        if len(clock.slept) == 4:
            station.done.set()
        await asyncio.sleep(0)

    clock.sleep = sleep  # type: ignore[method-assign]  # counts, and ends the test
    mode = await listen(station)
    assert clock.slept[3] > clock.slept[0]
    assert "internal_error" in mode.error
