"""Several machines on one PostgreSQL, and the world around them."""

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.app.clock import SystemClock
from bot.demo.authority import Authority, make_authority
from bot.demo.chat.mrkdwn import decoded
from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import Workspace
from bot.demo.served import served
from tests.chaos.oracle import Told
from tests.cluster.cell import NEW_NETWORK
from tests.cluster.directory import CLIENT, SECRET, Directory
from tests.cluster.newer import newer_build
from tests.cluster.wires import Wires
from tests.ports import free_port
from tests.store.postgres import Postgres

ROOT = Path(__file__).parents[2]
POLL_S = 5.0
LOOK_S = 0.1
AGAIN_S = 15.0
"""Until an order is given again; longer than a stop may take."""
READY = "event='ready'"
TOKEN = "xoxb-city"
PAGE_TOKEN = "a word that opens the page"


@dataclass(slots=True, kw_only=True)
class Machine:
    """One machine, from outside."""

    name: str
    process: asyncio.subprocess.Process
    address: str
    log: list[str] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    """When its process ended, in seconds of a steady clock."""
    reading: asyncio.Task[None] | None = None

    def do(self, order: str) -> None:
        """Tell it to ``kill`` or ``stop`` its process, or to ``cut`` or ``heal`` its wires.

        The place of another build behind a word is where the next process is begun from.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order}\n".encode())

    async def read(self) -> None:
        """Keep what it says."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.log.append(line.decode())
            if line.startswith(b"cell: ended"):
                self.ends.append(time.monotonic())

    async def stop(self, build: Path | None = None) -> float:
        """Tell its process to stop, the next one to be of another build; gives the seconds that this took."""
        before = len(self.ends)
        while len(self.ends) == before:
            began = time.monotonic()
            self.do(f"stop {build}" if build else "stop")  # lost on a process that is being begun anew
            while len(self.ends) == before and time.monotonic() - began < AGAIN_S:  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(LOOK_S)
        return self.ends[-1] - began

    def said(self, event: str) -> int:
        """Count how often it said something."""
        return sum(event in line for line in self.log)


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What stands around the machines, and the machines."""

    directory: Directory
    slack: Slack
    database: Postgres
    store: str
    """Of the database, its name."""
    newer: Path
    """A newer build."""
    workers: Sequence[Machine]
    web: Machine
    stops: list[float] = field(default_factory=list)
    """Seconds that each worker took to end that was told to."""

    def heard(self) -> Mapping[str, Sequence[Told]]:
        """Give what people could read in each tenant's channel, as it was when it was posted."""
        texts: dict[str, list[Told]] = {channel(name): [] for name in self.directory.graphs}
        for post in self.slack.workspace.posts:
            if not post.files:
                texts[post.channel].append(Told(text=decoded(post.versions[0][1] if post.versions else post.text)))
        return {name: texts[channel(name)] for name in self.directory.graphs}


def channel(tenant: str) -> str:
    """Name a tenant's channel."""
    return f"C{tenant.upper()}"


@asynccontextmanager
async def city(folder: Path, database: Postgres, *, tenants: int, workers: int) -> AsyncIterator[City]:
    """Serve a world, and run workers and a web in it, each on a machine of its own."""
    ids = {f"00000000-0000-4000-8000-{number:012d}": f"t{number:03}" for number in range(tenants)}
    await asyncio.to_thread(folder.mkdir)
    clock, name = SystemClock(), database.create()
    authority = make_authority(folder, today=clock.now())
    directory = Directory(ids, clock)
    slack = Slack(Workspace(clock, {channel(one): one for one in ids.values()}, {}), token=TOKEN)
    async with AsyncExitStack() as running:
        graph = await running.enter_async_context(served(directory, authority=authority))
        chat = await running.enter_async_context(served(slack.app()))
        wires = Wires()
        for what, port in (("graph", graph), ("slack", chat)):
            await running.enter_async_context(wires.from_path(folder / what, port))
        paths = {"graph": folder / "graph", "slack": folder / "slack", "store": database.socket}
        town = _Town(folder=folder, authority=authority, ids=ids, paths=paths, database=name)
        machines = [
            await running.enter_async_context(_machine(town, f"w{number}", "worker")) for number in range(workers)
        ]
        web = await running.enter_async_context(_machine(town, "web", "web"))
        yield City(
            directory=directory,
            slack=slack,
            database=database,
            store=name,
            newer=await asyncio.to_thread(newer_build, folder),
            workers=machines,
            web=web,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Town:
    folder: Path
    authority: Authority
    ids: Mapping[str, str]
    paths: Mapping[str, Path]
    database: str


@asynccontextmanager
async def _machine(town: _Town, name: str, role: str) -> AsyncIterator[Machine]:
    home = town.folder / name
    home.mkdir()
    ports = {what: free_port() for what in (*town.paths, "page")}
    _write(town, home, ports)
    own_network = os.geteuid() == 0 and shutil.which("unshare") is not None and role == "worker"
    told = {
        "folder": str(home),
        "role": role,
        "own_network": own_network,
        "wires": {ports[what]: str(path) for what, path in town.paths.items()},
    }
    process = await asyncio.create_subprocess_exec(
        *(*(NEW_NETWORK if own_network else ()), sys.executable, "-m", "tests.cluster.cell", json.dumps(told)),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    machine = Machine(name=name, process=process, address=f"http://127.0.0.1:{ports['page']}")
    reading = asyncio.create_task(machine.read())
    try:
        yield machine
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await reading


def _write(town: _Town, home: Path, ports: Mapping[str, int]) -> None:
    environment = {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": "city",
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_CLIENT_SECRET": SECRET,
        "AZURE_AUTHORITY_HOST": f"https://localhost:{ports['graph']}",
        "MAILSTATUS_GRAPH_URL": f"https://localhost:{ports['graph']}",
        "MAILSTATUS_SLACK_API_URL": f"http://127.0.0.1:{ports['slack']}/api/",
        "MAILSTATUS_CA_FILE": str(town.authority.ca_file),
        "MAILSTATUS_LISTEN": f"127.0.0.1:{ports['page']}",
        "MAILSTATUS_PAGE_TOKEN": PAGE_TOKEN,
        "MAILSTATUS_PROBE_KEY": "the same on all machines, and long enough",
        "MAILSTATUS_STORE": f"postgresql://postgres@127.0.0.1:{ports['store']}/{town.database}",
    }
    (home / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in environment.items()))
    lines = ["[rules]", f'poll_every = "{POLL_S:.0f}s"', 'merge = "1s"']
    for id_, name in town.ids.items():
        lines += [f"[tenants.{name}]", f'azure_tenant_id = "{id_}"']
        lines += [f"[destinations.{name}]", f'tenant = "{name}"', 'platform = "slack"', f'channel = "{channel(name)}"']
    (home / "mailstatus.toml").write_text("\n".join(lines))
