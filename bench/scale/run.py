"""One size measured: the world, PostgreSQL, the real bot, a quiet stretch, and two faults."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

import psycopg

from bench.asking import Question
from bench.bare_bolt import PATH
from bench.scale.meter import MEBI, Use, load
from bench.scale.processes import Peer, peer
from bench.scale.town import SIGNING, Town

WARM_LIMIT, TOLD_LIMIT = 900.0, 1_200.0
"""Seconds; what is not done by then is counted, so that the bench ends by itself."""
ASKERS = 4
"""Connections that /mailstatus is asked over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a size is measured."""

    bots: int = 1
    """Processes that share the companies."""
    settle: float = 600.0
    """Seconds from the first look to the quiet stretch: what is new is judged more often for its first ten minutes."""
    window: float = 60.0
    """Seconds of the quiet stretch."""
    faults: bool = True
    poll: str = "5m"
    one_in: int = 50
    """The second advisory hits one company in so many: 200 of 10,000."""
    questions: int = 2_000
    """Of /mailstatus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one size gave; shares are of one core, memory in MiB, times in seconds."""

    size: int
    probing: int
    bots: int
    """Processes that watch."""
    window: float
    ready: float
    warm: float
    unread: int
    """Companies whose service health was not read once by then."""
    bot_share: float
    bot_memory: float
    database_share: float
    world_share: float
    polls: float
    tokens: float
    mails: float
    rows: float
    longest_gap: float
    database_bytes: float
    connections: int
    status_p50_ms: float
    status_p99_ms: float
    told_all: float
    told_all_median: float
    told_some: float
    untold: int
    telling: float
    """Seconds of processor time, of bot and database, from the faults until the last was told."""
    load_before: str
    load_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that runs."""

    town: Town
    world: Peer
    bots: Sequence[asyncio.subprocess.Process]
    port: int
    database: int
    """The process of PostgreSQL."""
    store: str
    ready: float


async def measure(scene: Scene, plan: Plan) -> Figures:
    """Wait until everybody was polled once and what is new has settled, measure a quiet stretch, then the faults."""
    before, began = load(), time.monotonic()
    unread = await _until_polled(scene)
    warm = time.monotonic() - began
    await asyncio.sleep(plan.settle)
    quiet = await _quiet(scene, plan.window)
    asked = await _asked(scene, plan.questions)
    told = await _faults(scene, plan.one_in) if plan.faults else UNTOLD
    return Figures(
        size=scene.town.size,
        probing=len(scene.town.probing),
        bots=len(scene.bots),
        window=plan.window,
        ready=scene.ready,
        warm=warm,
        unread=unread,
        load_before=before,
        load_after=load(),
        **quiet,
        **asked,
        **told,
    )


async def _until_polled(scene: Scene) -> int:
    """Wait until everybody was read once, or for long enough; tells how many were not."""
    until, unread = time.monotonic() + WARM_LIMIT, scene.town.size
    while unread and time.monotonic() < until:
        await asyncio.sleep(2)
        unread = scene.town.size - int((await scene.world.ask({"gaps": True}))["known"])
    return unread


async def _quiet(scene: Scene, window: float) -> dict[str, Any]:
    counts, bot, database = await _state(scene)
    began = time.monotonic()
    await asyncio.sleep(window)
    length = time.monotonic() - began
    after, bot_after, database_after = await _state(scene)
    gaps = await scene.world.ask({"gaps": True})

    def rate(name: str) -> float:
        return float(after[name] - counts[name]) / length

    return {
        "bot_share": (bot_after.seconds - bot.seconds) / length,
        "bot_memory": bot_after.memory / MEBI,
        "database_share": (database_after.seconds - database.seconds) / length,
        "world_share": rate("cpu"),
        "polls": rate("issues"),
        "tokens": rate("token"),
        "mails": rate("mails"),
        "rows": rate("rows"),
        "longest_gap": gaps["longest"],
        "database_bytes": after["bytes"],
        "connections": after["connections"],
    }


