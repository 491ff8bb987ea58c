"""Requests that Teams delivers again are answered as they were the first time, and done once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeAlias

MOST = 2000

Said: TypeAlias = tuple[int, object]
"""Status and body."""


class HeardOnce:
    """Remembers the answers to the last requests by their id, those under way included."""

    def __init__(self, most: int = MOST) -> None:
        """Remember ``most`` answers."""
        self._most = most
        self._answers: OrderedDict[str, asyncio.Future[Said]] = OrderedDict()

    async def answer(self, id_: str, make: Callable[[], Awaitable[Said]]) -> Said:
        """Give the answer that was given to this id, or make it; one that could not be made is forgotten."""
        if known := self._answers.get(id_):
            return await asyncio.shield(known)
        made = self._answers[id_] = asyncio.ensure_future(make())
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)
        try:
            return await asyncio.shield(made)
        finally:
            if made.done() and (made.cancelled() or made.exception()):
                self._answers.pop(id_, None)
