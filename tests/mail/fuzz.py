"""Feeds broken messages to all that reads what strangers wrote: ``python -m tests.mail.fuzz [HOW_MANY] [SEED]``.

Ends with an error at the first crash, and at the first message that takes longer than it should for its size.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from bot.mail import probe_of
from bot.mail.bounces import may_be_report, read_report
from bot.mail.headers import parse
from bot.mail.hops import arrival, timespan, way
from bot.mail.imap_answers import fetched, junk_folder, selected, uids
from tests.mail.test_bounces import FAILED, dsn, plain
from tests.mail.test_hops import EXCHANGE, journey
from tests.mail.test_letters import LETTER
from tests.mail.worlds import NOON, SEAL

SEEDS = (
    LETTER.as_bytes(),
    dsn(FAILED),
    plain("Undeliverable: test", "550 5.1.1 no such user"),
    journey(("submit.example", 1), ("a.prod.outlook.com", 60), ("b.prod.outlook.com", 900)),
    EXCHANGE,
    b"Content-Type: message/rfc822\r\n\r\n",
    b'1 FETCH (UID 5 INTERNALDATE "23-Nov-2026 13:00:00 +0100" BODY[HEADER] {4}\r\n',
    b'(\\Junk \\HasNoChildren) "/" "Junk E-Mail"\r\n12 EXISTS\r\nOK [UIDNEXT 40] ok\r\n',
)
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
)
MOST_REPEATS = 3000
# Measured: about 2 microseconds a byte on a slow machine; ten times that is a pattern that goes back and forth.
SECONDS_A_BYTE = 20e-6
LEAST_SECONDS = 0.25


def broken(chance: random.Random) -> bytes:
    """Take a seed and cut, repeat, swap or insert pieces of it."""
    raw = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(raw) + 1)
        end = min(len(raw), start + chance.randrange(60))
        chance.choice(CHANGES)(raw, start, end, chance)
    return bytes(raw[:60_000])


def _cut(raw: bytearray, start: int, end: int, _: random.Random) -> None:
    del raw[start:end]


def _repeat(raw: bytearray, start: int, end: int, chance: random.Random) -> None:
    raw[start:end] = raw[start:end] * chance.choice((2, 10, chance.randrange(1, MOST_REPEATS)))


def _insert(raw: bytearray, start: int, _: int, chance: random.Random) -> None:
    raw[start:start] = chance.choice(PIECES) * chance.choice((1, 1, 1, chance.randrange(1, MOST_REPEATS)))


def _flip(raw: bytearray, start: int, end: int, chance: random.Random) -> None:
    raw[start:end] = chance.randbytes(end - start)


CHANGES: tuple[Callable[[bytearray, int, int, random.Random], None], ...] = (_cut, _repeat, _insert, _flip)


def read(raw: bytes) -> None:
    """Read bytes in every way that the bot does."""
    message = parse(raw)
    probe_of(message, SEAL)
    may_be_report(message)
    read_report(message)
    way(NOON, NOON + timedelta(seconds=5), message)
    arrival(message)
    timespan(raw[:100].decode("latin-1"))
    lines: list[bytes | bytearray] = [*raw.split(b"\r\n")]
    list(fetched(lines))
    uids(lines)
    selected(lines)
    junk_folder(lines)


def main(how_many: int = 1_000_000, seed: int = 1) -> None:
    """Read so many broken messages."""
    chance = random.Random(seed)  # noqa: S311  # the same run each time
    worst = 0.0
    for number in range(how_many):
        raw = broken(chance)
        begun = time.process_time()
        try:
            read(raw)
        except BaseException:
            sys.stderr.write(f"seed {seed}, number {number}: {raw[:2000]!r}\n")
            raise
        took = time.process_time() - begun
        worst = max(worst, took)
        if took > LEAST_SECONDS + SECONDS_A_BYTE * len(raw):
            raise AssertionError(f"seed {seed}, number {number}: {took:.2f} s for {len(raw)} bytes: {raw[:2000]!r}")
    sys.stdout.write(f"{how_many} broken messages read; the slowest took {worst * 1000:.1f} ms\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