async def _state(scene: Scene) -> tuple[dict[str, Any], Use, Use]:
    counts = {**await scene.world.ask({}), **await asyncio.to_thread(_database, scene.store)}
    return counts, Use.of(*(bot.pid for bot in scene.bots)), Use.of(scene.database)


def _database(store: str) -> dict[str, Any]:
    with psycopg.connect(store, autocommit=True) as connection:
        row = connection.execute(
            "SELECT tup_inserted + tup_updated + tup_deleted, pg_database_size(current_database()), "
            "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) "
            "FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    rows, size, connections = row or (0, 0, 1)
    return {"rows": rows, "bytes": float(size), "connections": connections - 1}


async def _asked(scene: Scene, questions: int) -> dict[str, float]:
    async with peer("bench.asking") as asker:
        answer = await asker.ask({**question(scene.town, scene.port, questions)})
    if answer["refused"]:
        raise RuntimeError(f"{answer['refused']} of {questions} questions were not answered")
    cuts = quantiles(answer["milliseconds"], n=100)
    return {"status_p50_ms": cuts[49], "status_p99_ms": cuts[98]}


def question(town: Town, port: int, count: int) -> Question:
    """Ask /mailstatus, signed as Slack signs, all over the town: an answer that was made for one is no other's."""
    return {
        "port": port,
        "path": PATH,
        "secret": SIGNING,
        "channels": town.channels[:: max(town.size // count, 1)],
        "connections": ASKERS,
        "requests": count,
    }


SENDING = ("EX1400001", "Users may be unable to send email messages from Exchange Online")
LATENESS = ("EX1400002", "Users may see delays when they receive external email messages")
UNTOLD: Mapping[str, Any] = {"told_all": 0.0, "told_all_median": 0.0, "told_some": 0.0, "untold": 0, "telling": 0.0}


async def _faults(scene: Scene, one_in: int) -> dict[str, Any]:
    """Publish an advisory for everybody and one for some, and wait until the last of them was told of each.

    Whoever is hit by both gets a message of each.
    """
    began, before = time.time(), _spent(scene)
    every, some = await _hit(scene, SENDING, 1), await _hit(scene, LATENESS, one_in)
    wanted = {channel: 1 + (channel in some) for channel in every}
    heard: dict[str, list[float]] = {}
    while time.time() - began < TOLD_LIMIT and _untold(wanted, heard):
        await asyncio.sleep(2)
        heard = (await scene.world.ask({"told": began}))["told"]
    first = [heard[channel][0] - began for channel in every if heard.get(channel)]
    last = [heard[channel][1] - began for channel in some if len(heard.get(channel, ())) > 1]
    return {
        "told_all": max(first, default=0.0),
        "told_all_median": median(first) if first else 0.0,
        "told_some": max(last, default=0.0),
        "untold": _untold(wanted, heard),
        "telling": _spent(scene) - before,
    }


def _spent(scene: Scene) -> float:
    return Use.of(*(bot.pid for bot in scene.bots), scene.database).seconds


async def _hit(scene: Scene, fault: tuple[str, str], one_in: int) -> set[str]:
    """Publish an advisory, and name the channels of the companies that have it listed."""
    order = {"publish": fault[0], "title": fault[1], "one_in": one_in, "of": scene.town.companies}
    hit = set((await scene.world.ask(order))["hit"])
    return {channel for channel, name in zip(scene.town.channels, scene.town.companies, strict=True) if name in hit}


def _untold(wanted: Mapping[str, int], heard: Mapping[str, list[float]]) -> int:
    """Count the channels that miss a message."""
    return sum(len(heard.get(channel, ())) < count for channel, count in wanted.items())


def told(figures: Figures) -> str:
    """Say what was measured, one line of JSON."""
    return json.dumps({name: round(one, 4) if isinstance(one, float) else one for name, one in asdict(figures).items()})
