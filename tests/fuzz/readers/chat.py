"""What comes in from chats: bodies that Slack and Teams signed, envelopes of Socket Mode, and what people type."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from urllib.parse import urlencode

from pydantic import SecretStr

from bot.types import Order, Person, Reported
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.answer import body as slack_body
from handlers.slack.api import SlackApi
from handlers.slack.listen import SlackListener
from handlers.teams.answer import card
from handlers.teams.listen import TeamsListener
from handlers.teams.render import envelope
from tests.fuzz.harness import NESTING, Read, Reader
from tests.handlers.asgi import Answered, receiving
from tests.handlers.asking import everybodys
from tests.handlers.examples import NOW, TestClock, claim, incident, snapshot
from tests.handlers.people import ANA, Kept
from tests.handlers.slack.limits import faults
from tests.handlers.slack.test_guard import FORM, SECRET, request, signed
from tests.handlers.teams.test_listen import SECRET as TOKEN
from tests.handlers.teams.test_listen import activity, post

LANGUAGES = ("en", "de", "fr", "es", "ja")
BOLTS_OWN = 500
"""What slack_bolt answers where a body that Slack signed has a shape that Slack never sent."""
CARD_BYTES = 28 * 1024
"""What a Workflow takes."""
EVENING = snapshot(open=(incident(claims=(claim(),)),), advisories=(claim("EX649488"),))


async def _order(_: Order) -> None:
    """Take an order."""


async def _report(_: Reported, _by: Person) -> None:
    """Take a report."""


def _commands() -> Commands:
    orders = Orders(
        snapshot=lambda: EVENING,
        order=_order,
        report=_report,
        refused=_order,
        clock=TestClock(),
        may=lambda _: True,
    )
    return Commands(orders=orders, subscriptions=Kept().desk(orders.saving))


@contextmanager
def _typing() -> Iterator[Read]:
    """Let somebody type."""
    with asyncio.Runner() as runner:

        def typed(raw: bytes) -> None:
            with suppress(UnicodeDecodeError):
                _typed(raw, runner)

        yield typed


def _typed(raw: bytes, runner: asyncio.Runner) -> None:
    """Answer what somebody typed, in a language, and dress the answer for both platforms."""
    language = LANGUAGES[len(raw) % len(LANGUAGES)]
    text = raw.decode("utf-8", "surrogatepass" if len(raw) % 2 else "replace")
    asked = Asked(text=text, person=ANA, name=text[:80], language=language)
    answer = runner.run(_commands().answer(asked))
    wrong = faults(list(slack_body(answer)["blocks"]))  # type: ignore[call-overload]  # a body's blocks are a list
    if wrong:
        raise AssertionError(f"Slack would refuse {wrong}")
    if len(json.dumps(envelope(card(answer))).encode()) > CARD_BYTES:
        raise AssertionError("Teams would refuse a card of this size")


@contextmanager
def _slack() -> Iterator[Read]:
    """Open the way in from Slack, with somebody who signs whatever it is given."""
    api = SlackApi(SecretStr("xoxb-1"), base_url="http://127.0.0.1:9/api/")
    clock = TestClock()
    commands = _commands()
    listener = SlackListener(api, SecretStr(SECRET), everybodys(commands), now=clock.now)

    async def posted(raw: bytes) -> None:
        clock.at += timedelta(minutes=7)  # so that the same bytes may come again
        kind = "application/json" if raw.startswith(b"{") else FORM
        answered = Answered()
        await listener(request(signed(raw, clock.at, kind=kind)), receiving(raw), answered.send)
        await commands.orders.saving.drain()
        _answered(answered, but=BOLTS_OWN)

    with asyncio.Runner() as runner:
        runner.run(listener.warm())
        try:
            yield lambda raw: runner.run(posted(raw))
        finally:
            runner.run(api.aclose())


@contextmanager
def _socket() -> Iterator[Read]:
    """Open what Socket Mode hands envelopes to."""
    api = SlackApi(SecretStr("xoxb-1"), base_url="http://127.0.0.1:9/api/")
    commands = _commands()
    listener = SlackListener(api, SecretStr(SECRET), everybodys(commands), now=lambda: NOW)

    async def came(raw: bytes) -> None:
        try:
            payload = json.loads(raw)
        except (ValueError, RecursionError):
            return
        if isinstance(payload, dict):
            await listener.bolt().dispatch_socket(payload)
            await commands.orders.saving.drain()

    with asyncio.Runner() as runner:
        runner.run(listener.warm())
        try:
            yield lambda raw: runner.run(came(raw))
        finally:
            runner.run(api.aclose())


@contextmanager
def _webhook() -> Iterator[Read]:
    """Open the way in from an outgoing webhook of Teams."""

    async def posted(raw: bytes) -> None:
        commands = _commands()
        _answered(await post(TeamsListener(SecretStr(TOKEN), lambda: commands, now=lambda: NOW), raw))
        await commands.orders.saving.drain()

    with asyncio.Runner() as runner:
        yield lambda raw: runner.run(posted(raw))


def _answered(answered: Answered, *, but: int = 0) -> None:
    if not 200 <= answered.status < 500 and answered.status != but:
        raise AssertionError(f"answered {answered.status}: {answered.body!r}")


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
_HOME = {"type": "event_callback", "team_id": "T1", "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}}
_GONE = {"type": "event_callback", "team_id": "T1", "event": {"type": "tokens_revoked", "tokens": {"bot": ["U2"]}}}
_JSON = tuple(json.dumps(one).encode() for one in (_PRESS, _CONTROL, _HOME, _GONE))
_FORMS = tuple(
    urlencode(one).encode() for one in (_COMMAND, {"payload": json.dumps(_PRESS)}, {"payload": json.dumps(_CONTROL)})
)
_WORDS = (
    b" ", b"/", b"mute ", b"1h", b"99999d", b"-", b"subscribe ", b"quiet 22-7 ", b"share ", b"explain EX649175", b"details ", b"history 7d ",
    b"<@U1>", b"*", b"`", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xf0\x9f\x94\xa5", b"\0", b"\n", b"<at>", b"&", b"{{DATE(", b"\xd9\xa3", b"join ",
)  # fmt: skip

READERS: Mapping[str, Reader] = {
    "commands": Reader(
        opened=_typing,
        seeds=(
            b"mute 1h30 why",
            b"details",
            b"history 3d",
            b"explain EX649175",
            b"is outlook down?",
            b"subscribe severe outbound quiet 22:00-07:00",
            b"report mail is late",
            b"part EX649175",
            b"join EX649488 1",
            b"unmute",
            b"share outbound",
            b"hlep",
            b"warum kommt nichts an?",
            "メールは遅い".encode(),
        ),
        pieces=_WORDS,
    ),
    "slack-door": Reader(
        opened=_slack,
        seeds=(*_FORMS, *_JSON),
        pieces=(*NESTING, b"&", b"%ff", b"%00", b"=", b"payload=", b"\xff", b"null"),
    ),
    "slack-socket": Reader(
        opened=_socket, seeds=(*_JSON, json.dumps(_COMMAND).encode()), pieces=(*NESTING, b"null", b'"\\ud800"', b"\0")
    ),
    "teams-webhook": Reader(
        opened=_webhook,
        seeds=(activity("details"), activity("<b>mute</b> 1h &amp; wait")),
        pieces=(*NESTING, b"<", b"<at>", b"</at>", b"&", b"&#x41;", b"&nbsp;", b"null", b'"\\ud800"', b"\0"),
    ),
}
