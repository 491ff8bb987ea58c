"""The job table of a store on SQLite: what is to be run when, and who runs it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, delete, func, literal, or_, select, update
from sqlalchemy import Row as ResultRow
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import canonical
from bot.store.columns import EPOCH, Time, insert_into
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
    """A job that is ours while its beat grows; ``attempts`` counts this one and is its fence."""

    id: int
    task: str
    args: Mapping[str, object]
    key: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that somebody runs: who sees the same one again after a while takes its runner for dead."""

    id: int
    attempts: int
    beat: int


@dataclass(frozen=True, slots=True)
class JobTable:
    """Jobs wait, run with a beat, and are deleted when done, and only then."""

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
        self, now: datetime, *, tasks: Collection[str], at_most: int, longest: timedelta
    ) -> list[ClaimedJob]:
        """Claim due jobs of these tasks, oldest first and one a key.

        One that failed never waits for more than ``longest``: if it would, the clock was set back, and it is due.
        """
        asked = {"now": now, "beyond": now + longest, "tasks": list(tasks), "at_most": at_most}
        rows = (await self.connection.execute(CLAIMABLE, asked)).all()
        return [_claimed(row) for row in rows if await self._take(row)]

    async def take_over(self, stalled: RunningJob) -> ClaimedJob | None:
        """Claim a job whose runner is taken for dead; None if it ended, or beat, or somebody else was quicker."""
        c = jobs.c
        same = (c.id == stalled.id, c.state == "running", c.attempts == stalled.attempts, c.beat == stalled.beat)
        taken = update(jobs).where(*same).values(attempts=stalled.attempts + 1)
        row = (await self.connection.execute(taken.returning(*jobs.c))).one_or_none()
        return None if row is None else _claimed(row, attempts=stalled.attempts + 1)

    async def put_back(self, stalled: RunningJob, run_at: datetime) -> None:
        """Have a job wait whose runner is taken for dead, if that is still so."""
        c = jobs.c
        same = (c.id == stalled.id, c.state == "running", c.attempts == stalled.attempts, c.beat == stalled.beat)
        await self.connection.execute(update(jobs).where(*same).values(state="waiting", run_at=run_at))

    async def beat(self, ids: Collection[int]) -> None:
        """Show that these jobs' runner is alive."""
        held = (jobs.c.id.in_(ids), jobs.c.state == "running")
        await self.connection.execute(update(jobs).where(*held).values(beat=jobs.c.beat + 1))

    async def running(self, *, tasks: Collection[str], but: Collection[int]) -> list[RunningJob]:
        """Tell which jobs of these tasks others run."""
        rows = await self.connection.execute(RUNNING, {"tasks": list(tasks), "but": list(but)})
        return [RunningJob(*row) for row in rows]

    async def finish(self, job: ClaimedJob) -> bool:
        """Delete a job that is done; False if the claim is not the newest."""
        return (await self.connection.execute(FINISH, {"the_id": job.id, "the_attempts": job.attempts})).rowcount > 0

    async def retry(self, job: ClaimedJob, error: str, run_at: datetime) -> bool:
        """Put back a job that failed; False if the claim is not the newest."""
        return await self._change(job, state="waiting", run_at=run_at, error=error)

    async def release(self, job: ClaimedJob) -> bool:
        """Put back a job that was stopped midway, due at once; False if the claim is not the newest."""
        return await self._change(job, state="waiting", run_at=None)

    async def first_due(self, now: datetime, *, tasks: Collection[str], longest: timedelta) -> datetime | None:
        """Tell when ``claim`` will next find a job, as far as is known now; None if none waits for a time."""
        asked = {"beyond": now + longest, "tasks": list(tasks)}
        due: datetime | None = await self.connection.scalar(FIRST_DUE, asked)
        return due

    async def waiting(self) -> dict[str, int]:
        """Count by task the jobs that wait or run."""
        wanted = select(jobs.c.task, func.count().label("open")).where(jobs.c.state.in_(["waiting", "running"]))
        rows = await self.connection.execute(wanted.group_by(jobs.c.task))
        return {row.task: row.open for row in rows}

    async def schedule(self, name: str, first: datetime, latest: datetime) -> datetime:
        """Make sure that a schedule is there and tell its next run, moved to ``latest`` if it was later than that."""
        statement = insert_into(self.connection, schedules).values(name=name, next_at=first)
        next_at = case((schedules.c.next_at > latest, literal(latest, Time)), else_=schedules.c.next_at)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_={"next_at": next_at})
        found: datetime | None = await self.connection.scalar(statement.returning(schedules.c.next_at))
        return first if found is None else found

    async def move(self, name: str, seen: datetime, to: datetime) -> bool:
        """Move the next run of a schedule; False if another machine moved it since it was seen."""
        moved = {"the_name": name, "seen": seen, "next_at": to}
        return (await self.connection.execute(MOVE, moved)).rowcount > 0

    async def _take(self, row: ResultRow[Any]) -> bool:
        took = {"the_id": row.id, "the_attempts": row.attempts, "attempts": row.attempts + 1}
        return (await self.connection.execute(TAKE, took)).rowcount > 0

    async def _change(self, job: ClaimedJob, **values: object) -> bool:
        c = jobs.c
        held = (c.id == job.id, c.state == "running", c.attempts == job.attempts)
        return (await self.connection.execute(update(jobs).where(*held).values(values))).rowcount > 0


