"""A thousand routes in one process, a message a minute each: CPU, memory, and how wrong the measured latency is.

The mail system is fifty scripted mailboxes in a process of its own, which holds each message for a random time and
writes into it when it was delivered. In the second half of the run one mailbox is frozen.
"""

import asyncio
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

from pydantic import SecretStr

from bot.app.clock import SystemClock
from bot.mail import ImapInbox, Letter, Mailbox, Seal, Security, Server, SmtpSender, probe_of
from bot.mail.headers import header
from bot.types import Arrived, Direction, Route
from bot.watch import Canary, Line, MailboxWatch, Tools
from tests.mail.imap_server import ImapServer
from tests.mail.smtp_server import SmtpServer

MAILBOXES, ROUTES = 50, 1000
RUN_SECONDS, SETTLE_SECONDS = 60.0, 8.0
DELIVERED = "X-Delivered"
SEAL = Seal(SecretStr("a secret of the bench"))


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
        while command := await asyncio.to_thread(sys.stdin.readline):
            if command.strip() == "freeze":
                boxes[0].mute = {"SELECT", "IDLE", "SEARCH", "FETCH", "UID"}


def _later(loop: asyncio.AbstractEventLoop, seconds: float, call: object, message: bytes) -> None:
    loop.call_later(seconds, call, message)  # type: ignore[arg-type]  # a function of the message


class Noting(ImapInbox):
    """Notes when each message was delivered by the mail system's word."""

    def __init__(self, mailbox: Mailbox, noted: dict[str, float]) -> None:
        """Take where to note it."""
        super().__init__(mailbox)
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
                Noting(box, self.noted),
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
    """Start the mail system and the run."""
    world = subprocess.Popen(  # noqa: ASYNC220  # this module, and started before anything runs
        [sys.executable, "-m", "bench.canaries", "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with world:
        say, hear = world.stdin, world.stdout
        if say is None or hear is None:
            raise RuntimeError("no pipes")
        bench = Bench(**json.loads(await asyncio.to_thread(hear.readline)))
        await run(bench, freeze=lambda: print("freeze", file=say, flush=True))
        say.close()


async def run(bench: Bench, *, freeze: Callable[[], None]) -> None:
    """Send for a minute, freeze one mailbox in the middle of it, and print the figures."""
    watching = [asyncio.create_task(bench.follow(watch)) for watch in bench.watches]
    await asyncio.sleep(1)
    begun, used = time.time(), time.process_time()
    sending = [asyncio.create_task(bench.send(number, line)) for number, line in enumerate(bench.lines)]
    await asyncio.sleep(RUN_SECONDS / 2)
    freeze()
    await asyncio.gather(*sending)
    share = (time.process_time() - used) / (time.time() - begun)
    await asyncio.sleep(SETTLE_SECONDS)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    middle, end = begun + RUN_SECONDS / 2, begun + RUN_SECONDS + SETTLE_SECONDS
    report(bench, share, bench.errors(since=begun, until=middle), bench.errors(since=middle, until=end))


def report(bench: Bench, share: float, before: Sequence[float], frozen: Sequence[float]) -> None:
    """Print the figures."""
    print(f"{len(bench.arrived)} of {ROUTES} messages arrived (those of one frozen mailbox cannot)")
    print(f"CPU              {share:6.1%} of a core")
    print(f"memory           {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    for name, errors in (("all well", before), ("one frozen", frozen)):
        p99 = statistics.quantiles(errors, n=100)[98]
        print(f"error, {name:10} {statistics.median(errors):6.1f} ms median, {p99:.1f} ms p99 (goal: p99 under 50 ms)")


if __name__ == "__main__":
    asyncio.run(serve() if "--serve" in sys.argv else measure())
