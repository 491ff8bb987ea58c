"""Walks through the playground as a person would and keeps what is to be seen; is run by ``make playground``.

The playground listens on every interface: the target gives it a network of its own, in which there is loopback alone.
"""

import asyncio
import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.demo.served import served
from handlers.teams.bot.listen import PATH
from tests.kits import MODULES, node, serving
from tests.playground.bot import bot

PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "playground"
PORT = 56150
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


def loopback_up() -> None:
    """Switch the network's only interface on."""
    with socket.socket() as made:
        asked = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(made, _GET_FLAGS, asked))
        fcntl.ioctl(made, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


async def main() -> None:
    """Start the bot and the playground, and walk."""
    service_url = f"http://127.0.0.1:{PORT}/_connector"
    with tempfile.TemporaryDirectory() as kept:
        opener = Path(kept) / "xdg-open"  # the playground opens a browser, and ends where it cannot
        opener.write_text("#!/bin/sh\n", encoding="ascii")
        opener.chmod(0o755)
        env = {"PATH": f"{kept}:{os.environ['PATH']}"}
        cli = MODULES / "@microsoft" / "m365agentsplayground" / "cli.js"
        async with bot(Path(kept), service_url) as app, served(app) as port:
            at = f"http://127.0.0.1:{port}"
            start = ("start", "-e", f"{at}{PATH}", "-c", "msteams", "-p", str(PORT), "--dt", "--su", service_url)
            async with serving(cli, *start, port=PORT, env=env):
                walk = ("playground.mjs", f"http://127.0.0.1:{PORT}/", at, PICTURES)
                try:
                    sys.stdout.write(await asyncio.to_thread(node, *walk))
                except subprocess.CalledProcessError as error:
                    raise SystemExit(str(error.stderr)) from None


if __name__ == "__main__":
    loopback_up()
    PICTURES.mkdir(parents=True, exist_ok=True)
    asyncio.run(main())
