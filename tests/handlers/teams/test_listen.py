"""An outgoing webhook of Teams."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.types import Order, Person, Reported
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.teams.listen import AGE_MOST, TeamsListener
from tests.handlers.asgi import Answered, receiving
from tests.handlers.examples import NOW, TestClock, snapshot

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = base64.b64encode(KEY).decode()


def listener(
    orders: list[Order] | None = None, *, clock: TestClock | None = None, gate: asyncio.Event | None = None
) -> TeamsListener:
    """Make a listener over the example evening; what is saved waits for ``gate``."""
    time = clock or TestClock()

    async def order(given: Order) -> None:
        if gate is not None:
            await gate.wait()
        if orders is not None:
            orders.append(given)

    async def report(_: Reported, _by: Person) -> None:
        """Take a report."""

    desk = Orders(snapshot=snapshot, order=order, report=report, refused=order, clock=time, may=lambda _: True)
    commands = Commands(orders=desk, name="@mailstatus")
    return TeamsListener(SecretStr(SECRET), lambda: commands, now=time.now)


def activity(text: str, **more: object) -> bytes:
    """Give what Teams posts."""
    said = {"type": "message", "timestamp": NOW.isoformat(), "text": f"<at>mailstatus</at>&nbsp;{text}"}
    return json.dumps({**said, "from": {"id": "29:1", "name": "Ana", "aadObjectId": "0-1"}, **more}).encode()


async def post(
    to: TeamsListener, body: bytes, *, key: bytes = KEY, header: str | None = None, method: str = "POST"
) -> Answered:
    """Post signed bytes."""
    signature = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
    raw = [(b"authorization", (f"HMAC {signature}" if header is None else header).encode())]
    answered = Answered()
    await to({"type": "http", "method": method, "headers": raw}, receiving(body), answered.send)
    return answered


async def test_a_mention_is_answered_with_a_card_in_the_same_request() -> None:
    """From memory."""
    answered = await post(listener(), activity("details"))
    assert answered.status == 200
    said = json.loads(answered.body)
    assert said["type"] == "message"
    assert "6 of 10 test messages" in json.dumps(said["attachments"][0]["content"])


async def test_an_order_goes_by_the_persons_name() -> None:
    """The mention and HTML are taken off first."""
    orders: list[Order] = []
    await post(listener(orders), activity("<b>mute</b> 1h &amp; wait", channelData={"tenant": {"id": "A-1"}}))
    (order,) = orders
    assert (order.person, order.note) == ("Ana", "& wait")
    assert order.by == Person(platform="teams", workspace="a-1", id="0-1")


async def test_a_person_whose_tenant_teams_does_not_say_may_order_too() -> None:
    """It is noted without."""
    orders: list[Order] = []
    await post(listener(orders), activity("ack", channelData="of no shape"))
    assert [order.by for order in orders] == [Person(platform="teams", workspace="", id="0-1")]


@pytest.mark.parametrize(
    ("body", "more", "status"),
    [
        pytest.param(activity("x"), {"key": b"other"}, 401, id="signed by somebody else"),
        pytest.param(activity("x"), {"header": ""}, 401, id="unsigned"),
        pytest.param(activity("x"), {"header": "HMAC x"}, 401, id="no signature"),
        pytest.param(activity("x"), {"method": "GET"}, 405, id="no post"),
        pytest.param(activity("x", timestamp=(NOW - timedelta(minutes=6)).isoformat()), {}, 401, id="old"),
        pytest.param(activity("x", timestamp="soon"), {}, 400, id="no time"),
        pytest.param(activity("x", timestamp="2023-07-18T05:09:00"), {}, 401, id="nobody's time"),
        pytest.param(b"[]", {}, 400, id="no object"),
        pytest.param(b"[" * 200_000, {}, 400, id="deeply nested"),
        pytest.param(b"\xff", {}, 400, id="not UTF-8"),
        pytest.param(b"x" * 300_000, {}, 413, id="huge"),
    ],
)
async def test_whoever_is_not_teams_stays_out(body: bytes, more: dict[str, object], status: int) -> None:
    """With a status, and nothing else."""
    answered = await post(listener(), body, **more)  # type: ignore[arg-type]  # one argument or another
    assert (answered.status, answered.body) == (status, b"")


async def test_the_same_bytes_come_in_once() -> None:
    """The signature has no time in it."""
    to = listener()
    assert (await post(to, activity("x"))).status == 200
    assert (await post(to, activity("x"))).status == 401


async def test_bytes_from_a_fast_clock_come_in_once_too() -> None:
    """They count as new for twice as long."""
    clock = TestClock()
    to, early = listener(clock=clock), activity("x", timestamp=(NOW + AGE_MOST).isoformat())
    assert (await post(to, early)).status == 200
    clock.at += 2 * AGE_MOST
    assert (await post(to, early)).status == 401


async def test_a_store_that_hangs_keeps_nobody_waiting() -> None:
    """Teams wants its answer within five seconds: it gets one that says what is not saved yet."""
    gate, orders = asyncio.Event(), list[Order]()
    to = listener(orders, gate=gate)
    async with asyncio.timeout(5):
        answered = await post(to, activity("ack"))
    assert "Not saved yet" in answered.body.decode()
    gate.set()
    commands = to._commands()
    assert commands
    await commands.orders.saving.drain()
    assert len(orders) == 1


@pytest.mark.parametrize("secret", ["", "not base64!"])
def test_a_secret_that_cannot_be_one_is_refused_at_the_start(secret: str) -> None:
    """With what it should be."""
    with pytest.raises(ValueError, match="is "):
        TeamsListener(SecretStr(secret), lambda: None, now=lambda: NOW)
