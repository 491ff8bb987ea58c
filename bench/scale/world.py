"""The world as a process of its own, so that its cost is told apart: says where it listens, takes orders by a pipe."""

import asyncio
import json
import random
import resource
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeAlias

import uvloop

from bench.scale.chats import Chats
from bench.scale.graph import Graph, place
from bench.scale.issues import LISTED, fault, standing
from bench.scale.mail import Imap, Post, Smtp
from bench.scale.wire import Http, Line
from bot.app.clock import SystemClock
from bot.demo.authority import make_authority

Order: TypeAlias = dict[str, Any]

SECRET = "the-one-of-all-apps"  # noqa: S105 - opens nothing outside
CLOCK = SystemClock()
CONNECTIONS = 20_000


class World:
    """Everything that the bot talks to."""

    def __init__(self, folder: Path) -> None:
        """Make certificates in a folder."""
        self.authority = make_authority(folder, today=CLOCK.now())
        self.post = Post(random.Random(7))  # noqa: S311 - the same mail each time
        self.chats = Chats()
        self.graph: Graph
        self._open: set[Line] = set()

    async def listen(self, stack: AsyncExitStack) -> dict[str, object]:
        """Listen on loopback; tells where, and what to trust."""
        loop = asyncio.get_running_loop()
        tls = self.authority.server_context()
        makers: dict[str, Callable[[], Line]] = {
            "graph": lambda: Http(self._open, self.graph.answer),
            "chats": lambda: Http(self._open, self.chats.answer),
            "smtp": lambda: Smtp(self._open, self.post),
            "imap": lambda: Imap(self._open, self.post),
        }
        ports = {}
        for name, maker in makers.items():
            server = await loop.create_server(
                maker, "127.0.0.1", 0, ssl=tls if name == "graph" else None, backlog=CONNECTIONS
            )
            stack.callback(server.close)
            ports[name] = server.sockets[0].getsockname()[1]
        stack.callback(self._hang_up)
        now = CLOCK.now()
        self.graph = Graph(f"https://localhost:{ports['graph']}", SECRET, standing(now), listed=LISTED)
        return {**ports, "ca_file": str(self.authority.ca_file)}

    def _hang_up(self) -> None:
        for line in list(self._open):
            line.transport.abort()

    def obey(self, order: Order) -> dict[str, object]:
        """Do what the bench asks for."""
        match order:
            case {"publish": id_, "title": title, "one_in": each, "of": companies}:
                self.graph.publish(fault(id_, title, CLOCK.now()), each)
                return {"hit": [name for name in companies if place(name) % each == 0]}
            case {"gaps": True}:
                return {**self.graph.gaps()}
            case {"refuse": begin}:
                self.post.refusing = begin
                return {}
            case {"told": since}:
                return {
                    "told": {
                        name: late
                        for name, all_ in self.chats.told.items()
                        if (late := [at for at in all_ if at >= since])
                    }
                }
            case _:
                used = resource.getrusage(resource.RUSAGE_SELF)
                counts = {**self.graph.asked, "mails": self.post.taken, "posts": self.chats.posts}
                return {"cpu": used.ru_utime + used.ru_stime, **counts}


async def serve() -> None:
    """Run until the standard input ends."""
    async with AsyncExitStack() as stack:
        world = World(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailstatus-world-"))))
        _say(await world.listen(stack))
        while line := await asyncio.to_thread(sys.stdin.readline):
            _say(world.obey(json.loads(line)))


def _say(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    uvloop.run(serve())
