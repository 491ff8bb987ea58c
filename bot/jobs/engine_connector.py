"""Procrastinate's connections with a limit on every wait, and its bookkeeping with a fence on every end."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from bot.store import NEVER_SILENT, HeldJob, Store, StoreError, Transaction
from bot.types import Clock

DEADLINE = 5.0
"""Seconds that one statement may take: a half-open connection would else silence a worker for ever."""
CONNECTIONS = 4
SAVES = 6
"""How often the end of a job is saved, a second apart, before the worker is given up."""

log = structlog.get_logger()

Answer = TypeVar("Answer")
Ending = Callable[[Transaction], Awaitable[bool]]


class DeadlineConnector(PsycopgConnector):
    """Raises ConnectorException where an answer does not come in time; the worker then ends and is begun anew."""

    def __init__(self, address: str, *, deadline: float = DEADLINE) -> None:
        """Take where the server is, and the seconds that one statement may take."""
        self._deadline = deadline
        super().__init__(
            conninfo=address, kwargs=dict(NEVER_SILENT), min_size=1, max_size=CONNECTIONS, timeout=DEADLINE
        )

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:  # noqa: ANN401 - procrastinate's own signature
        """Run a statement."""
        await self._in_time(super().execute_query_async(query, **arguments))

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        """Run a statement that gives a row."""
        return await self._in_time(super().execute_query_one_async(query, **arguments))

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as above
        """Run a statement that gives rows."""
        return await self._in_time(super().execute_query_all_async(query, **arguments))

    async def _in_time(self, work: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(self._deadline):
                return await work
        except TimeoutError as error:
            raise ConnectorException(f"no answer from PostgreSQL within {self._deadline:.1f} s") from error


class FencedJobs(JobManager):
    """Ends a job only for the worker that holds it; ``lost`` is called where an end could not be saved."""

    def __init__(self, connector: PsycopgConnector, store: Store, clock: Clock, *, lost: Callable[[], None]) -> None:
        """Take the store, whose transactions the ends are saved in."""
        super().__init__(connector)
        self._store = store
        self._clock = clock
        self._lost = lost

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - procrastinate's own
        """Save that a job ended."""

        async def ending(transaction: Transaction) -> bool:
            return await transaction.engine.end(held(job), status.value, delete=delete_job)

        await self._save(job, ending)

    async def retry_job(self, job: Job, retry_at: datetime | None = None, *_: object, **__: object) -> None:
        """Save that a job is to be tried again."""
        after = max(retry_at - self._clock.now(), timedelta()) if retry_at else timedelta()

        async def ending(transaction: Transaction) -> bool:
            return await transaction.engine.again(held(job), after)

        await self._save(job, ending)

    async def _save(self, job: Job, ending: Ending) -> None:
        """Save an end, trying again for a while: a job whose end is not saved would hold its key for ever."""
        for _ in range(SAVES):
            try:
                async with asyncio.timeout(DEADLINE), self._store.begin() as transaction:
                    ours = await ending(transaction)
            except (StoreError, TimeoutError) as error:
                log.warning("job_end_not_saved", task=job.task_name, job=job.id, error=str(error))
                await self._clock.sleep(timedelta(seconds=1))
                continue
            if not ours:
                log.warning("job_outlived_its_lease", task=job.task_name, job=job.id)
            return
        self._lost()


def held(job: Job) -> HeldJob:
    """Name a job with its fence."""
    if job.id is None:
        raise ConnectorException("a job that was fetched has no id")
    return HeldJob(id=job.id, attempts=job.attempts, worker=job.worker_id)
