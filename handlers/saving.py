"""What a person changed, saved before they are told so, or told later where that takes too long."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar

import structlog

from bot.words import replies
from bot.words.answers import Answer

LIMIT = timedelta(seconds=1.5)
DRAIN_LIMIT = timedelta(seconds=10)

Late: TypeAlias = Callable[[Answer], Awaitable[None]]
Outcome = TypeVar("Outcome")

log = structlog.get_logger()


class Saving:
    """Keeps hold of what is being saved: a task that nobody holds can vanish."""

    def __init__(self, limit: timedelta = LIMIT) -> None:
        """Wait for at most ``limit`` before a person is answered."""
        self._limit = limit
        self._tasks: set[asyncio.Task[Any]] = set()

    async def save(self, work: Coroutine[None, None, Answer], language: str, late: Late | None) -> Answer:
        """Give the answer that ``work`` ends with once it is saved; else ``not yet``, and ``late`` is given it."""
        task = self.hold(work)
        finished, _ = await asyncio.wait({task}, timeout=self._limit.total_seconds())
        if finished:
            return _outcome(task, language)
        if late is not None:
            self.hold(_tell_later(task, language, late))
        return replies.not_yet(language)

    def hold(self, work: Coroutine[None, None, Outcome]) -> asyncio.Task[Outcome]:
        """Start something that has to come to its end."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("chat_task_failed", why=f"{type(error).__name__}: {error}")

    async def drain(self) -> None:
        """Wait for what is under way, for a while, before the program ends."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=DRAIN_LIMIT.total_seconds())


async def _tell_later(task: asyncio.Task[Answer], language: str, late: Late) -> None:
    await asyncio.wait({task})
    await late(_outcome(task, language))


def _outcome(task: asyncio.Task[Answer], language: str) -> Answer:
    return replies.failed(language) if task.cancelled() or task.exception() else task.result()
