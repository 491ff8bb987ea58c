"""Every loop of the bot has a name, a deadline and a beat; one that hangs or dies is begun anew, and counted."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

import structlog

from bot.outbox.backoff import pause

log = structlog.get_logger(__name__)

Beat: TypeAlias = Callable[[], None]
"""A loop calls it each time that it comes round."""

LAST_WORDS = 15.0
"""Seconds that a loop has to end once it is cancelled: the jobs let what runs come to an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Something that goes on for as long as the bot does."""

    name: str
    run: Callable[[Beat], Awaitable[object]]
    """Never ends by itself, and can be begun anew after an end."""
    deadline: timedelta
    """Real time without a beat after which it hangs."""
    tenant: str = ""
    """The company that it looks for, which may have a loop of the same name as another's; empty for the bot's own."""


@dataclass(slots=True, kw_only=True)
class LoopState:
    """How one loop fares; moments are seconds of the event loop's clock, which no one can set."""

    name: str
    tenant: str
    """The company that it looks for; empty for the bot's own."""
    deadline: timedelta
    last: float
    """When it last came round, or was first begun."""
    begun: float
    restarts: int = 0
    failures: int = 0
    """Restarts since it last came round."""
    error: str = ""
    """Why it was begun anew the last time."""

    def beat(self) -> None:
        """Note that it came round."""
        self.last = _now()
        self.failures = 0

    @property
    def named(self) -> Mapping[str, str]:
        """Say in the log which it is."""
        return {"loop": self.name} | ({"tenant": self.tenant} if self.tenant else {})

    @property
    def age(self) -> timedelta:
        """Tell for how long it has not come round."""
        return timedelta(seconds=_now() - self.last)

    @property
    def hangs(self) -> bool:
        """Tell whether it should have come round by now."""
        return self.age > self.deadline

    @property
    def patience(self) -> float:
        """Tell how many seconds it still has; each beginning is given the whole deadline."""
        return max(self.last, self.begun) + self.deadline.total_seconds() - _now()


class Loops:
    """Keeps loops going: one that hangs is cancelled first, and one that cannot be cancelled is never begun twice."""

    def __init__(self, chance: random.Random) -> None:
        """Begin with none; chance spreads the waits before a loop is begun anew."""
        self._chance = chance
        self._states: dict[tuple[str, str], LoopState] = {}
        """By tenant and name."""

    def states(self) -> tuple[LoopState, ...]:
        """Tell how each fares."""
        return tuple(self._states.values())

    @property
    def come_round(self) -> bool:
        """Tell whether every loop does; asked every second."""
        return not any(one.hangs for one in self._states.values())

    def watch(self, name: str, deadline: timedelta) -> Beat:
        """Take the beats of a loop that somebody else keeps."""
        return self._known("", name, deadline).beat

    @asynccontextmanager
    async def running(self, *loops: Loop) -> AsyncIterator[None]:
        """Keep loops going within the block."""
        keepers = [asyncio.create_task(self._keep(loop), name=f"keeper:{loop.name}") for loop in loops]
        try:
            yield
        finally:
            for keeper in keepers:
                keeper.cancel()
            if keepers:
                await asyncio.wait(keepers, timeout=2 * LAST_WORDS)
            for loop in loops:
                self._states.pop((loop.tenant, loop.name), None)

    def _known(self, tenant: str, name: str, deadline: timedelta) -> LoopState:
        now = _now()
        fresh = LoopState(name=name, tenant=tenant, deadline=deadline, last=now, begun=now)
        return self._states.setdefault((tenant, name), fresh)

    async def _keep(self, loop: Loop) -> None:
        state = self._known(loop.tenant, loop.name, loop.deadline)
        while True:
            state.begun = _now()
            state.error = await _once(loop, state)
            state.restarts += 1
            state.failures += 1
            log.error("loop_begun_anew", **state.named, why=state.error, restarts=state.restarts)
            await asyncio.sleep(pause(state.failures, chance=self._chance, asked=None).total_seconds())


async def _once(loop: Loop, state: LoopState) -> str:
    """Run a loop until it ends or hangs; tells why it is over."""
    task = asyncio.ensure_future(loop.run(state.beat))
    try:
        while not task.done() and (left := state.patience) > 0:
            await asyncio.wait({task}, timeout=left)
        hung = not task.done()
    finally:
        await _end(task, state)
    return f"no sign of life for {loop.deadline.total_seconds():.0f} s" if hung else _why(task, state)


async def _end(task: asyncio.Future[object], state: LoopState) -> None:
    """Cancel what still runs, and wait until it has ended: what cannot be cancelled must not run twice."""
    asked = 0
    while not task.done():
        asked += 1
        task.cancel()
        await asyncio.wait({task}, timeout=LAST_WORDS)
        if not task.done() and asked == 1:
            log.error("loop_cannot_be_ended", **state.named)


def _why(task: asyncio.Future[object], state: LoopState) -> str:
    if task.cancelled():
        return "cancelled from within"
    crash = task.exception()
    if crash is None:
        return "ended by itself"
    log.error("loop_crashed", **state.named, exc_info=crash)
    return f"{type(crash).__name__}: {crash}"[:200]


def _now() -> float:
    return asyncio.get_running_loop().time()
