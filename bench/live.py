"""The real bot in a world in a box: start to ready, memory, and CPU while nothing happens.

Seven routes, a message a minute each; the world runs in this process, the bot in one of its own.
"""

import asyncio
import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path

from bot.app.clock import SystemClock
from bot.demo.clock import StoryClock
from bot.demo.world import world
from tests.end_to_end.process import Running, mailstatus, write_settings

PORT = 18025
WATCHED = 60.0
"""Seconds over which the idle CPU is counted."""
TICKS = os.sysconf("SC_CLK_TCK")
MODULES = "import bot.app.serve, bot.app.missing, handlers.slack.bolt, sqlalchemy.dialects.sqlite.aiosqlite"


def cpu_seconds(pid: int) -> float:
    """Read what a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    """Read the resident memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


async def import_seconds() -> float:
    """Time a process that imports what the bot imports, and does nothing."""
    begin = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MODULES)
    await process.wait()
    return time.perf_counter() - begin


async def measure(folder: Path) -> None:
    """Start the bot three times, then watch it idle."""
    now = SystemClock().now()
    chance = random.Random(1)  # noqa: S311 - the same each time
    async with world(clock=StoryClock(now), rng=chance, folder=folder, today=now) as box:
        write_settings(box.facts, folder, PORT, every="60s")
        imports = min([await import_seconds() for _ in range(3)])
        start = min([await start_seconds(folder) for _ in range(3)])
        print(f"start to ready   {start:6.2f} s, {start - imports:.2f} s beyond imports (goal: under 1 s)")
        async with mailstatus(folder) as bot:
            await idle(bot)
            await bot.stop()


async def start_seconds(folder: Path) -> float:
    """Time one start to ready."""
    begin = time.perf_counter()
    async with mailstatus(folder) as bot:
        took = time.perf_counter() - begin
        await bot.stop()
    return took


async def idle(bot: Running) -> None:
    """Count CPU and memory over a while."""
    pid = bot.process.pid
    await asyncio.sleep(10)
    before = cpu_seconds(pid)
    await asyncio.sleep(WATCHED)
    share = (cpu_seconds(pid) - before) / WATCHED
    print(f"memory           {memory_mb(pid):6.0f} MB (goal: under 120 MB)")
    print(f"idle CPU         {share:6.2%} of a core, 7 routes a minute (goal: under 1 %)")


def main() -> None:
    """Measure in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
