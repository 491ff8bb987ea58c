from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.headers import parse
from bot.mail.hops import Leg, arrival, hops, latency, stamps, timespan, way
from bot.mail.inbox import Letter
from tests.mail.worlds import NOON

SECOND = timedelta(seconds=1)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def received(by: str, at: datetime, extra: str = "with ESMTPS id 1") -> str:
    return f"Received: from a.example ([192.0.2.1])\r\n by {by} {extra};\r\n {at:%a, %d %b %Y %H:%M:%S +0000}\r\n"


def journey(*hops_oldest_first: tuple[str, float]) -> bytes:
    return "".join(received(by, NOON + seconds(at)) for by, at in reversed(hops_oldest_first)).encode() + b"\r\n"


EXCHANGE = (
    b"X-MS-Exchange-CrossTenant-OriginalArrivalTime: 29 Jun 2026 18:56:34.3776\r\n (UTC)\r\n"
    b"x-ms-exchange-transport-endtoendlatency: 00:00:03.7181407\r\n\r\n"
)


def test_hops_are_given_oldest_first_with_the_server_that_took_the_message() -> None:
    """Headers stand newest first."""
    found = hops(parse(journey(("submit.example", 1), ("mx.example", 3))))
    assert [(hop.by, hop.at) for hop in found] == [
        ("submit.example", NOON + seconds(1)),
        ("mx.example", NOON + seconds(3)),
    ]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        pytest.param("Mon, 23 Nov 2026 13:00:00 +0100 (CET)", NOON, id="zone and comment"),
        pytest.param("23 Nov 2026 12:00:00", NOON, id="no zone is UTC"),
        pytest.param("Mon, 23 Nov 2026 12:00:00.5 +0000", NOON + seconds(0.5), id="a fraction"),
        pytest.param("yesterday", None, id="no date"),
        pytest.param("Mon, 23 Nov 99999 12:00:00 +0000", None, id="a year beyond reason"),
        pytest.param("Mon, 23 Nov 2026 12:00:00 +9999999", None, id="a zone beyond reason"),
    ],
)
def test_dates_of_hops_are_read_as_servers_write_them(date: str, expected: datetime | None) -> None:
    """A hop without a date that can be read is left out."""
    found = hops(parse(f"Received: from a by mx.example; {date}\r\n\r\n".encode()))
    assert [hop.at for hop in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("by AS8PR04MB8676.eurprd04.prod.outlook.com (2603::1) with Microsoft SMTP Server", True),
        ("by mx.fabrikam.example with HTTPS", True),
        ("by smtp.office365.com", True),
        ("by mx.notoutlook.com.example with ESMTPS", False),
    ],
)
def test_hops_of_microsoft_are_known(route: str, *, expected: bool) -> None:
    """By the server's name or the words that only Exchange writes."""
    found = hops(parse(f"Received: from x {route}; Mon, 23 Nov 2026 12:00:00 +0000\r\n\r\n".encode()))
    assert found[0].microsoft is expected


def test_the_way_says_who_held_the_message() -> None:
    """A queue's server had it until the next one stamped it; all of Microsoft's count as one."""
    raw = journey(
        ("submit.example", 1), ("a.prod.outlook.com", 60), ("b.prod.outlook.com", 70), ("c.prod.outlook.com", 900)
    )
    found = way(NOON, NOON + seconds(905), parse(raw))
    assert found.legs == (
        Leg(holder="submit.example", length=seconds(60)),
        Leg(holder="Microsoft", length=seconds(845)),
    )
    assert found.slowest.holder == "Microsoft"
    assert not found.skew


def test_a_message_without_stamps_was_held_by_the_mail_system() -> None:
    """The whole time still has a name."""
    assert way(NOON, NOON + seconds(5), parse(b"\r\n")).legs == (Leg(holder="the mail system", length=seconds(5)),)


def test_a_clock_that_is_wrong_is_said_and_makes_no_leg_negative() -> None:
    """The second server's clock is a minute slow."""
    found = way(NOON, NOON + seconds(10), parse(journey(("a.example", 2), ("b.example", -56), ("c.example", 8))))
    assert found.skew == seconds(58)
    assert all(leg.length >= timedelta() for leg in found.legs)
    assert sum((leg.length for leg in found.legs), timedelta()) == seconds(10)


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), max_size=8), st.floats(min_value=0, max_value=1e6))
def test_the_legs_of_any_way_add_up_to_the_whole(stamped: list[float], took: float) -> None:
    """Whatever the servers' clocks say."""
    seen = NOON + seconds(took)
    found = way(NOON, seen, parse(journey(*((f"s{i}.example", at) for i, at in enumerate(stamped)))))
    assert sum((leg.length for leg in found.legs), timedelta()) == seen - NOON
    assert all(leg.length >= timedelta() for leg in found.legs)


