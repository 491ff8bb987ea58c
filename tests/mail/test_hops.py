from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.headers import parse
from bot.mail.hops import arrival, hops, latency, stamps, timespan, way
from bot.mail.inbox import Letter
from bot.types import Skew, Where
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


def legs(raw: bytes, took: float) -> list[tuple[str, Where, float]]:
    """Give the legs of a message that was seen so many seconds after it was sent."""
    return [(leg.by, leg.where, leg.seconds) for leg in way(NOON, NOON + seconds(took), parse(raw)).legs]


def test_the_way_says_who_held_the_message() -> None:
    """A queue's server had it until the next one stamped it."""
    raw = journey(
        ("submit.fabrikam.example", 1), ("out.fabrikam.example", 3), ("a.prod.outlook.com", 60),
        ("b.prod.outlook.com", 70), ("c.prod.outlook.com", 900),
    )  # fmt: skip
    assert legs(raw, 905) == [
        ("submit.fabrikam.example", Where.OURS, 1),
        ("submit.fabrikam.example", Where.OURS, 2),
        ("out.fabrikam.example", Where.BEFORE, 57),
        ("a.prod.outlook.com", Where.MICROSOFT, 10),
        ("b.prod.outlook.com", Where.MICROSOFT, 830),
        ("c.prod.outlook.com", Where.MAILBOX, 5),
    ]


def test_mail_from_microsoft_goes_on_to_the_receivers_servers() -> None:
    """Microsoft has it until the next server takes it."""
    raw = journey(("a.prod.outlook.com", 1), ("mx.fabrikam.example", 800), ("store.fabrikam.example", 803))
    assert legs(raw, 804) == [
        ("a.prod.outlook.com", Where.BEFORE, 1),
        ("a.prod.outlook.com", Where.MICROSOFT, 799),
        ("mx.fabrikam.example", Where.AFTER, 3),
        ("store.fabrikam.example", Where.MAILBOX, 1),
    ]


def test_without_a_server_of_microsofts_nothing_is_said_of_them() -> None:
    """A control route, or servers that nobody knows."""
    raw = journey(("submit.fabrikam.example", 1), ("mx.contoso.example", 20))
    assert [where for _, where, _ in legs(raw, 21)] == [Where.OURS, Where.BETWEEN, Where.MAILBOX]


def exchange(accepted: float, inside: str) -> bytes:
    """Give what Exchange stamps: when it first took the message, and how long it had it."""
    at = NOON + seconds(accepted)
    return (
        f"X-MS-Exchange-CrossTenant-OriginalArrivalTime: {at:%d %b %Y %H:%M:%S}.0000 (UTC)\r\n"
        f"X-MS-Exchange-Transport-EndToEndLatency: {inside}\r\n"
    ).encode()


def test_what_exchange_itself_says_is_better_than_the_difference_of_two_stamps() -> None:
    """Fourteen minutes inside Microsoft, whatever its servers stamped."""
    raw = exchange(40, "00:14:00.25") + journey(("submit.fabrikam.example", 1), ("a.prod.outlook.com", 41))
    assert legs(raw, 900) == [
        ("submit.fabrikam.example", Where.OURS, 1),
        ("submit.fabrikam.example", Where.BEFORE, 39),
        ("Microsoft", Where.MICROSOFT, 840.25),
        ("a.prod.outlook.com", Where.MAILBOX, 19.75),
    ]


@pytest.mark.parametrize(
    ("accepted", "inside", "expected"),
    [
        pytest.param(-300, "00:00:10", (0, 10, 90), id="their clock is behind"),
        pytest.param(300, "00:00:10", (90, 10, 0), id="their clock is ahead"),
        pytest.param(0, "1.00:00:00", (0, 100, 0), id="longer than the whole"),
        pytest.param(5, "-00:00:10", (5, 0, 95), id="less than nothing"),
    ],
)
def test_what_exchange_says_is_bounded_by_our_own_clock(
    accepted: float, inside: str, expected: tuple[float, float, float]
) -> None:
    """The parts always add up to the whole."""
    assert tuple(took for _, _, took in legs(exchange(accepted, inside) + b"\r\n", 100)) == expected


def test_a_message_without_stamps_has_no_legs() -> None:
    """Nothing is made up."""
    assert way(NOON, NOON + seconds(5), parse(b"\r\n")).legs == ()


@pytest.mark.parametrize(
    ("stamped", "expected"),
    [
        pytest.param((2, -56, 8), Skew(by="s1.example", seconds=-58), id="behind"),
        pytest.param((2, 130, 8), Skew(by="s1.example", seconds=122), id="ahead"),
        pytest.param((-120,), Skew(by="s0.example", seconds=-120), id="the only one"),
        pytest.param((8, 1), Skew(seconds=7), id="one of two"),
        pytest.param((-120, -118, -117), Skew(seconds=120), id="all of them, or ours"),
        pytest.param((2, -2, 8), None, id="stamps have whole seconds"),
        pytest.param((), None, id="nobody stamped it"),
    ],
)
def test_a_clock_that_is_wrong_is_named_where_that_is_sure(stamped: tuple[float, ...], expected: Skew | None) -> None:
    """The one that contradicts all others; no leg gets negative by it."""
    found = way(NOON, NOON + seconds(10), parse(journey(*((f"s{i}.example", at) for i, at in enumerate(stamped)))))
    assert found.skew == expected
    assert all(leg.seconds >= 0 for leg in found.legs)


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), max_size=40), st.floats(min_value=0, max_value=1e6))
def test_the_legs_of_any_way_add_up_to_the_whole(stamped: list[float], took: float) -> None:
    """Whatever the servers' clocks say, in twenty legs at most."""
    seen = NOON + seconds(took)
    found = way(NOON, seen, parse(journey(*((f"s{i}.example", at) for i, at in enumerate(stamped)))))
    assert len(found.legs) == (min(len(stamped) + 1, 20) if stamped else 0)
    assert not found.legs or sum(leg.seconds for leg in found.legs) == pytest.approx(took, abs=0.05)
    assert all(leg.seconds >= 0 for leg in found.legs)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("<!channel>", "channel"),
        ("x" * 200, "x" * 60),
        ("&<>", "a server without a name"),
        ("mx.example", "mx.example"),
    ],
)
def test_a_servers_name_is_cut_and_cleaned(by: str, expected: str) -> None:
    """A stranger wrote it, and people will read it."""
    assert hops(parse(received(by, NOON).encode() + b"\r\n"))[0].by == expected


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
    letter = Letter(key="1", folder="inbox", headers=parse(raw), told=NOON, stored=NOON + SECOND)
    assert [moment for moment, _ in stamps(letter)] == [arrival(parse(raw)), NOON + SECOND, NOON]
    assert stamps(Letter(key="1", folder="inbox", headers=parse(b"\r\n"), told=NOON)) == []


@given(st.binary(max_size=3000))
def test_any_headers_are_read(raw: bytes) -> None:
    """What strangers' servers write may be broken in every way."""
    message = parse(b"Received: " + raw)
    assert sum(leg.seconds for leg in way(NOON, NOON + SECOND, message).legs) in {0, 1}
    assert arrival(message) is None
