"""Follows a tenant's mailboxes: their servers tell of new mail, so that an arrival is seen when it happens."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeAlias

import structlog

from bot.app.eyes import Eyes
from bot.app.loops import Beat, Loop
from bot.store import StoreError
from bot.types import Observation

log = structlog.get_logger(__name__)

DEADLINE = timedelta(minutes=5)
"""A look takes a minute at most, and so does waiting for the next."""

AT_ONCE = 8
"""So many looks into one mailbox may wait to be saved; then the next look waits as well."""

Take: TypeAlias = Callable[[str, Sequence[Observation]], Awaitable[object]]
"""Is given what was seen, with its tenant; may raise StoreError, and keeps it then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followers:
    """One loop a mailbox."""

    eyes: Eyes
    take: Take

    def loops(self) -> Sequence[Loop]:
        """Give what follows every mailbox."""
        return [
            Loop(name=f"mailbox:{name}", run=partial(self._follow, name), deadline=DEADLINE, tenant=self.eyes.tenant)
            for name in self.eyes.mailboxes
        ]

    async def _follow(self, name: str, beat: Beat) -> None:
        room = asyncio.Semaphore(AT_ONCE)
        mailbox = self.eyes.mailboxes[name]
        async with asyncio.TaskGroup() as taking, contextlib.aclosing(mailbox.follow()) as looks:
            async for seen in looks:
                beat()
                if seen:
                    await room.acquire()
                    taking.create_task(self._taken(name, seen, room))

    async def _taken(self, name: str, seen: Sequence[Observation], room: asyncio.Semaphore) -> None:
        """Have taken in what was seen, while the mailbox is looked into again: saving must make no message late."""
        try:
            await self.take(self.eyes.tenant, seen)
        except StoreError as error:
            log.warning("not_taken_yet", mailbox=name, why=str(error))  # the pipeline keeps them
        finally:
            room.release()
