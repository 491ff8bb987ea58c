"""Procrastinate's own tables: the few statements that it has no function for, and its functions with a fence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldJob:
    """A job that a worker runs, or that a rescuer found: ``worker`` and ``attempts`` are its fence."""

    id: int
    attempts: int
    worker: int | None


@dataclass(frozen=True, slots=True)
class EngineTable:
    """What touches procrastinate's tables in a transaction of ours; there are none on SQLite."""

    connection: AsyncConnection

    async def driver(self) -> object:
        """Give the driver's own connection, in which procrastinate saves a job together with what it is about."""
        return (await self.connection.get_raw_connection()).driver_connection

    async def now(self) -> datetime:
        """Tell the database's time: the one clock that all machines share."""
        now: datetime = await self.connection.scalar(text("SELECT now()"))
        return now

    async def is_installed(self) -> bool:
        """Tell whether the tables are there, with nobody else making them until the end of this transaction."""
        await self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        return bool(await self.connection.scalar(text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")))

    async def install(self, schema: str) -> None:
        """Make the tables by procrastinate's own script."""
        await self.connection.exec_driver_sql(schema.replace("%", "%%"))

    async def bring_forward(self, dedupe: str, run_at: datetime | None) -> bool:
        """Have the waiting job with this dedupe run at the earlier of both times; False if none waits any more."""
        moved = await self.connection.execute(BRING_FORWARD, {"dedupe": dedupe, "run_at": run_at})
        return moved.rowcount > 0

    async def end(self, job: HeldJob, status: str, *, delete: bool) -> bool:
        """End a job; False if it is not ours any more."""
        values = {"id": job.id, "attempts": job.attempts, "worker": job.worker, "status": status, "delete": delete}
        return (await self.connection.execute(END, values)).rowcount > 0

    async def again(self, job: HeldJob, after: timedelta) -> bool:
        """Have a job run again after a while, standing for no other; False if somebody ended or took it since."""
        fence = {"id": job.id, "attempts": job.attempts, "worker": job.worker}
        if not (await self.connection.execute(UNLOCK, fence)).rowcount:
            return False
        await self.connection.execute(AGAIN, {"id": job.id, "after": after})
        return True

    async def sooner(self, longest: timedelta) -> None:
        """Have those that failed run at once that would wait for longer than any failure asks for."""
        await self.connection.execute(SOONER, {"longest": longest})

    async def missing(self, keys: Collection[str]) -> list[str]:
        """Choose the keys for which no job waits or runs."""
        rows = await self.connection.execute(MISSING, {"keys": list(keys)})
        return [row.key for row in rows]


ONE_AT_A_TIME = 7_245_002
"""PostgreSQL's advisory lock while the tables are made: several machines may start at once."""

BRING_FORWARD = text("""
    UPDATE procrastinate_jobs
       SET scheduled_at = CASE WHEN scheduled_at IS NULL OR CAST(:run_at AS timestamptz) IS NULL THEN NULL
                               ELSE least(scheduled_at, CAST(:run_at AS timestamptz)) END
     WHERE queueing_lock = :dedupe AND status = 'todo'
""")
# Procrastinate's own functions ask for no worker: a machine that slept would end a job that was given to another.
END = text("""
    WITH held AS MATERIALIZED (
        SELECT id FROM procrastinate_jobs
         WHERE id = :id AND status = 'doing' AND attempts = :attempts
           AND worker_id IS NOT DISTINCT FROM CAST(:worker AS bigint)
           FOR UPDATE)
    SELECT procrastinate_finish_job_v1(id, CAST(:status AS procrastinate_job_status), :delete) FROM held
""")
# Another job with the same dedupe may wait by now, and procrastinate lets one of them wait.
UNLOCK = text("""
    UPDATE procrastinate_jobs SET queueing_lock = NULL
     WHERE id = :id AND status = 'doing' AND attempts = :attempts
       AND worker_id IS NOT DISTINCT FROM CAST(:worker AS bigint)
""")
AGAIN = text("SELECT procrastinate_retry_job_v2(:id, now() + CAST(:after AS interval), NULL, NULL, NULL)")
SOONER = text("""
    UPDATE procrastinate_jobs SET scheduled_at = now()
     WHERE status = 'todo' AND attempts > 0 AND scheduled_at > now() + CAST(:longest AS interval)
""")
MISSING = text("""
    SELECT wanted AS key FROM unnest(CAST(:keys AS text[])) AS wanted
     WHERE NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE lock = wanted AND status IN ('todo', 'doing'))
""")
