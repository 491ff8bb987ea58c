"""The processes of the bench: the world and whoever asks, on pipes, and the bots themselves."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

READY_LIMIT = 300.0
"""Seconds."""


class Peer:
    """A module of ours as a process that answers each line of JSON with one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Take a process with pipes."""
        self.process = process

    async def hear(self) -> dict[str, Any]:
        """Read a line."""
        if self.process.stdout is None:
            raise RuntimeError("a peer has no pipes")
        said: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return said

    async def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Say a line, and read one."""
        if self.process.stdin is None:
            raise RuntimeError("a peer has no pipes")
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return await self.hear()


@asynccontextmanager
async def peer(module: str) -> AsyncIterator[Peer]:
    """Run a module until the end of the block."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module), stdin=pipe, stdout=pipe, limit=2**26
    )
    try:
        yield Peer(process)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def bots(folder: Path, count: int) -> AsyncIterator[tuple[list[asyncio.subprocess.Process], int, float]]:
    """Run ``mailstatus run`` in a folder, and workers beside it; tells the page's port, and when all were ready."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        roles = ["all", *["worker"] * (count - 1)]
        started = [await stack.enter_async_context(_bot(folder, number, role)) for number, role in enumerate(roles)]
        yield [process for process, _ in started], started[0][1], time.monotonic() - began


@asynccontextmanager
async def _bot(folder: Path, number: int, role: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL"}}
    env = {**kept, "HOME": str(folder), "XDG_STATE_HOME": str(folder / f"state.{number}")}
    path = folder / f"log.{number}"
    with path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--role", role), cwd=folder, env=env, stdout=log, stderr=log
        )
        try:
            async with asyncio.timeout(READY_LIMIT):
                port = await _ready(process, path)
            yield process, port
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _ready(process: asyncio.subprocess.Process, log: Path) -> int:
    while True:
        await asyncio.sleep(0.2)
        for line in _lines(log):
            if "event='ready'" in line:
                return int(line.partition("page='")[2].partition("'")[0].rstrip("/").rpartition(":")[2])
        if process.returncode is not None:
            raise RuntimeError(f"the bot ended before it was ready: {[*_lines(log)][-5:]}")


def _lines(log: Path) -> Iterator[str]:
    yield from log.read_text(errors="replace").splitlines()
