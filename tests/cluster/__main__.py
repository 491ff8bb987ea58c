"""The long trial of several machines: `make cluster`."""

import asyncio
import os
import random
import sys
import tempfile
from pathlib import Path

from bot.app.logs import to_standard_error
from tests.cluster.trial import Outcome, Plan, trial
from tests.cluster.troubles import long
from tests.store.postgres import postgres_server

SEED = 9
LONG_S = 150.0
PLAN = Plan(tenants=12, strands=5, spread_s=LONG_S, limit_s=420.0)
DURABLE = ("-c", "fsync=off")
"""Enough where the machine stays on: only the server is killed."""


async def main() -> bool:
    """Have three workers live through it; True if nothing was lost or told twice, and nobody left alone for long."""
    chance = random.Random(SEED)  # noqa: S311 - chosen to be repeated
    with tempfile.TemporaryDirectory(prefix="mailstatus-cluster-") as folder, postgres_server(*DURABLE) as database:
        outcome = await trial(Path(folder) / "city", database, PLAN, long(chance, LONG_S))
    _say(outcome)
    return outcome.is_good


def _say(outcome: Outcome) -> None:
    verdict = outcome.verdict
    own = "in a network of its own each" if os.geteuid() == 0 else "on the loopback of all"
    lines = [
        f"{PLAN.workers} workers {own}, a web, one PostgreSQL, {PLAN.tenants} tenants polled every 5 s",
        f"processes ended {outcome.ends}, leases let go {outcome.lapses}, stops {[round(one, 1) for one in outcome.stops_s]} s",
        f"tables of revision {outcome.revision}, by a newer build that followed on each",
        f"rings {outcome.rings}: once {verdict.once}, lost {len(verdict.lost)}, twice {len(verdict.twice)}",
        f"longest that a tenant was not watched: {outcome.unwatched_s:.1f} s",
    ]
    lines += [] if outcome.is_good else [str(verdict), *(one.rstrip() for one in outcome.log)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    to_standard_error("error")
    sys.exit(not asyncio.run(main()))
