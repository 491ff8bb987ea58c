"""The port to the engine and its adapters."""

from bot.jobs.port import Args, Jobs, Task, TaskCount

__all__ = ["Args", "Jobs", "Task", "TaskCount"]
