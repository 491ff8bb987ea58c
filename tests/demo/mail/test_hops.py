"""Headers of the way."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

import pytest

from bot.demo.mail.hops import Passage, stamped
from bot.demo.mail.lanes import Lane, lanes
from tests.demo.conftest import NOON

BY_NAME = {lane.route.name: lane for lane in lanes()}


def travelled(lane: Lane, held: timedelta = timedelta()) -> Message:
    """Send a message at noon that is handed over after 5 s and stored 5 s later, ``held`` in between."""
    passage = Passage(
        sender=lane.sender,
        recipient=lane.recipient,
        submitted=NOON,
        handed_over=NOON + timedelta(seconds=5),
        stored=NOON + timedelta(seconds=10) + held,
    )
    return message_from_bytes(stamped(b"Subject: x\r\n\r\nbody\r\n", passage))


def hops(message: Message) -> list[datetime]:
    """Read the times of the way, oldest first."""
    return [parsedate_to_datetime(str(line).rpartition(";")[2].strip()) for line in message.get_all("Received") or []][
        ::-1
    ]


@pytest.mark.parametrize(
    ("route", "count"), [("outbound-eu", 3), ("inbound-us", 3), ("control-eu", 3), ("internal-eu", 2)]
)
def test_each_server_stamps_its_time(route: str, count: int) -> None:
    """Newest first, never earlier than the one before."""
    times = hops(travelled(BY_NAME[route]))
    assert len(times) == count
    assert times == sorted(times)
    assert times[0] == NOON


def test_the_message_itself_is_not_touched() -> None:
    """Headers are put on top."""
    message = travelled(BY_NAME["outbound-eu"])
    assert message["Subject"] == "x"
    assert message.get_payload() == "body\r\n"
    assert message["Return-Path"] == "<canary-eu@contoso.example>"


@pytest.mark.parametrize(
    ("route", "held", "latency"),
    [
        ("inbound-eu", timedelta(), "00:00:05.0000000"),
        ("internal-eu", timedelta(), "00:00:10.0000000"),
        ("inbound-eu", timedelta(days=1, hours=2), "1.02:00:05.0000000"),
    ],
)
def test_exchange_says_how_long_it_had_a_message(route: str, held: timedelta, latency: str) -> None:
    """As a .NET time span, from its first acceptance on."""
    message = travelled(BY_NAME[route], held)
    assert message["X-MS-Exchange-Transport-EndToEndLatency"] == latency
    assert message["X-MS-Exchange-CrossTenant-OriginalArrivalTime"].startswith("17 Jul 2023 12:00:0")


def test_other_providers_do_not() -> None:
    """Only Microsoft stamps so."""
    assert "X-MS-Exchange-Transport-EndToEndLatency" not in travelled(BY_NAME["outbound-eu"])
