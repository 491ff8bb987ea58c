"""Feeds broken inputs on all cores: ``python -m tests.fuzz [HOW_MANY] [READER...]``, without a name to every reader.

Each reader gets as many as are asked for; a name's beginning stands for all that begin so. Ends with an error at the
first crash.
"""

import logging
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import structlog

from tests.fuzz.harness import MOST_GROWTH, feed, growths
from tests.fuzz.readers import READERS


def main(how_many: int, names: list[str]) -> None:
    """Feed the readers of these names one after another, on all cores."""
    # What is odd is logged, which is right, and nothing to read a million times.
    logging.disable()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for name in chosen(names):
        growth, piece = max(growths(READERS[name]))
        if growth > MOST_GROWTH:
            raise AssertionError(f"{name}: eight times as many {piece!r} take {growth:.0f} times as long")
        begun = time.monotonic()
        worst = _fed(name, how_many)
        sys.stdout.write(
            f"{name:17} {how_many:>9} broken inputs in {time.monotonic() - begun:.0f} s; the slowest took "
            f"{worst * 1000:.1f} ms; eight times as long an input took up to {growth:.0f} times as long\n"
        )
        sys.stdout.flush()


def chosen(names: list[str]) -> list[str]:
    """Name the readers that were asked for, all where nobody asked."""
    found = [reader for reader in READERS if not names or any(reader.startswith(name) for name in names)]
    if not found:
        raise SystemExit(f"There is no such reader. Those that there are: {', '.join(READERS)}")
    return found


def _fed(name: str, how_many: int) -> float:
    cores = os.cpu_count() or 1
    shares = [how_many // cores + (core < how_many % cores) for core in range(cores)]
    with ProcessPoolExecutor(cores) as pool:
        return max(pool.map(partial(_feed, name), shares, range(1, cores + 1)))


def _feed(name: str, how_many: int, seed: int) -> float:
    return feed(name, READERS[name], how_many, seed=seed)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, sys.argv[2:])
