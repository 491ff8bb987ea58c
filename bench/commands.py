"""How soon /mailstatus answers: the whole bot, ten million observations deep in an outage, beside a bare bolt app.

Run as ``python -m bench.commands``; prints one line of JSON a figure, and ends with 1 where the goal is missed: p99 at
most 1.5 times the bare app's or 10 ms, whichever is more, p50 at most twice, and every request answered. The mail
system and the chats are a world in a box in this process; the bot, the bare app and who asks are processes of their
own. Bot and bare app take turns, so that a slow minute of the machine hits both.
"""

import asyncio
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from bench import bare_bolt, ten_million
from bench.asking import Answer, Question
from bot.app.clock import SystemClock
from bot.demo.chat.texts import slack_texts
from bot.demo.clock import StoryClock
from bot.demo.mail.faults import BAD_SEQUENCE, MailFault, Trouble
from bot.demo.world import World, world
from tests.end_to_end.process import mailstatus, until, write_settings

ROUNDS = 6
CONNECTIONS = {1: 1500, 10: 6000}
"""Requests of one turn, by connections."""
WARM_UP = 500
PEER_MOST = 120.0
"""Seconds within which a turn is over."""
P50_TIMES, P99_TIMES, P99_ENOUGH_MS = 2.0, 1.5, 10.0
REFUSED = MailFault(trouble=Trouble.REFUSE, routes=("outbound-eu", "outbound-us"), reply=BAD_SEQUENCE)


@dataclass(slots=True)
class Figures:
    """What one app did at one number of connections."""

    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    refused: int = 0

    def take(self, answer: Answer) -> None:
        """Take in one turn."""
        self.milliseconds += answer["milliseconds"]
        self.seconds += answer["seconds"]
        self.refused += answer["refused"]

    def summary(self) -> dict[str, float]:
        """Sum all turns up."""
        cuts = quantiles(self.milliseconds, n=100)
        rate = len(self.milliseconds) / self.seconds
        return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2), "requests_a_second": round(rate)}


@asynccontextmanager
async def _peer(module: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module of ours as a process that is spoken to by its standard input and output."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module), stdin=pipe, stdout=pipe, limit=2**26
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _say(process: asyncio.subprocess.Process, line: str) -> str:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a peer has no pipes")
    process.stdin.write(line.encode() + b"\n")
    async with asyncio.timeout(PEER_MOST):
        return (await process.stdout.readline()).decode()


@asynccontextmanager
async def _outage(folder: Path) -> AsyncIterator[tuple[World, int]]:
    """Run the world and the bot, canaries going round and an incident open; tells the bot's port."""
    now = SystemClock().now()
    rng = random.Random(5)  # noqa: S311 - the same world each time
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(world(clock=StoryClock(now), rng=rng, folder=folder, today=now))
        begun = time.perf_counter()
        (folder / "state" / "mailstatus").mkdir(parents=True)
        routes = [one.route.name for one in box.facts.routes]
        held = await ten_million.fill(folder / "state" / "mailstatus" / "mailstatus.db", routes, SystemClock().now())
        _tell(figure="observations in the store", value=held, loaded_in_s=round(time.perf_counter() - begun))
        write_settings(box.facts, folder, 0)
        bot = await stack.enter_async_context(mailstatus(folder))
        await until(lambda: sum("event='probe_sent'" in line for line in bot.log) >= 20, "test messages travel")
        box.mail.faults.switch_on(REFUSED)
        await until(lambda: any("503" in said.text for said in slack_texts(box.slack.workspace)), "the outage is told")
        port = re.search(r":(\d+)/$", bot.address)
        yield box, int(port[1]) if port else 0


async def _measure(box: World, bot: int, bare: int) -> dict[tuple[str, int], Figures]:
    figures = {(name, number): Figures() for name in ("bot", "bare") for number in CONNECTIONS}
    ports = {"bot": bot, "bare": bare}
    async with _peer("bench.asking") as asker:
        for name, port in ports.items():
            await _turn(asker, _question(box, port, 10, WARM_UP))
            _tell(figure="warmed up", value=WARM_UP, app=name)
        for number in range(ROUNDS):
            for name in sorted(ports, reverse=bool(number % 2)):
                for connections, count in CONNECTIONS.items():
                    question = _question(box, ports[name], connections, count)
                    figures[name, connections].take(await _turn(asker, question))
    return figures


async def _turn(asker: asyncio.subprocess.Process, question: Question) -> Answer:
    answer: Answer = json.loads(await _say(asker, json.dumps(question)))
    return answer


def _question(box: World, port: int, connections: int, count: int) -> Question:
    return {
        "port": port,
        "path": bare_bolt.PATH,
        "secret": box.facts.slack_signing_secret,
        "channels": [box.facts.slack_channel],
        "connections": connections,
        "requests": count,
    }


def _judge(figures: dict[tuple[str, int], Figures]) -> bool:
    """Print every figure; True where the goal is met."""
    met = True
    for connections in CONNECTIONS:
        bot, bare = figures["bot", connections], figures["bare", connections]
        ours, theirs = bot.summary(), bare.summary()
        most = {"p50": P50_TIMES * theirs["p50"], "p99": max(P99_TIMES * theirs["p99"], P99_ENOUGH_MS)}
        good = all(ours[name] <= limit for name, limit in most.items()) and not bot.refused + bare.refused
        _tell(connections=connections, app="bot", **ours, refused=bot.refused)
        _tell(connections=connections, app="bare", **theirs, refused=bare.refused)
        _tell(connections=connections, goal={name: round(limit, 2) for name, limit in most.items()}, met=good)
        met = met and good
    return met


def _tell(**figures: object) -> None:
    print(json.dumps(figures), flush=True)


async def run() -> bool:
    """Measure; True where the goal is met."""
    with tempfile.TemporaryDirectory(prefix="mailstatus-bench-") as name:
        async with _outage(Path(name)) as (box, bot), _peer("bench.bare_bolt") as bare:
            port = int(await _say(bare, box.facts.slack_signing_secret))
            return _judge(await _measure(box, bot, port))


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(run()) else 1)
