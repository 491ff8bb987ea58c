"""Feeds broken inputs to whatever reads what strangers wrote: a crash, a slow one, growth or hunger ends it.

A reader may return or raise its boundary's own error; any other exception is a crash.
"""

import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeAlias
from zlib import crc32

from tests.fuzz.breaking import MOST_BYTES, broken

Read: TypeAlias = Callable[[bytes], None]

# Measured: about 2 microseconds a byte on a slow machine; ten times that is a pattern that goes back and forth.
SECONDS_A_BYTE = 20e-6
LEAST_SECONDS = 0.25
SMALL, LARGE = 8_000, 64_000
# Eight times the input may take eight times as long; a pattern that goes back and forth takes sixty-four times.
MOST_GROWTH = 30.0
LEAST_GROWN = 0.02
MOST_MEGABYTES = 300
"""By which a process may grow over any number of inputs."""
ALL_THE_WAY = 10
"""One input in so many goes through the whole client, connection and all; it takes most of the time and learns least."""
NESTING = (b"[", b'{"a":', b"[[1],")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What is fed: ``opened`` gives the function that reads, ``seeds`` are sound, ``pieces`` mean something in them."""

    opened: Callable[[], AbstractContextManager[Read]]
    seeds: tuple[bytes, ...]
    pieces: tuple[bytes, ...] = NESTING


def plain(read: Read, *refusals: type[Exception]) -> Callable[[], AbstractContextManager[Read]]:
    """Open a reader that holds nothing; ``refusals`` are its boundary's own errors."""

    def refusing(raw: bytes) -> None:
        try:
            read(raw)
        except refusals:
            return

    @contextmanager
    def opened() -> Iterator[Read]:
        yield refusing

    return opened


def whole(raw: bytes) -> bool:
    """Tell whether an input goes all the way; the same one does each time."""
    return crc32(raw) % ALL_THE_WAY == 0


def feed(name: str, reader: Reader, how_many: int, *, seed: int, swell: Sequence[int] = (MOST_BYTES,)) -> float:
    """Have a reader read so many broken inputs; gives the seconds of processor time that the slowest took.

    ``swell`` is by how many bytes an input may be longer than what is sound, in turn.
    """
    chance, worst, before = random.Random(f"{name} {seed}"), 0.0, megabytes()  # noqa: S311  # the same run each time
    with reader.opened() as read:
        for number in range(how_many):
            raw = broken(chance, reader.seeds, reader.pieces, swell=swell[number % len(swell)])
            try:
                took = _timed(read, raw)
            except BaseException:
                sys.stderr.write(f"{name}, seed {seed}, number {number}: {raw[:1000]!r}\n")
                raise
            worst = max(worst, took)
            if took > LEAST_SECONDS + SECONDS_A_BYTE * len(raw) and _takes_long(read, raw):
                raise AssertionError(f"{name}, seed {seed}, number {number}: {took:.2f} s, {len(raw)} bytes: {raw!r}")
    if megabytes() - before > MOST_MEGABYTES:
        raise AssertionError(f"{name}, seed {seed}: {how_many} inputs took {megabytes() - before:.0f} MB")
    return worst


def _takes_long(read: Read, raw: bytes) -> bool:
    """Read again what took long, because a collection of garbage or another program may have come between."""
    return min(_timed(read, raw) for _ in range(3)) > LEAST_SECONDS + SECONDS_A_BYTE * len(raw)


def growths(reader: Reader) -> Iterator[tuple[float, bytes]]:
    """Give for each piece how much longer its repetition takes where it is eight times as long, at its worst place."""
    seed = reader.seeds[0]
    with reader.opened() as read:
        for piece in reader.pieces:
            for place in (0, len(seed) // 8, len(seed) // 2, len(seed)):
                small, large = (
                    min(_timed(read, seed[:place] + piece * (size // len(piece)) + seed[place:]) for _ in range(3))
                    for size in (SMALL, LARGE)
                )
                yield (large / small if large > LEAST_GROWN else 1.0), piece


def _timed(read: Read, raw: bytes) -> float:
    begun = time.process_time()
    read(raw)
    return time.process_time() - begun


def megabytes() -> float:
    """Tell the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
