"""The job table: what is to be run when, and who runs it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy import Row as ResultRow
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import canonical
from bot.store.columns import insert_into
from bot.store.tables import jobs, schedules


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job that is not saved yet."""

    task: str
    args: Mapping[str, object]
    key: str | None = None
    dedupe: str | None = None
    run_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job that is ours until its lease ends; ``attempts`` counts this one and is its fence."""

    id: int
    task: str
    args: Mapping[str, object]
    key: str | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadJob:
    """A job that failed too often; it stays to be seen."""

    id: int
    task: str
    args: Mapping[str, object]
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class JobTable:
    """Jobs wait, run under a lease, and are deleted when done; dead ones stay."""

    connection: AsyncConnection

    async def add(self, job: NewJob, at: datetime) -> None:
        """Save a job, or bring the waiting one with its ``dedupe`` forward."""
        statement = insert_into(self.connection, jobs).values(
            task=job.task,
            args=canonical(job.args),
            key=job.key,
            dedupe=job.dedupe,
            state="waiting",
            saved_at=at,
            run_at=job.run_at,
        )
        if job.dedupe is not None:
            new, old = statement.excluded.run_at, jobs.c.run_at
            statement = statement.on_conflict_do_update(
                index_elements=["dedupe"],
                index_where=UNTRIED,
                set_={"run_at": case((or_(new.is_(None), new < old), new), else_=old)},
            )
        await self.connection.execute(statement)

    async def claim(
        self, now: datetime, lease: timedelta, *, tasks: Collection[str], but: Collection[int], at_most: int
    ) -> list[ClaimedJob]:
        """Claim due jobs of these tasks, oldest first and one a key, leaving out the ids in ``but``."""
        rows = (await self.connection.execute(_claimable(now, tasks, but, at_most))).all()
        claimed = []
        for row in rows:
            if await self._take(row, now + lease):
                args = json.loads(row.args)
                claimed.append(ClaimedJob(id=row.id, task=row.task, args=args, key=row.key, attempts=row.attempts + 1))
        return claimed

    async def finish(self, job: ClaimedJob) -> bool:
        """Delete a job that is done; False if the claim is not the newest."""
        return (await self.connection.execute(delete(jobs).where(*_held(job)))).rowcount > 0

    async def retry(self, job: ClaimedJob, error: str, run_at: datetime) -> bool:
        """Put back a job that failed; False if the claim is not the newest."""
        return await self._change(job, state="waiting", leased_until=None, run_at=run_at, error=error)

    async def bury(self, job: ClaimedJob, error: str) -> bool:
        """Keep a job that failed too often, never to be run; False if the claim is not the newest."""
        return await self._change(job, state="dead", leased_until=None, error=error)

    async def release(self, job: ClaimedJob) -> bool:
        """Put back a job that was stopped midway, due at once; False if the claim is not the newest."""
        return await self._change(job, state="waiting", leased_until=None, run_at=None)

    async def renew(self, ids: Collection[int], until: datetime) -> None:
        """Lengthen the leases of jobs that run here."""
        held = (jobs.c.id.in_(ids), jobs.c.state == "running")
        await self.connection.execute(update(jobs).where(*held).values(leased_until=until))

    async def next_due(self, now: datetime, *, tasks: Collection[str], but: Collection[int]) -> datetime | None:
        """Tell when after ``now`` a job of these tasks is due, a lease's end included; None if none waits for a time."""
        c = jobs.c
        moment = case((c.state == "running", c.leased_until), else_=c.run_at)
        open_ = (c.state.in_(["waiting", "running"]), c.task.in_(tasks), c.id.not_in(but))
        due: datetime | None = await self.connection.scalar(select(func.min(moment)).where(*open_, moment > now))
        return due

    async def dead(self, *, limit: int = 100) -> list[DeadJob]:
        """Read the newest dead jobs."""
        rows = await self.connection.execute(
            select(jobs).where(jobs.c.state == "dead").order_by(jobs.c.id.desc()).limit(limit)
        )
        return [
            DeadJob(id=row.id, task=row.task, args=json.loads(row.args), attempts=row.attempts, error=row.error or "")
            for row in rows
        ]

    async def waiting(self) -> dict[str, int]:
        """Count by task the jobs that wait or run."""
        wanted = select(jobs.c.task, func.count()).where(jobs.c.state.in_(["waiting", "running"]))
        return dict(await self.connection.execute(wanted.group_by(jobs.c.task)))

    async def schedule(self, name: str, first: datetime, latest: datetime) -> datetime:
        """Make sure that a schedule is there and tell its next run, moved to ``latest`` if it was later than that."""
        statement = insert_into(self.connection, schedules).values(name=name, next_at=first)
        next_at = case((schedules.c.next_at > latest, latest), else_=schedules.c.next_at)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_={"next_at": next_at})
        found: datetime | None = await self.connection.scalar(statement.returning(schedules.c.next_at))
        return first if found is None else found

    async def move(self, name: str, seen: datetime, to: datetime) -> bool:
        """Move the next run of a schedule; False if another machine moved it since it was seen."""
        match = (schedules.c.name == name, schedules.c.next_at == seen)
        return (await self.connection.execute(update(schedules).where(*match).values(next_at=to))).rowcount > 0

    async def _take(self, row: ResultRow[Any], until: datetime) -> bool:
        taken = update(jobs).where(jobs.c.id == row.id, jobs.c.attempts == row.attempts)
        taken = taken.values(state="running", attempts=row.attempts + 1, leased_until=until)
        if row.key is None or self.connection.dialect.name == "sqlite":  # alone with the table, no race to lose
            return (await self.connection.execute(taken)).rowcount > 0
        try:
            async with self.connection.begin_nested():
                return (await self.connection.execute(taken)).rowcount > 0
        except IntegrityError:  # another machine began a job of the same key since we looked
            return False

    async def _change(self, job: ClaimedJob, **values: object) -> bool:
        return (await self.connection.execute(update(jobs).where(*_held(job)).values(values))).rowcount > 0


UNTRIED = and_(jobs.c.state == "waiting", jobs.c.attempts == 0)


def _held(job: ClaimedJob) -> Sequence[ColumnElement[bool]]:
    return jobs.c.id == job.id, jobs.c.state == "running", jobs.c.attempts == job.attempts


def _claimable(now: datetime, tasks: Collection[str], but: Collection[int], at_most: int) -> Any:
    c, other = jobs.c, jobs.alias("other")
    ahead = or_(other.c.state == "running", and_(other.c.state == "waiting", other.c.id < c.id))
    blocked = select(other.c.id).where(other.c.key == c.key, other.c.id != c.id, ahead).exists()
    due = and_(c.state == "waiting", or_(c.run_at.is_(None), c.run_at <= now), ~blocked)
    expired = and_(c.state == "running", c.leased_until <= now)
    return (
        select(jobs)
        .where(or_(due, expired), c.task.in_(tasks), c.id.not_in(but))
        .order_by(c.id)
        .limit(at_most)
        .with_for_update(skip_locked=True, of=jobs)
    )
