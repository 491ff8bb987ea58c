"""A machine of its own for one process of mailstatus: its network where we are root, its wires, and its deaths.

It is told what to do by lines on its standard input, and writes the process' own lines to its standard output.
"""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from tests.cluster.wires import Wires

AGAIN_S = 1.0
"""Until a process that ended is begun anew, as systemd does."""
NEW_NETWORK = ("unshare", "--net")


class Cell:
    """Keeps one process alive, until it is told otherwise."""

    def __init__(self, folder: Path, role: str, *, own_network: bool) -> None:
        """Take the folder with the settings, and whether the network is all ours."""
        self._folder = folder
        self._role = role
        self._own_network = own_network
        self._wires = Wires()
        self._process: asyncio.subprocess.Process | None = None
        self._build = os.environ["PYTHONPATH"]
        """Where the program is."""

    async def run(self, wires: dict[str, str]) -> None:
        """Lay the wires (port to path), and do as told until the input ends."""
        if self._own_network:
            link("up")
        async with AsyncExitStack() as laid:
            for port, path in wires.items():
                await laid.enter_async_context(self._wires.from_port(int(port), Path(path)))
            lives = asyncio.create_task(self._lives())
            try:
                await self._listen()
            finally:
                lives.cancel()
                await asyncio.gather(lives, return_exceptions=True)
                if self._process and self._process.returncode is None:
                    self._process.kill()
                    await self._process.wait()

    async def _listen(self) -> None:
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := (await lines.readline()).decode().strip():
            order, _, build = line.partition(" ")
            self._build = build or self._build
            {"kill": self._kill, "stop": self._stop, "cut": self._cut, "heal": self._heal}[order]()

    def _kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()

    def _stop(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.terminate()

    def _cut(self) -> None:
        """Let nothing through: no packet of the machine's where it has a network of its own."""
        self._wires.alive.clear()
        if self._own_network:
            link("down")

    def _heal(self) -> None:
        self._wires.alive.set()
        if self._own_network:
            link("up")

    async def _lives(self) -> None:
        while True:
            environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", "--role", self._role),
                cwd=self._folder,
                env={
                    **environment,
                    "XDG_STATE_HOME": str(self._folder / "state"),
                    "PYTHONPATH": self._build,
                },
                stderr=asyncio.subprocess.STDOUT,
            )
            code = await self._process.wait()
            say(f"cell: ended with {code}")
            await asyncio.sleep(AGAIN_S)


def link(state: str) -> None:
    """Set this network's one link up or down."""
    subprocess.run(["ip", "link", "set", "lo", state], check=True)  # noqa: S603, S607 - a tool of every Debian


def say(line: str) -> None:
    """Write a line among those of the process."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    cell = Cell(Path(told["folder"]), told["role"], own_network=told["own_network"])
    asyncio.run(cell.run(told["wires"]))
