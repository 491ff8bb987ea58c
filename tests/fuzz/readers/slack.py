"""What comes in from Slack: bodies that it signed, what Socket Mode hands on, and the envelopes that it comes in."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any, TypeAlias
from urllib.parse import urlencode

from aiohttp import WSMessage, WSMsgType
from pydantic import SecretStr
from slack_bolt.listener.async_listener_error_handler import AsyncListenerErrorHandler

from handlers.commands import Commands
from handlers.door import RefusedError
from handlers.saving import Saving
from handlers.slack.api import SlackApi
from handlers.slack.connection import Connection, Limits
from handlers.slack.listen import SlackListener
from handlers.slack.socket import SocketMode
from tests.fuzz.harness import NESTING, Read, Reader
from tests.fuzz.readers.evening import Seen, commands
from tests.handlers.asgi import Answered, receiving
from tests.handlers.asking import everybodys
from tests.handlers.examples import TestClock
from tests.handlers.slack.test_guard import FORM, SECRET, request, signed

BOLTS_OWN = 500
"""What slack_bolt answers where it stumbles itself over a shape that Slack never sent; what we raise is seen before."""

ID = b"1700000000001"
"""Of an envelope."""

Made: TypeAlias = Callable[[Saving], Commands]
Feed: TypeAlias = Callable[[SlackListener, TestClock], Callable[[bytes], Awaitable[None]]]


class Heard(Seen, AsyncListenerErrorHandler):
    """Sees as well what a listener raised, for which slack_bolt answers 500."""

    async def handle(self, error: Exception, request: object, response: object) -> None:  # noqa: ARG002 - slack_bolt's
        """Keep what a listener raised."""
        self._raised.append(error)


@contextmanager
def _opened(feed: Feed, made: Made = commands) -> Iterator[Read]:
    """Open a way in to the listeners; ``made`` gives what they ask, which saves by what it is given."""
    seen, clock = Heard(), TestClock()
    api = SlackApi(SecretStr("xoxb-1"), base_url="http://127.0.0.1:9/api/")
    listener = SlackListener(api, SecretStr(SECRET), everybodys(made(seen)), now=clock.now)

    async def came(raw: bytes, read: Callable[[bytes], Awaitable[None]]) -> None:
        await read(raw)
        await seen.tell()

    with asyncio.Runner() as runner:
        runner.run(listener.warm())
        listener.bolt().app._async_listener_runner.listener_error_handler = seen
        read = feed(listener, clock)
        try:
            yield lambda raw: runner.run(came(raw, read))
        finally:
            runner.run(api.aclose())


def _posted(listener: SlackListener, clock: TestClock) -> Callable[[bytes], Awaitable[None]]:
    """Sign whatever is given."""

    async def posted(raw: bytes) -> None:
        clock.at += timedelta(minutes=7)  # so that the same bytes may come again
        kind = "application/json" if raw.startswith(b"{") else FORM
        answered = Answered()
        await listener(request(signed(raw, clock.at, kind=kind)), receiving(raw), answered.send)
        _sound(answered.status)

    return posted


def _handed(listener: SlackListener, _: TestClock) -> Callable[[bytes], Awaitable[None]]:
    """Hand payloads on as Socket Mode does."""

    async def handed(raw: bytes) -> None:
        try:
            payload = json.loads(raw)
        except (ValueError, RecursionError):
            return
        if isinstance(payload, dict):
            _sound((await listener.bolt().dispatch_socket(payload))[0])

    return handed


def _sound(status: int) -> None:
    if not 200 <= status < 500 and status != BOLTS_OWN:
        raise AssertionError(f"answered {status}")


class _Wires:
    """A websocket over which one message comes before it closes."""

    closed = False

    def __init__(self, text: str) -> None:
        self._messages = [WSMessage(WSMsgType.CLOSED, None, None), WSMessage(WSMsgType.TEXT, text, None)]

    async def receive(self) -> WSMessage:
        return self._messages.pop()

    async def send_json(self, said: object) -> None:
        json.dumps(said)


def _served(listener: SlackListener, clock: TestClock) -> Callable[[bytes], Awaitable[None]]:
    """Open Socket Mode behind a connection that stands."""
    app = SlackApi(SecretStr("xapp-1"), base_url="http://127.0.0.1:9/api/")
    socket = SocketMode(app, listener.bolt(), clock=clock, chance=Random(1))  # noqa: S311 - no secret
    count = iter(range(10**12, 2 * 10**12))

    async def served(raw: bytes) -> None:
        raw = raw.replace(ID, str(next(count)).encode())  # what comes again is answered from memory
        wires: Any = _Wires(raw.decode("utf-8", "replace"))
        with suppress(RefusedError, OSError):
            await socket._serve(Connection(wires, Limits(), lambda: None))

    return served


WAYS: Mapping[str, Callable[..., AbstractContextManager[Read]]] = {
    "slack-door": partial(_opened, _posted),
    "slack-socket": partial(_opened, _handed),
    "slack-envelopes": partial(_opened, _served),
}
"""Each may be given other commands than the usual ones."""

_COMMAND = {
    "command": "/mailstatus",
    "text": "mute 1h why",
    "user_id": "U1",
    "user_name": "ana",
    "channel_id": "C1",
    "team_id": "T1",
    "response_url": "https://hooks.slack.example/1",
}
_PRESS = {
    "type": "block_actions",
    "user": {"id": "U1", "name": "ana", "team_id": "T1"},
    "team": {"id": "T1", "domain": "x"},
    "channel": {"id": "C1"},
    "actions": [{"type": "button", "action_id": "ack", "block_id": "b", "value": "1"}],
}
_CONTROL = {
    **_PRESS,
    "actions": [{"type": "static_select", "action_id": "subscription.ways", "selected_option": {"value": "outbound"}}],
}
_HOUR = {
    **_PRESS,
    "actions": [{"type": "timepicker", "action_id": "subscription.from", "selected_time": "21:30"}],
}
_MODAL = {
    "type": "view_submission",
    "user": {"id": "U1", "name": "ana", "team_id": "T1"},
    "team": {"id": "T1", "domain": "x"},
    "view": {"id": "V1", "type": "modal", "callback_id": "ack", "state": {"values": {"b": {"ack": {"value": "1"}}}}},
}
_HOME = {"type": "event_callback", "team_id": "T1", "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}}
_GONE = {"type": "event_callback", "team_id": "T1", "event": {"type": "tokens_revoked", "tokens": {"bot": ["U2"]}}}
_PAYLOADS = (_PRESS, _CONTROL, _HOUR, _MODAL)
_JSON = tuple(json.dumps(one).encode() for one in (*_PAYLOADS, _HOME, _GONE))
_FORMS = tuple(urlencode(one).encode() for one in (_COMMAND, *({"payload": json.dumps(one)} for one in _PAYLOADS)))
_KINDS = {"slash_commands": (_COMMAND,), "interactive": _PAYLOADS, "events_api": (_HOME, _GONE)}
_ENVELOPES = tuple(
    json.dumps({"type": kind, "envelope_id": ID.decode(), "payload": one}).encode()
    for kind, several in _KINDS.items()
    for one in several
)

READERS: Mapping[str, Reader] = {
    "slack-door": Reader(
        opened=WAYS["slack-door"],
        seeds=(*_FORMS, *_JSON),
        pieces=(*NESTING, b"&", b"%ff", b"%00", b"=", b"payload=", b"\xff", b"null"),
    ),
    "slack-socket": Reader(
        opened=WAYS["slack-socket"],
        seeds=(*_JSON, json.dumps(_COMMAND).encode()),
        pieces=(*NESTING, b"null", b'"\\ud800"', b"\0"),
    ),
    "slack-envelopes": Reader(
        opened=WAYS["slack-envelopes"],
        seeds=(
            *_ENVELOPES,
            b'{"type": "disconnect", "reason": "warning"}',
            b'{"type": "hello", "num_connections": 1}',
        ),
        pieces=(*NESTING, b"null", b'"\\ud800"', b'"envelope_id": 5,', b"\0"),
    ),
}
