"""Transactions that many ask for at the same time, made one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

from bot.store.errors import StoreError

MOST = 200
"""Asked for at once; more wait for the next time."""
PAUSE = 0.2
"""Seconds between two times while several ask: whoever is alone waits for nothing."""
HOPELESS = 2
"""So many that fail alone, one after the other, and the store is what fails."""

BROKEN_OFF = "store: the transaction was broken off"

Item = TypeVar("Item")
Asked: TypeAlias = tuple[Item, asyncio.Future[None]]


class Together(Generic[Item]):
    """Hands all that was asked for to one call, and what is asked for meanwhile to the next."""

    def __init__(self, work: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        """Take what does the work: all of what it is given, or nothing."""
        self._work = work
        self._waiting: list[Asked[Item]] = []
        self._running: asyncio.Task[None] | None = None

    async def do(self, item: Item) -> None:
        """Have it done, alone or with others; raises what the work raises for it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asked = (item, done)
        self._waiting.append(asked)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError:
            if asked in self._waiting:
                self._waiting.remove(asked)
            else:  # it is under way: nobody may go on with the same thing before that has ended
                await asyncio.wait({done})
            raise

    async def _run(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                try:
                    await self._once(group)
                finally:  # a program that ends cancels this too, and nobody may be left to wait for it
                    _end(group, StoreError(BROKEN_OFF))
                if len(group) > 1:
                    await asyncio.sleep(PAUSE)
        finally:
            self._running = None

    async def _once(self, group: Sequence[Asked[Item]]) -> None:
        """Do a group; where that fails each alone, so that one that cannot be done keeps no other from it."""
        error = await self._tried(group)
        if error is None or len(group) == 1:
            _end(group, error)
            return
        failed = 0
        for number, one in enumerate(group):
            error = await self._tried([one])
            _end([one], error)
            failed = failed + 1 if error and _is_the_stores(error) else 0
            if failed == HOPELESS:
                _end(group[number + 1 :], error)
                return

    async def _tried(self, group: Sequence[Asked[Item]]) -> BaseException | None:
        async def work() -> None:
            await self._work([item for item, _ in group])

        trying = asyncio.create_task(work())
        try:
            await asyncio.wait({trying})
        finally:
            trying.cancel()
        return StoreError(BROKEN_OFF) if trying.cancelled() else trying.exception()


def _is_the_stores(error: BaseException) -> bool:
    """Tell whether an error may be everybody's, and not only that of what was to be done."""
    return not isinstance(error, StoreError) or error.passing


def _end(group: Sequence[Asked[Item]], error: BaseException | None) -> None:
    for _, done in group:
        if not done.done():
            done.set_exception(error) if error else done.set_result(None)
