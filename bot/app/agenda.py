"""What is due when, and what goes first where more is due than can be done at once; pure."""

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from hashlib import blake2b
from itertools import count
from typing import TypeAlias
from zlib import crc32

JITTER = 0.02
"""A turn comes earlier or later by this share of the interval at most."""
BACK = 1.0
"""Seconds; a clock that goes back by more was set."""
NEVER = math.inf

Next: TypeAlias = Callable[[float], float]
"""Tells when a thing is due after a moment, both in seconds since 1970; infinity for not before it is asked for."""


class Rhythm:
    """Turns at the same distance, each shifted a little: the same ones for every process that knows the name."""

    def __init__(self, name: str, interval: timedelta) -> None:
        """Take what the turns are of: different names have different phases, so that the turns of all are spread."""
        self._name = name
        self._every = interval.total_seconds()
        self._phase = int.from_bytes(blake2b(name.encode(), digest_size=6).digest()) / 2**48
        self._turn = -1

    def __call__(self, now: float) -> float:
        """Give the first turn after this moment."""
        self._turn = max(self._turn, math.floor(now / self._every - self._phase))
        while (moment := self._moment(self._turn)) <= now:
            self._turn += 1
        return moment

    def start_over(self) -> None:
        """Forget which turns were given."""
        self._turn = -1

    def _moment(self, turn: int) -> float:
        shift = crc32(f"{self._name} {turn}".encode()) / 2**32 * 2 - 1
        return (turn + self._phase + JITTER * shift) * self._every


class _State(Enum):
    WAITS = "waits"
    RIPE = "ripe"
    RUNS = "runs"
    OVER = "over"


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Due:
    """Something to be done for a tenant again and again; ``what`` names a route or a calendar."""

    tenant: str
    task: str
    what: str = ""
    next: Next
    urgent: Callable[[], bool] = bool
    """Tells whether it goes before what is not."""
    first: bool = False
    """Goes before what is not, this time."""
    at: float = NEVER
    """When it is due, or was."""
    last: float = 0.0
    """When it was done last."""
    state: _State = _State.WAITS
    entry: int = -1
    """The number of its one entry that counts."""

    @property
    def is_over(self) -> bool:
        """Tell whether it was dropped."""
        return self.state is _State.OVER


@dataclass(slots=True)
class Agenda:
    """All things of one worker: those that wait for their time, and by task those whose time has come."""

    _waiting: list[tuple[float, int, Due]] = field(default_factory=list)
    _ripe: dict[str, list[tuple[bool, float, int, Due]]] = field(default_factory=dict)
    _things: dict[str, list[Due]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _used: Counter[str] = field(default_factory=Counter)
    _now: float = 0.0

    def add(self, due: Due, at: float) -> None:
        """Take a thing that is due at a moment."""
        self._things.setdefault(due.tenant, []).append(due)
        self._used[due.task] += 1
        self._wait(due, at)

    def drop(self, tenant: str) -> None:
        """Forget all things of a tenant."""
        for due in self._things.pop(tenant, ()):
            due.state = _State.OVER
            self._used[due.task] -= 1

    def has(self, task: str) -> bool:
        """Tell whether there is any thing of a task."""
        return self._used[task] > 0

    def hasten(self, due: Due, at: float, *, first: bool = False) -> None:
        """Have a thing that waits done by this moment already; ``first`` puts it before what is not urgent."""
        if due.state is _State.WAITS and at < due.at:
            self._wait(due, at)
        if first:
            self._put_first(due)

    def ripen(self, now: float) -> None:
        """Move on to a moment: what is due by now is ripe."""
        if now < self._now - BACK:
            self._start_over(now)
        self._now = now
        while self._waiting and self._waiting[0][0] <= now:
            _, number, due = heapq.heappop(self._waiting)
            if due.entry == number and due.state is _State.WAITS:
                due.state = _State.RIPE
                due.first = due.first or due.urgent()
                self._line_up(due)

    def hurry(self, tenant: str) -> None:
        """Put in front what of a tenant has become urgent since its time came."""
        for due in self._things.get(tenant, ()):
            if due.state is _State.RIPE and not due.first and due.urgent():
                self._put_first(due)

    def take(self, task: str) -> Due | None:
        """Give what goes first of a task: the urgent before the rest, and then what was done the longest ago."""
        ripe = self._ripe.get(task, [])
        while ripe:
            *_, number, due = heapq.heappop(ripe)
            if due.entry == number and due.state is _State.RIPE:
                due.state = _State.RUNS
                return due
        return None

    def done(self, due: Due, now: float) -> None:
        """Note that a thing was done; it is never made up for, however late it was."""
        if due.state is _State.RUNS:
            due.last, due.first = now, False
            self._wait(due, due.next(now))

    def ripe(self, task: str) -> list[Due]:
        """Give all things of a task whose time has come and that nobody does yet."""
        entries = self._ripe.get(task, ())
        return [due for *_, number, due in entries if due.entry == number and due.state is _State.RIPE]

    @property
    def next_at(self) -> float:
        """Tell when the next one ripens, at the earliest."""
        return self._waiting[0][0] if self._waiting else NEVER

    def _wait(self, due: Due, at: float) -> None:
        due.state, due.at, due.entry = _State.WAITS, at, next(self._numbers)
        if at < NEVER:
            heapq.heappush(self._waiting, (at, due.entry, due))

    def _put_first(self, due: Due) -> None:
        if not due.first and due.state in {_State.WAITS, _State.RIPE}:
            due.first = True
            if due.state is _State.RIPE:
                due.entry = next(self._numbers)
                self._line_up(due)

    def _line_up(self, due: Due) -> None:
        heapq.heappush(self._ripe.setdefault(due.task, []), (not due.first, due.last, due.entry, due))

    def _start_over(self, now: float) -> None:
        """Find every moment anew: the clock was set back, and nothing is to wait for times that it told wrongly."""
        for due in [one for things in self._things.values() for one in things]:
            if isinstance(due.next, Rhythm):
                due.next.start_over()
            due.last = min(due.last, now)
            if due.state is _State.WAITS and due.at < NEVER:
                self._wait(due, due.next(now))
