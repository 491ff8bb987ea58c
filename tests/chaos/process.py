"""The real bot as a process that dies and comes back, on a clock that may run faster than the real one."""

import asyncio
import os
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bot.app.logs import to_standard_error
from bot.app.serve import run
from bot.demo.clock import StoryClock
from bot.settings import load

ROOT = Path(__file__).parents[2]


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
        self._arguments = (str(anchor), str(clock.speed))
        self._process: asyncio.subprocess.Process | None = None
        self.deaths: list[datetime] = []
        self.log: list[str] = []

    def kill(self) -> bool:
        """End it as a power cut would; False where it is dead already."""
        process = self._process
        if process is None or process.returncode is not None:
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
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
                await self._process.wait()

    async def _lives(self) -> None:
        while True:
            await self._one_life()

    async def _one_life(self) -> None:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "PYTHONPATH": str(ROOT)}
        process = self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos.process", *self._arguments),
            cwd=self._folder,
            env={**environment, "XDG_STATE_HOME": str(self._folder / "state")},
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        async for line in process.stderr:
            self.log.append(line.decode())
        await process.wait()


def main(anchor: str, speed: str) -> None:
    """Be the bot."""
    to_standard_error("info")
    settings = load(Path.cwd())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(settings, story_clock(float(anchor), float(speed)), random.SystemRandom()))


if __name__ == "__main__":
    main(*sys.argv[1:])
