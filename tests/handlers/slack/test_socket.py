"""Socket Mode, against a socket that breaks."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import WSMsgType, web
from pydantic import SecretStr

from bot.types import Order, Person, Reported, Verb
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.bolt import Bolt
from handlers.slack.connection import Limits
from handlers.slack.hello import said_hello
from handlers.slack.socket import DEAF_AFTER, QUICK_MOST, SocketMode
from handlers.slack.trouble import SlackError
from tests.handlers.asking import everybodys
from tests.handlers.examples import TestClock, snapshot
from tests.outbox.chance import seeded

Line = dict[str, object] | str
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

    scripts: list[list[Line]] = field(default_factory=list)
    heard: list[dict[str, object]] = field(default_factory=list)
    opened: int = 0
    orders: list[Order] = field(default_factory=list)
    clock: TestClock = field(default_factory=TestClock)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    another: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a second connection stands."""
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
        if (number := self.opened) > 1:
            self.another.set()
        for sent in self.scripts[number - 1]:
            if not await (self._sign(socket, sent) if isinstance(sent, str) else self._send(socket, sent)):
                return socket
        if number == len(self.scripts) and not any("done" in script for script in self.scripts):
            self.done.set()
        await socket.receive()
        return socket

    async def _sign(self, socket: web.WebSocketResponse, sign: str) -> bool:
        """Do what a word in a script stands for, or send it as it is; False where the connection ends."""
        match sign:
            case "close":
                await socket.close()
            case "silence":
                await socket.receive()  # pings are answered meanwhile, and the bot hangs up
            case "until the next":
                await self.another.wait()
            case "done":
                self.done.set()
            case _:
                await socket.send_str(sign)
        return sign not in {"close", "silence"}

    async def _send(self, socket: web.WebSocketResponse, sent: dict[str, object]) -> bool:
        await socket.send_json(sent)
        if "envelope_id" in sent:
            await self._hear(socket)
        return True

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


def desk(station: Station) -> Orders:
    """Take orders and reports down."""

    async def order(given: Order) -> None:
        station.orders.append(given)

    async def report(_: Reported, _by: Person) -> None:
        """Take a report."""

    return Orders(snapshot=snapshot, order=order, report=report, refused=order, clock=station.clock, may=lambda _: True)


async def listen(station: Station, limits: Limits | None = None) -> SocketMode:
    """Listen until the last script is done."""
    api = SlackApi(SecretStr("xapp-1"), base_url=f"http://127.0.0.1:{station.port}/api/")
    mode = SocketMode(
        api, Bolt(api, everybodys(Commands(orders=desk(station)))), clock=station.clock, chance=seeded(1), limits=limits
    )
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
    assert mode.connected
    assert mode.hears()


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


QUICKLY = Limits(
    open=timedelta(seconds=0.3),
    heartbeat=timedelta(seconds=0.1),
    quiet=timedelta(seconds=0.3),
    retired=timedelta(seconds=5),
)
REFRESH: dict[str, object] = {"type": "disconnect", "reason": "refresh_requested"}


@pytest.mark.parametrize(
    "dead",
    [
        pytest.param(["until the next"], id="no hello"),
        pytest.param([HELLO, "until the next"], id="half open: nobody answers our pings"),
        pytest.param([HELLO, "silence"], id="our pings are answered, and nothing comes from Slack"),
    ],
)
async def test_a_socket_that_is_dead_without_a_word_is_noticed(station: Station, dead: list[Line]) -> None:
    """The watchdog: a new one takes its place."""
    station.scripts = [dead, [HELLO, envelope(1)]]
    mode = await listen(station, QUICKLY)
    assert len(station.heard) == 1
    assert mode.connected


async def test_what_slack_sent_before_it_changed_the_connection_is_answered_on_the_old_one(station: Station) -> None:
    """Both stand side by side, so that nothing is lost."""
    station.scripts = [[HELLO, REFRESH, "until the next", envelope(1), envelope(2, "ack"), "done"], [HELLO]]
    await listen(station)
    assert [one["envelope_id"] for one in station.heard] == ["e1", "e2"]
    assert station.clock.slept == []


async def test_an_envelope_that_comes_again_is_answered_again_and_not_done_again(station: Station) -> None:
    """Slack sends it once more where no answer reached it."""
    station.scripts = [[HELLO, envelope(1, "ack"), "close"], [HELLO, envelope(1, "ack")]]
    await listen(station)
    assert len(station.orders) == 1
    first, again = station.heard
    assert first == again


async def test_where_socket_mode_is_switched_off_nobody_is_hammered(station: Station) -> None:
    """There is a wait before each try, and what mends it is said."""
    off: list[Line] = [HELLO, {"type": "disconnect", "reason": "link_disabled"}]
    station.scripts = [off, off, [HELLO, envelope(1)]]
    mode = await listen(station)
    first, second = station.clock.slept
    assert second > first
    assert mode.connected


async def test_a_slack_that_wants_another_connection_again_and_again_is_made_to_wait(station: Station) -> None:
    """A few at once are its own changes; more are a loop."""
    changed: list[Line] = [HELLO, REFRESH]
    station.scripts = [*[changed] * (QUICK_MOST + 1), [HELLO]]
    await listen(station)
    assert len(station.clock.slept) == 1


async def test_who_cannot_be_reached_for_minutes_says_so(station: Station) -> None:
    """For health and page; a change of connection is no deafness."""
    station.scripts = [[HELLO, "done"]]
    mode = await listen(station)
    assert mode.hears()
    await mode._wait(ConnectionResetError(), 1)
    assert (mode.connected, mode.hears(), mode.error) == (False, True, "ConnectionResetError")
    station.clock.at += DEAF_AFTER + timedelta(seconds=1)
    assert not mode.hears()


async def test_too_many_tries_to_connect_wait_as_long_as_slack_asks(station: Station) -> None:
    """It answers 429 with the seconds."""
    api = SlackApi(SecretStr("xapp-1"), base_url=f"http://127.0.0.1:{station.port}/api/")
    mode = SocketMode(api, Bolt(api, everybodys(Commands(orders=desk(station)))), clock=station.clock, chance=seeded(1))
    await mode._wait(SlackError("slow", code="ratelimited", retry_after=timedelta(seconds=90)), 1)
    await api.aclose()
    assert station.clock.slept == [timedelta(seconds=90)]


async def test_the_doctor_hears_slacks_hello_or_says_what_is_in_the_way(station: Station) -> None:
    """A proxy may let the address pass, and not the socket."""
    station.scripts = [[HELLO]]
    api = SlackApi(SecretStr("xapp-1"), base_url=f"http://127.0.0.1:{station.port}/api/")
    assert await said_hello(api) == ""
    station.scripts.append(["close"])
    assert "do proxies let wss: pass?" in await said_hello(api)
    await api.aclose()
