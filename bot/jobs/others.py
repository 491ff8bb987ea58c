"""Telling that another process died, without comparing clocks."""

from collections.abc import Iterable
from datetime import timedelta

from bot.store import RunningJob


class Others:
    """What other processes run, and since when each of it has shown no sign of life."""

    def __init__(self, lease: timedelta) -> None:
        """Take how long a job may be silent."""
        self._lease = lease.total_seconds()
        self._unchanged_since: dict[RunningJob, float] = {}

    def silent(self, running: Iterable[RunningJob], at: float) -> list[RunningJob]:
        """Choose those that have been the same for a lease, ``at`` being seconds of our own steady clock.

        Two machines' clocks may differ by hours, and either may be set: only our own watching counts.
        """
        self._unchanged_since = {job: self._unchanged_since.get(job, at) for job in running}
        return [job for job, since in self._unchanged_since.items() if at - since >= self._lease]
