"""A thousand routes in one process, a message a minute each: CPU, memory, and how wrong the measured latency is.

The mail system is fifty scripted mailboxes in a process of its own, which holds each message for a random time and
writes into it when it was delivered. In the second half of a run one mailbox is frozen. Three runs show the spread.
How late both processes' event loops were woken is measured beside: no figure can be better than the machine was idle.
"""

import asyncio
import json
import logging
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import structlog
from pydantic import SecretStr

from bot.app.clock import SystemClock
from bot.mail import ImapInbox, Letter, Mailbox, Seal, Security, Server, SmtpSender, probe_of
from bot.mail.headers import header
from bot.types import Arrived, Clock, Direction, Route
from bot.watch import Canary, Line, MailboxWatch, Tools
from tests.mail.imap_server import ImapServer
from tests.mail.smtp_server import SmtpServer

MAILBOXES, ROUTES, RUNS = 50, 1000, 3
GOAL = 50.0
BEAT = 0.02
RUN_SECONDS, SETTLE_SECONDS = 60.0, 8.0
DELIVERED = "X-Delivered"
SEAL = Seal(SecretStr("a secret of the bench"))


class Lag:
    """How late the event loop wakes who sleeps, in milliseconds."""

    def __init__(self) -> None:
        """Begin to measure."""
        self.late: list[float] = []
        self.task = asyncio.create_task(self._measure())

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT
            await asyncio.sleep(BEAT)
            self.late.append((loop.time() - due) * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run gave: errors of the measured latencies and lags of the loops in milliseconds."""

    arrived: int
    share: float
    well: Sequence[float]
    frozen: Sequence[float]
    ours: Sequence[float]
    theirs: Sequence[float]


async def serve() -> None:
    """Be the mail system: print where it listens, and end with the standard input."""
    chance, loop = random.Random(1), asyncio.get_running_loop()  # noqa: S311  # the same each time
    async with AsyncExitStack() as stack:
        smtp = await stack.enter_async_context(SmtpServer())
        boxes = [await stack.enter_async_context(ImapServer()) for _ in range(MAILBOXES)]

        def deliver(message: bytes) -> None:
            box = boxes[int(message.partition(b"To: box")[2].partition(b"@")[0])]
            stamped = f"{DELIVERED}: {time.time()}\r\n".encode() + message
            box.inbox.put(stamped)
            box.push(f"{len(box.inbox.stored)} EXISTS")

        smtp.on_taken = lambda message: _later(loop, chance.uniform(0.1, 5.0), deliver, message)
        print(json.dumps({"smtp": smtp.port, "imap": [box.port for box in boxes]}), flush=True)
        lag = Lag()
        while command := await asyncio.to_thread(sys.stdin.readline):
            if command.strip() == "freeze":
                boxes[0].mute = {"SELECT", "IDLE", "SEARCH", "FETCH", "UID"}
            elif command.strip() == "lag":
                print(json.dumps(lag.late), flush=True)


def _later(loop: asyncio.AbstractEventLoop, seconds: float, call: object, message: bytes) -> None:
    loop.call_later(seconds, call, message)  # type: ignore[arg-type]  # a function of the message


class Noting(ImapInbox):
    """Notes when each message was delivered by the mail system's word."""

    def __init__(self, mailbox: Mailbox, clock: Clock, noted: dict[str, float]) -> None:
        """Take where to note it."""
        super().__init__(mailbox, clock)
        self._noted = noted

    async def letters(self) -> Sequence[Letter]:
        """List what came, and note."""
        found = await super().letters()
        for letter in found:
            probe = probe_of(letter.headers, SEAL)
            if probe is not None:
                self._noted[probe.id] = float(header(letter.headers, DELIVERED)) - probe.sent.timestamp()
        return found


class Bench:
    """The canary, its watches, and what came of them."""

    def __init__(self, smtp: int, imap: Sequence[int]) -> None:
        """Lay out the routes over the mailboxes."""
        self.clock = SystemClock()
        self.noted: dict[str, float] = {}
        self.arrived: list[Arrived] = []
        boxes = [_mailbox(number, smtp, port) for number, port in enumerate(imap)]
        self.lines = [
            Line(
                route=Route(name=f"r{number}", direction=Direction.OUTBOUND, vantage="here"),
                sender=boxes[number % MAILBOXES],
                receiver=boxes[(number + 1) % MAILBOXES],
            )
            for number in range(ROUTES)
        ]
        tools = Tools(seal=SEAL, clock=self.clock, chance=random.Random(2))  # noqa: S311  # the same each time
        self.canary = Canary(self.lines, {box.name: SmtpSender(box) for box in boxes}, tools)
        self.watches = [
            MailboxWatch(
                box.name,
                Noting(box, self.clock, self.noted),
                seal=SEAL,
                clock=self.clock,
                arriving=[line.route.name for line in self.lines if line.receiver is box],
            )
            for box in boxes
        ]

    async def follow(self, watch: MailboxWatch) -> None:
        """Keep what arrives."""
        async for told in watch.follow(poll=timedelta(seconds=5)):
            self.arrived += [one for one in told if isinstance(one, Arrived)]

    async def send(self, number: int, line: Line) -> None:
        """Send one message a minute, each route at its own second."""
        await asyncio.sleep(RUN_SECONDS * number / ROUTES)
        await self.canary.send(line.route.name, self.clock.now())

    def errors(self, *, since: float, until: float) -> list[float]:
        """Give how wrong each latency is, in milliseconds, of the messages sent in that time."""
        return [
            abs(one.latency.total_seconds() - self.noted[one.probe]) * 1000
            for one in self.arrived
            if since <= (one.at - one.latency).timestamp() < until
        ]


def _mailbox(number: int, smtp: int, imap: int) -> Mailbox:
    plain = Security.PLAIN
    return Mailbox(
        name=f"box{number}",
        address=f"box{number}@bench.example",
        smtp=Server(host="127.0.0.1", port=smtp, security=plain),
        imap=Server(host="127.0.0.1", port=imap, security=plain),
        secret=SecretStr("secret"),
    )


async def measure() -> None:
    """Make the runs and print the figures."""
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before")
    runs = []
    for number in range(RUNS):
        runs.append(await one_run())
        print(line(number + 1, runs[-1]), flush=True)
    print(verdict(runs))
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores after")


async def one_run() -> Run:
    """Start the mail system and a run."""
    world = subprocess.Popen(  # noqa: ASYNC220  # this module, and started before anything runs
        [sys.executable, "-m", "bench.canaries", "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with world:
        say, hear = world.stdin, world.stdout
        if say is None or hear is None:
            raise RuntimeError("no pipes")

        def tell(word: str) -> None:
            print(word, file=say, flush=True)

        bench = Bench(**json.loads(await asyncio.to_thread(hear.readline)))
        lag, begun, used = Lag(), time.time(), time.process_time()
        await run(bench, freeze=lambda: tell("freeze"))
        share = (time.process_time() - used) / (time.time() - begun)
        lag.task.cancel()
        tell("lag")
        theirs = json.loads(await asyncio.to_thread(hear.readline))
        say.close()
    middle, end = begun + RUN_SECONDS / 2, begun + RUN_SECONDS + SETTLE_SECONDS
    return Run(
        arrived=len(bench.arrived),
        share=share,
        well=bench.errors(since=begun, until=middle),
        frozen=bench.errors(since=middle, until=end),
        ours=lag.late,
        theirs=theirs,
    )


async def run(bench: Bench, *, freeze: Callable[[], None]) -> None:
    """Send for a minute and freeze one mailbox in the middle of it."""
    watching = [asyncio.create_task(bench.follow(watch)) for watch in bench.watches]
    await asyncio.sleep(1)
    sending = [asyncio.create_task(bench.send(number, line)) for number, line in enumerate(bench.lines)]
    await asyncio.sleep(RUN_SECONDS / 2)
    freeze()
    await asyncio.gather(*sending)
    await asyncio.sleep(SETTLE_SECONDS)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)


def p99(figures: Sequence[float]) -> float:
    """Give what one in a hundred is above."""
    return statistics.quantiles(figures, n=100)[98]


def line(number: int, made: Run) -> str:
    """Say what one run gave."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "error, all well": made.well,
        "error, frozen": made.frozen,
        "our loop's lag": made.ours,
        "the mail's lag": made.theirs,
    }
    head = f"run {number}: {made.arrived} of {ROUTES} messages arrived (those of one frozen mailbox cannot)"
    return "\n".join(
        [
            f"{head}, {made.share:.1%} of a core, {memory:.0f} MB",
            *(
                f"  {name:16} {statistics.median(one):6.1f} ms median, {p99(one):6.1f} ms p99"
                for name, one in figures.items()
            ),
        ]
    )


def verdict(runs: Sequence[Run]) -> str:
    """Say whether the goal was met and whether the frozen mailbox cost the others anything."""
    well, frozen = [p99(made.well) for made in runs], [p99(made.frozen) for made in runs]
    within = statistics.median(frozen) <= max(well)
    worst = max(*well, *frozen)
    return (
        f"p99 of the error over {len(runs)} runs: {min(well):.1f} to {max(well):.1f} ms all well, "
        f"{min(frozen):.1f} to {max(frozen):.1f} ms with one frozen\n"
        f"frozen within the spread: {'yes' if within else 'no'}\n"
        f"p99 under {GOAL:.0f} ms: {'yes' if worst < GOAL else 'no'} (the worst is {worst:.1f} ms)"
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(serve() if "--serve" in sys.argv else measure())
