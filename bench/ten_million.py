"""Ten million observations in a store, as the bot would have written them in two days."""

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.store import Store
from bot.store.codec import canonical
from bot.store.columns import EPOCH, MICROSECOND
from bot.store.rollups import MINUTE, QUARTER, ROLLED
from bot.types import Arrived, Sent

COUNT: Final = 10_000_000
LENGTH = timedelta(hours=47)
"""Raw observations are kept for 48."""
ROOM = 6 * 1024**3
"""Bytes that must be free: the rows, their indices, and what SQLite sorts them in."""
ARRIVED = canonical(
    {"legs": [["out.example", "ours", 1.0], ["out.example", "before", 2.0], ["Microsoft", "microsoft", 4.5]]}
)
LATENCY = timedelta(seconds=1)

# Every other row is an arrival, and the one before it its message. All that arrive on a route within a quarter of an
# hour took the same time, so that a roll-up's middle is its highest: the store's own way of finding it takes minutes.
_FILL = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count),
m AS (SELECT i / 2 AS probe, i % 2 AS arrives, :begin + (i / 2) * :step AS at FROM n),
t AS (SELECT *, 500000 + (at / :quarter * 7919 + probe % :routes * 104729) % 1000000 AS latency FROM m)
INSERT INTO observations (tenant, at, kind, route, probe, latency, rest)
SELECT 'default', CASE arrives WHEN 1 THEN at ELSE at - latency END, CASE arrives WHEN 1 THEN 'Arrived' ELSE 'Sent' END,
       (SELECT name FROM temp.route WHERE number = probe % :routes), printf('%032x', probe),
       CASE arrives WHEN 1 THEN latency END, CASE arrives WHEN 1 THEN :rest END
FROM t
"""
_MINUTES = """
INSERT INTO route_minutes (tenant, route, at, sent, arrived, refused, bounced, unreachable,
                           latency_sum, latency_median, latency_max)
SELECT tenant, route, at - at % :step AS bucket, sum(kind = 'Sent'), sum(kind = 'Arrived'), 0, 0, 0,
       coalesce(sum(latency), 0), max(latency), max(latency)
FROM observations WHERE at < :until GROUP BY tenant, route, bucket
"""
_QUARTERS = """
INSERT INTO route_quarters (tenant, route, at, sent, arrived, refused, bounced, unreachable,
                            latency_sum, latency_median, latency_max)
SELECT tenant, route, at - at % :step AS bucket, sum(sent), sum(arrived), 0, 0, 0,
       sum(latency_sum), max(latency_max), max(latency_max)
FROM route_minutes WHERE at < :until GROUP BY tenant, route, bucket
"""


async def fill(path: Path, routes: list[str], until: datetime, *, count: int = COUNT) -> int:
    """Write ``count`` observations that end at ``until``, and their roll-ups; tells how many the store holds."""
    if shutil.disk_usage(path.parent).free < ROOM * count // COUNT:
        raise OSError(f"{path.parent} needs {ROOM * count / COUNT / 1024**3:.1f} GiB of room for this")
    async with await Store.open(f"sqlite:///{path}") as store:
        _write(path, routes, until - 2 * LATENCY, count)
        async with store.begin() as tx:
            await tx.observations.add([Sent(at=until - LATENCY, route=name, probe=name) for name in routes])
            await tx.observations.add([Arrived(at=until, route=name, probe=name, latency=LATENCY) for name in routes])
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM observations").fetchone()[0])


def _write(path: Path, routes: list[str], until: datetime, count: int) -> None:
    step, quarter = LENGTH // MICROSECOND // (count // 2), QUARTER // MICROSECOND
    end = (until - EPOCH) // MICROSECOND
    rows = {"count": count, "begin": end - step * (count // 2), "step": step, "quarter": quarter, "rest": ARRIVED}
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("CREATE TEMP TABLE route (number INTEGER PRIMARY KEY, name TEXT)")
        database.executemany("INSERT INTO temp.route VALUES (?, ?)", enumerate(routes))
        # An index that is made at the end is made ten times as fast.
        indices = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'observations'"
        )
        kept = [(name, sql) for name, sql in indices if sql]
        for name, _ in kept:
            database.execute(f"DROP INDEX {name}")
        database.execute(_FILL, {**rows, "routes": len(routes)})
        for _, sql in kept:
            database.execute(sql)
        _roll_up(database, end)


def _roll_up(database: sqlite3.Connection, end: int) -> None:
    """Sum up every minute and quarter of an hour that is over."""
    minute, quarter = MINUTE // MICROSECOND, QUARTER // MICROSECOND
    database.execute(_MINUTES, {"step": minute, "until": end - end % minute})
    database.execute(_QUARTERS, {"step": quarter, "until": end - end % quarter})
    database.execute("INSERT INTO marks (name, at) VALUES (?, ?)", (ROLLED, end - end % minute))
