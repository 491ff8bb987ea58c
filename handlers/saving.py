"""What a person changed, saved before they are told so, or told later where that takes too long."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import TypeAlias

import structlog

from bot.words import replies
from bot.words.answers import Answer

LIMIT = timedelta(seconds=1.5)
DRAIN_LIMIT = timedelta(seconds=10)

Late: TypeAlias = Callable[[Answer], Awaitable[None]]

log = structlog.get_logger()


class Saving:
    """Keeps hold of what is being saved: a task that nobody holds can vanish."""

    def __init__(self, limit: timedelta = LIMIT) -> None:
        """Wait for at most ``limit`` before a person is answered."""
        self._limit = limit
        self._tasks: set[asyncio.Task[None]] = set()

    async def save(self, work: Coroutine[None, None, None], done: Answer, late: Late | None) -> Answer:
        """Answer ``done`` once ``work`` is saved; otherwise ``not yet``, and the outcome goes to ``late``."""
        task = self.hold(work)
        finished, _ = await asyncio.wait({task}, timeout=self._limit.total_seconds())
        if finished:
            return _outcome(task, done)
        if late is not None:
            self.hold(_tell_later(task, done, late))
        return replies.not_yet(done.language)

    def hold(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Start something that has to come to its end."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("chat_task_failed", why=f"{type(error).__name__}: {error}")

    async def drain(self) -> None:
        """Wait for what is under way, for a while, before the program ends."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=DRAIN_LIMIT.total_seconds())


async def _tell_later(task: asyncio.Task[None], done: Answer, late: Late) -> None:
    await asyncio.wait({task})
    await late(_outcome(task, done))


def _outcome(task: asyncio.Task[None], done: Answer) -> Answer:
    return replies.failed(done.language) if task.cancelled() or task.exception() else done
