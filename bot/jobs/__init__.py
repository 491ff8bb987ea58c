"""The port to the engine and its adapters."""

from bot.jobs.opening import open_jobs
from bot.jobs.pace import Pace
from bot.jobs.port import Args, Jobs, Task, TaskCount
from bot.jobs.table import TableJobs

__all__ = ["Args", "Jobs", "Pace", "TableJobs", "Task", "TaskCount", "open_jobs"]
