"""Follows the mailboxes: their servers tell of new mail, so that an arrival is seen when it happens."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.app.eyes import Eyes
from bot.store import StoreError
from bot.types import Clock, Observation

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followers:
    """One loop a mailbox; ``beats`` holds when each last looked."""

    eyes: Eyes
    take: Callable[[str, Sequence[Observation]], Awaitable[object]]
    """Is given what was seen, with its tenant; may raise StoreError, and keeps it then."""
    clock: Clock
    beats: dict[str, datetime] = field(default_factory=dict)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow every mailbox within the block."""
        tasks = [asyncio.create_task(self._follow(name), name=f"mailbox:{name}") for name in self.eyes.mailboxes]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, name: str) -> None:
        async with contextlib.aclosing(self.eyes.mailboxes[name].follow()) as looks:
            async for seen in looks:
                self.beats[name] = self.clock.now()
                try:
                    await self.take(self.eyes.owners[name], seen)
                except StoreError as error:
                    log.warning("not_taken_yet", mailbox=name, why=str(error))  # the pipeline keeps them
