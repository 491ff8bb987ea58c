"""Feeds broken messages to all that reads what strangers wrote: ``python -m tests.mail.fuzz [HOW_MANY] [SEED]``.

Each reader gets as many as are asked for. Ends with an error at the first crash, at the first input that takes longer
than it should for its size, and where a reader's time grows faster than its input.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.mail import probe_of
from bot.mail.bounces import may_be_report, read_report
from bot.mail.headers import parse
from bot.mail.hops import arrival, hops, timespan, way
from bot.mail.imap_answers import fetched, junk_folder, selected, uids
from tests.mail.test_bounces import FAILED, dsn, plain
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
MOST_BYTES = 60_000
# Most inputs are as long as real ones; one in thirty-two is swollen, up to the limit.
SWOLLEN, MOST_REPEATS = 1 / 32, 3000
# Measured: about 2 microseconds a byte on a slow machine; ten times that is a pattern that goes back and forth.
SECONDS_A_BYTE = 20e-6
LEAST_SECONDS = 0.25
SMALL, LARGE = 8_000, 64_000
# Eight times the input may take eight times as long; a pattern that goes back and forth takes sixty-four times.
MOST_GROWTH = 30.0
LEAST_GROWN = 0.02


def read_headers(raw: bytes) -> None:
    """Read headers, hops and stamps in every way that the bot does."""
    message = parse(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    probe_of(message, SEAL)
    may_be_report(message)
    passed = way(NOON, NOON + timedelta(seconds=5), message)
    if sum((leg.length for leg in passed.legs), timedelta()) != timedelta(seconds=5):
        raise AssertionError("the legs of a way do not add up to the whole")
    if any(leg.length < timedelta() for leg in passed.legs):
        raise AssertionError("a leg is shorter than nothing")
    arrival(message)
    hops(message)
    timespan(raw[:100].decode("latin-1"))


def read_bounce(raw: bytes) -> None:
    """Read a whole message as a report of non-delivery."""
    report = read_report(parse(raw))
    if report is not None:
        SEAL.find(report.text)


def read_answer(raw: bytes) -> None:
    """Read what an IMAP server said."""
    lines: list[bytes | bytearray] = [*raw.split(b"\r\n")]
    list(fetched(lines))
    uids(lines)
    selected(lines)
    junk_folder(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What is fed, and the sound inputs that are broken for it."""

    read: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


READERS: Mapping[str, Reader] = {
    "headers": Reader(
        read=read_headers,
        seeds=(
            LETTER.as_bytes(),
            journey(("submit.example", 1), ("a.prod.outlook.com", 60), ("b.prod.outlook.com", 900)),
            EXCHANGE,
        ),
    ),
    "bounces": Reader(
        read=read_bounce,
        seeds=(
            dsn(FAILED),
            plain("Undeliverable: test", "550 5.1.1 no such user"),
            plain("Warning: message 1abc delayed 24 hours", "You do not need to resend your message."),
            b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n",
        ),
    ),
    "answers": Reader(
        read=read_answer,
        seeds=(
            b'1 FETCH (UID 5 INTERNALDATE "23-Nov-2026 13:00:00 +0100" BODY[HEADER] {4}\r\n',
            b'(\\Junk \\HasNoChildren) "/" "Junk E-Mail"\r\n12 EXISTS\r\nOK [UIDNEXT 40] ok\r\n',
            b"SEARCH 1 2 3\r\nSEARCH completed",
        ),
    ),
}


def broken(chance: random.Random, seeds: tuple[bytes, ...]) -> bytes:
    """Take a seed and cut, repeat, swap or insert pieces of it."""
    raw = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(raw) + 1)
        end = min(len(raw), start + chance.randrange(60))
        chance.choice(CHANGES)(raw, start, end, chance)
    return bytes(raw[:MOST_BYTES])


def _times(chance: random.Random) -> int:
    return chance.randrange(MOST_REPEATS) if chance.random() < SWOLLEN else chance.choice((1, 1, 2, 3, 10))


def _cut(raw: bytearray, start: int, end: int, _: random.Random) -> None:
    del raw[start:end]


def _repeat(raw: bytearray, start: int, end: int, chance: random.Random) -> None:
    raw[start:end] = raw[start:end] * (1 + _times(chance))


def _insert(raw: bytearray, start: int, _: int, chance: random.Random) -> None:
    raw[start:start] = chance.choice(PIECES) * _times(chance)


def _flip(raw: bytearray, start: int, end: int, chance: random.Random) -> None:
    raw[start:end] = chance.randbytes(end - start)


CHANGES: tuple[Callable[[bytearray, int, int, random.Random], None], ...] = (_cut, _repeat, _insert, _flip)


def feed(name: str, how_many: int, seed: int) -> float:
    """Have one reader read so many broken inputs; gives the seconds that the slowest took."""
    reader, chance, worst = READERS[name], random.Random(f"{name} {seed}"), 0.0  # noqa: S311  # the same run each time
    for number in range(how_many):
        raw = broken(chance, reader.seeds)
        try:
            took = _timed(reader.read, raw)
        except BaseException:
            sys.stderr.write(f"{name}, seed {seed}, number {number}: {raw[:2000]!r}\n")
            raise
        worst = max(worst, took)
        if took > LEAST_SECONDS + SECONDS_A_BYTE * len(raw):
            raise AssertionError(f"{name}, seed {seed}, number {number}: {took:.2f} s for {len(raw)} bytes: {raw!r}")
    return worst


def growths(name: str) -> Iterator[tuple[float, bytes]]:
    """Give for each piece how much longer its repetition takes where it is eight times as long, at its worst place."""
    read, seed = READERS[name].read, READERS[name].seeds[0]
    for piece in PIECES:
        for place in (0, len(seed) // 8, len(seed) // 2, len(seed)):
            small, large = (
                min(_timed(read, seed[:place] + piece * (size // len(piece)) + seed[place:]) for _ in range(3))
                for size in (SMALL, LARGE)
            )
            yield (large / small if large > LEAST_GROWN else 1.0), piece


def _timed(read: Callable[[bytes], None], raw: bytes) -> float:
    begun = time.process_time()
    read(raw)
    return time.process_time() - begun


def main(how_many: int = 1_000_000, seed: int = 1) -> None:
    """Feed every reader, on all cores."""
    cores = os.cpu_count() or 1
    for name in READERS:
        growth, piece = max(growths(name))
        if growth > MOST_GROWTH:
            raise AssertionError(f"{name}: eight times as many {piece!r} take {growth:.0f} times as long")
        shares = [how_many // cores + (core < how_many % cores) for core in range(cores)]
        begun = time.monotonic()
        with ProcessPoolExecutor(cores) as pool:
            worst = max(pool.map(partial(feed, name), shares, range(seed, seed + cores)))
        sys.stdout.write(
            f"{name:8} {sum(shares):>9} broken inputs in {time.monotonic() - begun:.0f} s; the slowest took "
            f"{worst * 1000:.1f} ms; eight times as long an input took up to {growth:.0f} times as long\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
