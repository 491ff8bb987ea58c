"""The real bot as a process that dies and comes back, on a clock that may run faster than the real one."""

import asyncio
import multiprocessing
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import uvloop

from bot.app.logs import to_standard_error
from bot.app.serve import run
from bot.demo.clock import StoryClock
from bot.settings import load

LOG = "log"
# Every life is a process of its own, but the imports, which are most of a start and touch nothing, are made once for all.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        __name__,
        "handlers.slack.bolt",
        "handlers.teams.bot.wire",
        "sqlalchemy.dialects.sqlite.aiosqlite",
        "procrastinate",
    ]
)


def story_clock(anchor: float, speed: float) -> StoryClock:
    """Give the same story time in every process: real time up to ``anchor`` (epoch seconds), and faster from there."""
    now = time.time()
    return StoryClock(datetime.fromtimestamp(anchor + (now - anchor) * speed, UTC), speed=speed, ticks=time.time)


class Mortal:
    """A bot that is started again whenever it is dead."""

    def __init__(self, folder: Path, clock: StoryClock, *, anchor: float) -> None:
        """Take the folder with its settings, and the clock that it shares with its world; ``living`` runs it."""
        self._folder = folder
        self._clock = clock
        self._anchor = anchor
        self._process: ForkServerProcess | None = None
        self.deaths: list[datetime] = []

    @property
    def log(self) -> Sequence[str]:
        """Give what all its lives wrote."""
        file = self._folder / LOG
        return file.read_text().splitlines() if file.exists() else []

    def kill(self) -> bool:
        """End it as a power cut would; False where it is dead already."""
        process = self._process
        if process is None or not process.is_alive():
            return False
        process.kill()
        self._process = None
        self.deaths.append(self._clock.now())
        return True

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Start it again and again, until the end of the block."""
        lives = asyncio.create_task(self._lives())
        try:
            yield
        finally:
            lives.cancel()
            await asyncio.gather(lives, return_exceptions=True)

    async def _lives(self) -> None:
        while True:
            await self._one_life()

    async def _one_life(self) -> None:
        process = PROCESSES.Process(target=live, args=(self._folder, self._anchor, self._clock.speed), daemon=True)
        try:
            await asyncio.to_thread(process.start)
            self._process = process
            await _ended(process)
        finally:
            process.kill()
            await asyncio.to_thread(process.join)
            process.close()


async def _ended(process: ForkServerProcess) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)


def live(folder: Path, anchor: float, speed: float) -> None:
    """Be the bot."""
    os.chdir(folder)
    os.environ.update(HOME=str(folder), XDG_STATE_HOME=str(folder / "state"))
    with (folder / LOG).open("a") as log:
        os.dup2(log.fileno(), 2)
    to_standard_error("info")
    settings = load(folder)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(settings, story_clock(anchor, speed), random.SystemRandom()))
