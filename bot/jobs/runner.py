"""Running one task once within its time limit: counted, and whatever it crashes of caught."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.jobs.port import Args, Task, TaskCount
from bot.types import Clock

log = structlog.get_logger()
LONGEST_ERROR = 500


class Runner:
    """The registered tasks, and how they fare."""

    def __init__(self, clock: Clock) -> None:
        """Begin with no task."""
        self._clock = clock
        self._tasks: dict[str, tuple[Task, timedelta]] = {}
        self._counts: dict[str, TaskCount] = {}

    def register(self, task: str, run: Task, limit: timedelta) -> None:
        """Say what a task does, and how long one run may take of real time."""
        self._tasks[task] = (run, limit)
        self._counts[task] = TaskCount()

    @property
    def tasks(self) -> Collection[str]:
        """Name the registered tasks."""
        return self._tasks.keys()

    def counts(self) -> Mapping[str, TaskCount]:
        """Tell how each has fared."""
        return dict(self._counts)

    async def run(self, task: str, args: Args) -> str | None:
        """Run a task once; None if it went well, else what went wrong in a line."""
        run, limit = self._tasks[task]
        self._begun(task)
        error: str | None = "stopped midway"
        try:
            async with asyncio.timeout(limit.total_seconds()):
                await run(args)
            error = None
        except Exception as crash:  # a task that crashes must not end the loop that runs the others
            error = f"{type(crash).__name__}: {crash}"[:LONGEST_ERROR]
            log.warning("task_failed", task=task, error=error, exc_info=crash)
        finally:
            self._ended(task, error)
        return error

    def _begun(self, task: str) -> None:
        count = self._counts[task]
        self._counts[task] = replace(
            count, running=count.running + 1, runs=count.runs + 1, last_started=self._clock.now()
        )

    def _ended(self, task: str, error: str | None) -> None:
        count = replace(
            self._counts[task],
            running=self._counts[task].running - 1,
            last_ended=self._clock.now(),
            ended_at=asyncio.get_running_loop().time(),
        )
        if error is None:
            self._counts[task] = replace(count, failed_in_a_row=0)
            return
        self._counts[task] = replace(
            count, failures=count.failures + 1, failed_in_a_row=count.failed_in_a_row + 1, last_error=error
        )