def test_exchange_says_to_the_tenth_of_a_millisecond_when_the_message_was_in_the_mailbox() -> None:
    """First acceptance and the time from there to the mailbox, whatever the case of the names."""
    assert arrival(parse(EXCHANGE)) == datetime(2026, 6, 29, 18, 56, 38, 95740, tzinfo=UTC)


def test_a_message_from_elsewhere_has_no_stamp_of_exchange() -> None:
    """One of the two headers alone says nothing."""
    assert arrival(parse(EXCHANGE.partition(b"x-ms")[0] + b"\r\n")) is None


def test_a_stamp_beyond_all_time_is_none() -> None:
    """A sum that no calendar holds."""
    raw = EXCHANGE.replace(b"29 Jun 2026", b"31 Dec 9999").replace(b"00:00:03.", b"9.00:00:03.")
    assert arrival(parse(raw)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:00:03.7181407", timedelta(seconds=3, microseconds=718140)),
        ("1.02:00:00.5", timedelta(days=1, hours=2, milliseconds=500)),
        ("-00:00:01", -seconds(1)),
        (" 12:34:56 ", timedelta(hours=12, minutes=34, seconds=56)),
        ("00:39:49.3435915", timedelta(minutes=39, seconds=49, microseconds=343591)),
        ("3 seconds", None),
        ("", None),
        ("999999999.00:00:00", None),
    ],
)
def test_a_time_span_of_dot_net_is_read(text: str, expected: timedelta | None) -> None:
    """Days stand before the first dot, a fraction behind the last."""
    assert timespan(text) == expected


def test_a_message_that_was_seen_at_once_needs_no_stamp() -> None:
    """Our own clock is the best witness."""
    assert latency(NOON, NOON + seconds(9), NOON + seconds(8.5), [(NOON + seconds(8), SECOND)]) == seconds(9)


def test_a_stamp_narrows_the_time_between_two_looks() -> None:
    """Looked every minute, stamped to the second: right to half a second."""
    assert latency(NOON, NOON + seconds(60), NOON, [(NOON + seconds(20), SECOND)]) == seconds(20.5)


def test_the_latest_stamp_that_fits_decides_and_of_one_second_the_finest() -> None:
    """A message is stamped before it is there; a clock that is wrong is not believed."""
    fine = (NOON + seconds(20.25), timedelta())
    wrong = (NOON + seconds(90), timedelta())
    stamped = [wrong, fine, (NOON + seconds(3), SECOND), (NOON + seconds(20), SECOND)]
    assert latency(NOON, NOON + seconds(60), None, stamped) == seconds(20.25)
    assert latency(NOON, NOON + seconds(60), None, [*stamped, (NOON + seconds(30), SECOND)]) == seconds(30.5)


def test_without_a_stamp_that_fits_the_message_took_until_it_was_seen() -> None:
    """Too long rather than too short."""
    assert latency(NOON, NOON + seconds(60), None, [(NOON - seconds(100), SECOND)]) == seconds(60)
    assert latency(NOON, NOON - seconds(1), None, []) == timedelta()


def test_the_stamps_of_a_letter_are_exchanges_the_mailboxs_and_the_last_hops() -> None:
    """As far as there are any."""
    raw = received("mx.example", NOON).encode() + EXCHANGE
    letter = Letter(key="1", folder="inbox", headers=parse(raw), stored=NOON + SECOND)
    assert [moment for moment, _ in stamps(letter)] == [arrival(parse(raw)), NOON + SECOND, NOON]
    assert stamps(Letter(key="1", folder="inbox", headers=parse(b"\r\n"))) == []


@given(st.binary(max_size=3000))
def test_any_headers_are_read(raw: bytes) -> None:
    """What strangers' servers write may be broken in every way."""
    message = parse(b"Received: " + raw)
    assert way(NOON, NOON + SECOND, message).legs
    assert arrival(message) is None
