"""Whose mail people may ask about, by where they ask."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

import structlog

from bot.store import StoreError
from bot.types import Clock
from handlers.commands import Commands
from handlers.saving import Saving

Find: TypeAlias = Callable[[str, str], Commands | None]
"""Gives the commands of the company that a workspace, or a channel in it, belongs to; None where it is nobody's."""

First: TypeAlias = Callable[[str], Awaitable[bool]]
"""Notes something that is to be done once by all processes, and tells whether it is news; raises StoreError."""
FIRST_LIMIT = timedelta(seconds=2)

log = structlog.get_logger()


def _english(_: str) -> str:
    return "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """The commands of every company that people of one platform ask about."""

    find: Find
    first: First
    saving: Saving
    clock: Clock
    language: Callable[[str], str] = _english
    """Of a channel, where nobody's own is known."""

    async def once(self, request: str, what: str, do: Callable[[], Awaitable[None]]) -> None:
        """Do something that a request asks for outside the store, unless another process did; without an id always.

        What is changed in the store is noted there, with the change. This is noted before it is done: whoever waits
        for an answer that died with its process asks again.
        """
        if not request or await self._is_first(f"{request} {what}"):
            await do()

    async def _is_first(self, what: str) -> bool:
        try:
            async with asyncio.timeout(FIRST_LIMIT.total_seconds()):
                return await self.first(what)
        except (StoreError, TimeoutError) as error:
            # Each way in remembers what came in by it: without the store that is all that is known, and an answer
            # that somebody reads twice is better than one that they wait for.
            log.warning("first_unknown", why=str(error) or "the store is slow")
            return True
