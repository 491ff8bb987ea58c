"""The port to the engine: whatever is timed or durable goes through here."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from bot.store import Transaction

Args: TypeAlias = Mapping[str, object]
"""What a task is told; it must survive a trip through JSON."""

Task: TypeAlias = Callable[[Args], Awaitable[None]]
"""A task may be run again after a crash, so it must bear that."""

Beat: TypeAlias = Callable[[], None]
"""Called each time that the engine comes round."""

DEFAULT_LIMIT = timedelta(minutes=5)


def unheard() -> None:
    """Take a beat that nobody listens to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCount:
    """How one task has fared in this process since it started."""

    running: int = 0
    runs: int = 0
    failures: int = 0
    failed_in_a_row: int = 0
    last_started: datetime | None = None
    last_ended: datetime | None = None
    ended_at: float | None = None
    """The same in seconds of the event loop's clock, which nobody can set."""
    last_error: str = ""


class Jobs(Protocol):
    """Runs tasks: in order by key, retried after a crash, taken over after a death."""

    def register(self, task: str, run: Task, *, limit: timedelta = DEFAULT_LIMIT) -> None:
        """Say what a task does, before ``run``; a run longer than ``limit`` of real time is a failure."""

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
        """Save a job, in the caller's transaction if there is one: it runs if and only if that is committed.

        Jobs of one ``key`` run one at a time in the order of their saving, a job that waits for its time or for its
        next try holding back those behind it. A job with the ``dedupe`` of one that waits for its first run is not
        saved: the waiting one stands for both, with its own args, at the earlier of both times. Without ``run_at`` it
        runs at once, whatever the clocks of two machines say.
        """

    def every(self, task: str, args: Args, *, interval: timedelta, jitter: float = 0.1) -> None:
        """Run a task again and again, on one machine at a time, each wait longer or shorter by a share of ``jitter``.

        The same task and args are one schedule, wherever and however often it is asked for. Runs never overlap and
        are never made up for; one that failed is tried again after a backoff or the interval, whichever is shorter.
        """

    async def run(self, beat: Beat = unheard) -> None:
        """Run what is due until cancelled; then nothing new starts and what runs has five seconds to end.

        It may be run again after that; ``beat`` is called every few seconds, also while the store cannot be reached.
        """

    def counts(self) -> Mapping[str, TaskCount]:
        """Tell how each registered task has fared in this process."""