def _blocked() -> ColumnElement[bool]:
    """Match a waiting job whose key is held by a running one or by one that was saved before it."""
    c, other = jobs.c, jobs.alias("other").c
    ahead = or_(other.state == "running", and_(other.state == "waiting", other.id < c.id))
    return select(other.id).where(other.key == c.key, other.id != c.id, ahead).exists()


def _claimed(row: ResultRow[Any], attempts: int | None = None) -> ClaimedJob:
    return ClaimedJob(
        id=row.id,
        task=row.task,
        args=json.loads(row.args),
        key=row.key,
        attempts=row.attempts + 1 if attempts is None else attempts,
    )


def _too_far() -> ColumnElement[bool]:
    """Match a job that failed and is to be tried again later than any failure asks for."""
    return and_(jobs.c.attempts > 0, jobs.c.run_at > bindparam("beyond", type_=Time))


def _claimable() -> Select[Any]:
    c = jobs.c
    due = or_(c.run_at.is_(None), c.run_at <= bindparam("now", type_=Time), _too_far())
    return (
        select(jobs)
        .where(c.state == "waiting", due, ~_blocked(), OURS)
        .order_by(c.id)
        .limit(bindparam("at_most", type_=Integer))
    )


def _first_due() -> Select[Any]:
    c = jobs.c
    at_once = literal(EPOCH, Time)
    moment = func.min(case((_too_far(), at_once), else_=func.coalesce(c.run_at, at_once)))
    return select(moment).where(c.state == "waiting", ~_blocked(), OURS)


# What every turn of a loop needs is built once: building it took as long as running it.
UNTRIED = and_(jobs.c.state == "waiting", jobs.c.attempts == 0)
OURS = jobs.c.task.in_(bindparam("tasks", expanding=True))
HELD = (
    jobs.c.id == bindparam("the_id"),
    jobs.c.attempts == bindparam("the_attempts"),
)
CLAIMABLE = _claimable()
FIRST_DUE = _first_due()
TAKE = update(jobs).where(*HELD).values(state="running", attempts=bindparam("attempts"), beat=0)
RUNNING = select(jobs.c.id, jobs.c.attempts, jobs.c.beat).where(
    jobs.c.state == "running", OURS, jobs.c.id.not_in(bindparam("but", expanding=True))
)
FINISH = delete(jobs).where(*HELD, jobs.c.state == "running")
MOVE = (
    update(schedules)
    .where(schedules.c.name == bindparam("the_name"), schedules.c.next_at == bindparam("seen"))
    .values(next_at=bindparam("next_at"))
)
