"""Messages, bounces and what IMAP servers say."""

from collections.abc import Mapping
from datetime import timedelta

from bot.mail import probe_of
from bot.mail.bounces import may_be_report, read_report
from bot.mail.headers import parse
from bot.mail.hops import arrival, hops, timespan, way
from bot.mail.imap_answers import fetched, junk_folder, selected, uids
from tests.fuzz.harness import Reader, plain
from tests.mail.test_bounces import FAILED, dsn
from tests.mail.test_bounces import plain as bounce
from tests.mail.test_hops import EXCHANGE, journey
from tests.mail.test_letters import LETTER
from tests.mail.worlds import NOON, SEAL

PIECES = (
    b"=?utf-8?q?",
    b"?=",
    b"\r\n ",
    b"\r\n\r\n",
    b";",
    b"(",
    b'"',
    b"\\",
    b"ms1.",
    b"550 5.1.1 ",
    b"\xff",
    b"\0",
    b"--b\r\n",
    b"Received: ",
    b"Received: by a; Mon, 23 Nov 2026 12:00:00 +0000\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Action: failed\r\n",
)


def _headers(raw: bytes) -> None:
    """Read headers, hops and stamps in every way that the bot does."""
    message = parse(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    probe_of(message, SEAL)
    may_be_report(message)
    passed = way(NOON, NOON + timedelta(seconds=5), message)
    if passed.legs and abs(sum(leg.seconds for leg in passed.legs) - 5) > 0.1:  # each is rounded to a millisecond
        raise AssertionError("the legs of a way do not add up to the whole")
    if any(leg.seconds < 0 for leg in passed.legs):
        raise AssertionError("a leg is shorter than nothing")
    arrival(message)
    hops(message)
    timespan(raw[:100].decode("latin-1"))


def _bounce(raw: bytes) -> None:
    """Read a whole message as a report of non-delivery."""
    report = read_report(parse(raw))
    if report is not None:
        SEAL.find(report.text)


def _answer(raw: bytes) -> None:
    """Read what an IMAP server said."""
    lines: list[bytes | bytearray] = [*raw.split(b"\r\n")]
    list(fetched(lines))
    uids(lines)
    selected(lines)
    junk_folder(lines)


READERS: Mapping[str, Reader] = {
    "mail-headers": Reader(
        opened=plain(_headers),
        seeds=(
            LETTER.as_bytes(),
            journey(("submit.example", 1), ("a.prod.outlook.com", 60), ("b.prod.outlook.com", 900)),
            EXCHANGE,
        ),
        pieces=PIECES,
    ),
    "mail-bounces": Reader(
        opened=plain(_bounce),
        seeds=(
            dsn(FAILED),
            bounce("Undeliverable: test", "550 5.1.1 no such user"),
            bounce("Warning: message 1abc delayed 24 hours", "You do not need to resend your message."),
            b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n",
        ),
        pieces=PIECES,
    ),
    "mail-imap": Reader(
        opened=plain(_answer),
        seeds=(
            b'1 FETCH (UID 5 INTERNALDATE "23-Nov-2026 13:00:00 +0100" BODY[HEADER] {4}\r\n',
            b'(\\Junk \\HasNoChildren) "/" "Junk E-Mail"\r\n12 EXISTS\r\nOK [UIDNEXT 40] ok\r\n',
            b"SEARCH 1 2 3\r\nSEARCH completed",
        ),
        pieces=PIECES,
    ),
}
