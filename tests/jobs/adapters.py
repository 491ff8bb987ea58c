"""What an adapter of the jobs port must offer to be put through the suite."""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.jobs import Jobs, Pace, TableJobs
from bot.jobs.engine import ProcrastinateJobs
from bot.store import Store

LIMIT = 20
"""Seconds of real time after which a test gives up waiting."""
ROOT = Path(__file__).parents[2]


QUICK = Pace(
    poll=timedelta(seconds=0.02),
    lease=timedelta(seconds=1),
    backoff=timedelta(seconds=0.02),
    longest_backoff=timedelta(seconds=0.05),
)


class Adapter(Protocol):
    """One engine over one empty store, as many workers as wanted."""

    @property
    def store(self) -> Store:
        """Give the store whose transactions the jobs are part of."""

    def jobs(self, *, skew: timedelta = timedelta(), pace: Pace = QUICK) -> Jobs:
        """Make one more worker, at a pace, whose clock is wrong by ``skew``."""

    def process(self) -> Sequence[str]:
        """Give the command of a worker in a process of its own (see worker.py)."""


@dataclass(frozen=True, slots=True)
class SkewedClock:
    """The real time, wrong by a fixed length."""

    skew: timedelta = timedelta()

    def now(self) -> datetime:
        """Tell the time as this machine believes it to be."""
        return datetime.fromtimestamp(time.time(), UTC) + self.skew

    async def sleep(self, length: timedelta) -> None:
        """Wait in real time."""
        await asyncio.sleep(length.total_seconds())


@dataclass(frozen=True, slots=True)
class TableAdapter:
    """The job table of the store."""

    store: Store
    url: str

    def jobs(self, *, skew: timedelta = timedelta(), pace: Pace = QUICK) -> Jobs:
        """Make one more loop over the table."""
        return TableJobs(self.store, SkewedClock(skew), random.Random(0), pace=pace)  # noqa: S311 - jitter

    def process(self) -> Sequence[str]:
        """Start worker.py on the same store."""
        return [sys.executable, "-m", "tests.jobs.worker", "table", self.url]


@dataclass(frozen=True, slots=True)
class EngineAdapter:
    """Procrastinate's table beside the store's."""

    store: Store
    url: str

    def jobs(self, *, skew: timedelta = timedelta(), pace: Pace = QUICK) -> Jobs:
        """Make one more supervised worker."""
        return ProcrastinateJobs(self.store, SkewedClock(skew), random.Random(0), pace=pace)  # noqa: S311 - jitter

    def process(self) -> Sequence[str]:
        """Start worker.py on the same store."""
        return [sys.executable, "-m", "tests.jobs.worker", "engine", self.url]


@asynccontextmanager
async def running(*workers: Jobs) -> AsyncIterator[None]:
    """Run workers until the block ends, then stop them as the program does."""
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class Journal:
    """What ran, in order, and a way to wait for it."""

    lines: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)
        self._changed.set()

    async def until(self, done: Callable[[list[str]], bool]) -> None:
        """Wait until the lines are so; fails after a while."""
        async with asyncio.timeout(LIMIT):
            while not done(self.lines):
                self._changed.clear()
                await self._changed.wait()

    async def until_there_are(self, count: int) -> list[str]:
        """Wait for so many lines and give them."""
        await self.until(lambda lines: len(lines) >= count)
        return self.lines


@dataclass(frozen=True, slots=True)
class Process:
    """A worker in a process of its own."""

    worker: asyncio.subprocess.Process

    async def says(self) -> str:
        """Wait for its next line, leaving out its log."""
        assert self.worker.stdout is not None
        async with asyncio.timeout(LIMIT):
            async for line in self.worker.stdout:
                if line.startswith(b"> "):
                    return line.decode()[2:].strip()
        return "nothing more"

    def go_on(self) -> None:
        """Let the job that hangs go on."""
        assert self.worker.stdin is not None
        self.worker.stdin.write(b"\n")

    async def kill(self) -> None:
        """Kill it, as a machine does that loses its power."""
        self.worker.kill()
        await self.worker.wait()


@asynccontextmanager
async def worker_process(adapter: Adapter) -> AsyncIterator[Process]:
    """Run a worker in a process of its own; killed at the end if the test has not done so."""
    pipe = asyncio.subprocess.PIPE
    worker = await asyncio.create_subprocess_exec(*adapter.process(), stdin=pipe, stdout=pipe, cwd=ROOT)
    try:
        yield Process(worker)
    finally:
        if worker.returncode is None:
            worker.kill()
        await worker.communicate()
