"""Feeds broken inputs on all cores: ``python -m tests.fuzz [HOW_MANY] [READER...]``, without a name to every reader.

Each reader gets as many as are asked for; a name's beginning stands for all that begin so. What is through is kept in
build/fuzz, so that a run which was ended goes on where it was. Ends with an error at the first crash.
"""

import gc
import logging
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import structlog

from tests.fuzz.harness import MOST_GROWTH, MOST_MEGABYTES, feed, growths, megabytes
from tests.fuzz.progress import KEPT, Progress, Slice
from tests.fuzz.readers import READERS

SLICE = 5_000


def main(how_many: int, names: list[str]) -> None:
    """Feed the readers of these names one after another, on all cores."""
    # What is odd is logged, which is right, and nothing to read a million times.
    logging.disable()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    # What is imported stays for good, and need not be looked at by every collection of garbage.
    gc.freeze()
    for name in chosen(names):
        growth, piece = max(growths(READERS[name]))
        if growth > MOST_GROWTH:
            raise AssertionError(f"{name}: eight times as many {piece!r} take {growth:.0f} times as long")
        progress = Progress(KEPT / f"{name}.jsonl")
        _fill(name, progress, how_many)
        sys.stdout.write(f"{told(name, list(progress.done.values()))}; eight times as long: up to {growth:.0f} times\n")
        sys.stdout.flush()


def chosen(names: list[str]) -> list[str]:
    """Name the readers that were asked for, all where nobody asked."""
    found = [reader for reader in READERS if not names or any(reader.startswith(name) for name in names)]
    if not found:
        raise SystemExit(f"There is no such reader. Those that there are: {', '.join(READERS)}")
    return found


def told(name: str, done: list[Slice]) -> str:
    """Say what became of a reader."""
    inputs, seconds = sum(one.inputs for one in done), sum(one.seconds for one in done)
    slowest = max(one.slowest for one in done) * 1000
    grown = max(one.megabytes for one in done) - min(one.megabytes for one in done)
    if grown > MOST_MEGABYTES:
        raise AssertionError(f"{name}: {inputs} inputs took {grown:.0f} MB")
    return f"{name:17} {inputs:>9} inputs, {seconds:.0f} s, no crash; slowest {slowest:.1f} ms; grew {grown:.0f} MB"


def _fill(name: str, progress: Progress, how_many: int) -> None:
    left = list(progress.left(how_many, SLICE))
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        for one in pool.map(partial(_feed, name), *zip(*left, strict=True)) if left else ():
            progress.add(one)


def _feed(name: str, seed: int, inputs: int) -> Slice:
    begun = time.process_time()
    slowest = feed(name, READERS[name], inputs, seed=seed)
    spent = time.process_time() - begun
    return Slice(seed=seed, inputs=inputs, seconds=round(spent, 2), slowest=slowest, megabytes=megabytes())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, sys.argv[2:])
