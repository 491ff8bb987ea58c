"""How fast the store is on SQLite and on a real PostgreSQL, with durable commits on both.

Run as ``python -m bench.store``; prints one line of JSON a figure.
"""

import asyncio
import gc
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from bot.jobs import Args, Jobs, open_jobs
from bot.store import Store
from bot.types import Arrived, Draft, Kind, Message, Observation, Reason, Sent, Severity
from tests.store.postgres import postgres_server

T0 = datetime(2026, 1, 1, tzinfo=UTC)
BATCH, BATCHES = 500, 60
DELIVERIES, JOBS = 300, 500
IDLE_SECONDS = 20.0
PERIODIC = (1, 2, 5, 5, 15, 30, 60, 60, 60, 60)
"""Intervals of the periodic tasks of an idle bot, in seconds."""


class RealClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Tell the time."""
        return datetime.fromtimestamp(time.time(), UTC)

    async def sleep(self, length: timedelta) -> None:
        """Wait."""
        await asyncio.sleep(length.total_seconds())


def tell(database: str, figure: str, value: float) -> None:
    """Print one figure."""
    sys.stdout.write(json.dumps({"store": database, "figure": figure, "value": round(value, 3)}) + "\n")
    sys.stdout.flush()


@contextmanager
def clocked() -> Iterator[Callable[[], float]]:
    """Measure the seconds of a block."""
    gc.collect()
    begun = time.perf_counter()
    yield lambda: time.perf_counter() - begun


async def latencies(times: int, work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Measure one piece of work again and again; p50 and p99 in milliseconds."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        spent.append((time.perf_counter() - begun) * 1e3)
    cuts = quantiles(spent, n=100)
    return cuts[49], cuts[98]


def batch(number: int) -> list[Observation]:
    """Make one batch: messages sent and arrived on ten routes."""
    at = T0 + number * timedelta(seconds=60)
    rows: list[Observation] = []
    for n in range(BATCH // 2):
        sent = at + n * timedelta(milliseconds=200)
        delay = timedelta(milliseconds=500 + 7 * n)
        rows.append(Sent(at=sent, route=f"r{n % 10}", probe=f"{number}.{n}"))
        rows.append(Arrived(at=sent + delay, route=f"r{n % 10}", probe=f"{number}.{n}", latency=delay))
    return rows


async def observations(name: str, store: Store) -> None:
    """Insert, roll up, and read back."""
    batches = [batch(number) for number in range(BATCHES)]
    with clocked() as seconds:
        for rows in batches:
            async with store.begin() as tx:
                await tx.observations.add(rows)
        tell(name, "observations inserted, rows/s", BATCH * BATCHES / seconds())
    with clocked() as seconds:
        async with store.begin() as tx:
            while await tx.rollups.roll_up(T0 + timedelta(hours=2)):
                pass
        tell(name, "observations rolled up, rows/s", BATCH * BATCHES / seconds())
    with clocked() as seconds:
        async with store.read() as tx:
            count = sum([1 async for _ in tx.observations.between("default", T0, T0 + timedelta(hours=2))])
        tell(name, "observations read, rows/s", count / seconds())
    await current(name, store)


async def current(name: str, store: Store) -> None:
    """Read every route as it is now."""

    async def look() -> None:
        async with store.read() as tx:
            await tx.observations.now("default")

    p50, p99 = await latencies(300, look)
    tell(name, "routes as they are now, p50 ms", p50)
    tell(name, "routes as they are now, p99 ms", p99)


async def deliveries(name: str, store: Store) -> None:
    """Claim and mark, a transaction each."""
    message = Message(
        at=T0, reason=Reason.OPENED, severity=Severity.SEVERE, headline=("Sending fails.",), advice=("Wait.",)
    )
    drafts = [
        Draft(destination="slack", kind=Kind.HEAD, message=message, key=str(n), due=T0) for n in range(DELIVERIES)
    ]
    async with store.begin() as tx:
        await tx.deliveries.save(drafts, T0)

    async def deliver() -> None:
        async with store.begin() as tx:
            claimed = await tx.deliveries.claim("default", "slack", T0, timedelta(seconds=30))
        if claimed is None:
            raise RuntimeError("nothing to deliver")
        async with store.begin() as tx:
            await tx.deliveries.mark_sent(claimed, None, T0)

    p50, p99 = await latencies(DELIVERIES, deliver)
    tell(name, "delivery claimed and marked, p50 ms", p50)
    tell(name, "delivery claimed and marked, p99 ms", p99)


async def jobs(name: str, store: Store) -> None:
    """Measure how soon a job begins after its enqueue, how many run a second, and what idling costs."""
    engine = await engine_of(store)
    begun = asyncio.Semaphore(0)

    async def note(_: Args) -> None:
        begun.release()

    async def one() -> None:
        await engine.enqueue("note", {})
        await begun.acquire()

    engine.register("note", note)
    loop = asyncio.create_task(engine.run())
    p50, p99 = await latencies(JOBS, one)
    tell(name, "job saved and begun, p50 ms", p50)
    tell(name, "job saved and begun, p99 ms", p99)
    with clocked() as seconds:
        async with store.begin() as tx:
            for _ in range(JOBS):
                await engine.enqueue("note", {}, transaction=tx)
        for _ in range(JOBS):
            await begun.acquire()
        tell(name, "jobs saved and run, jobs/s", JOBS / seconds())
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await idle(name, await engine_of(store))


async def engine_of(store: Store) -> Jobs:
    """Make the engine that the bot would use."""
    return await open_jobs(store, RealClock(), random.Random(0))  # noqa: S311 - jitter


async def idle(name: str, engine: Jobs) -> None:
    """Measure the share of a core that ten periodic tasks cost."""

    async def nothing(_: Args) -> None:
        return

    for n, seconds in enumerate(PERIODIC):
        engine.register(f"periodic {n}", nothing)
        engine.every(f"periodic {n}", {}, interval=timedelta(seconds=seconds))
    loop = asyncio.create_task(engine.run())
    await asyncio.sleep(2)
    before = resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.sleep(IDLE_SECONDS)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tell(name, "idle with ten periodic tasks, % of a core", 100 * spent / IDLE_SECONDS)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def measure(name: str, url: str) -> None:
    """Measure one store."""
    with clocked() as seconds:
        store = await Store.open(url)
        tell(name, "first start, s", seconds())
    await store.close()
    with clocked() as seconds:
        store = await Store.open(url)
        tell(name, "later start, s", seconds())
    async with store:
        await observations(name, store)
        await deliveries(name, store)
        await jobs(name, store)


def main() -> None:
    """Measure both."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure("sqlite", f"sqlite:///{Path(folder) / 'bench.db'}"))
    with postgres_server(on_disk=True) as server:
        asyncio.run(measure("postgresql", server.url(server.create())))


if __name__ == "__main__":
    main()
