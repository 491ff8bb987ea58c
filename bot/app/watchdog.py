"""A thread that notices when the event loop does not turn, says where it is held up, and ends the process at last."""

import asyncio
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

TURN = 1.0
"""Seconds between two turns that the loop counts."""
EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h: the event loop hung, and only a new process could help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """In looks of the thread, and how far apart they are."""

    every: float = 2.0
    """Seconds from one look to the next."""
    warn: int = 5
    """After so many looks without a turn, it is said where the loop is held up."""
    exit: int = 60
    """After so many, the process ends."""


@dataclass(slots=True)
class Standstill:
    """For how many looks in a row the loop has not turned; a process that was stopped as a whole misses no look."""

    turns: int = -1
    looks: int = 0

    def look(self, turns: int) -> int:
        """Take the loop's count of turns; tells how many looks it has stood still."""
        self.looks = self.looks + 1 if turns == self.turns else 0
        self.turns = turns
        return self.looks


def leave() -> None:
    """End the process at once: nothing that the loop would have to do can be waited for."""
    os._exit(EXIT_CODE)


@dataclass(slots=True, kw_only=True)
class Watchdog:
    """Watches the event loop that it is started from."""

    patience: Patience = field(default_factory=Patience)
    leave: Callable[[], None] = leave
    turns: int = 0
    blocked: int = 0
    """How often the loop was held up for longer than it may be."""
    longest: float = 0.0
    """Seconds of the longest time."""
    _still: Standstill = field(default_factory=Standstill)
    _ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Watch, from the thread of the event loop, until ``stop``."""
        held = threading.get_ident()
        threading.Thread(target=self._watch, args=(held,), name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._ended.set()

    async def turn(self, beat: Callable[[], None]) -> None:
        """Count the loop's turns for ever."""
        while True:
            self.turns += 1
            beat()
            await asyncio.sleep(TURN)

    def _watch(self, held: int) -> None:
        while not self._ended.wait(self.patience.every):
            self.look(held)

    def look(self, held: int) -> None:
        """Look once at the thread ``held``, which turns the loop."""
        still = self._still.look(self.turns)
        self.longest = max(self.longest, still * self.patience.every if still >= self.patience.warn else 0.0)
        if still == self.patience.warn:
            self.blocked += 1
            # By a thread of its own: what holds the loop up may be the very pipe that the log is written to.
            frame = sys._current_frames().get(held)  # noqa: SLF001 - the one way to see another thread's stack
            stack = "".join(traceback.format_stack(frame))
            threading.Thread(target=_say, args=(stack, still * self.patience.every), daemon=True).start()
        if still >= self.patience.exit:
            self.leave()


def _say(stack: str, seconds: float) -> None:
    log.error("event_loop_blocked", seconds=seconds, stack=stack)
