"""Jobs that only remember what they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.jobs import Args, Task
from bot.jobs.port import Beat, TaskCount, unheard
from bot.store import Transaction


@dataclass
class Enqueued:
    """Jobs that only remembers what it is asked for."""

    asked: list[tuple[Args, datetime | None]] = field(default_factory=list)
    pictures: list[tuple[Args, datetime | None]] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)

    def register(self, task: str, run: Task, *, limit: timedelta = timedelta(0)) -> None:
        """Remember a task."""
        del limit
        self.tasks[task] = run

    async def enqueue(
        self,
        task: str,
        args: Args,
        *,
        key: str | None = None,
        dedupe: str | None = None,
        run_at: datetime | None = None,
        transaction: Transaction | None = None,
    ) -> None:
        """Remember a job."""
        assert key == dedupe
        assert transaction is not None
        (self.asked if task == "deliver" else self.pictures).append((args, run_at))

    def every(self, task: str, args: Args, *, interval: timedelta, jitter: float = 0.1) -> None:
        """Have no schedules."""

    async def run(self, beat: Beat = unheard) -> None:
        """Run nothing."""

    def counts(self) -> Mapping[str, TaskCount]:
        """Count nothing."""
        return {}
