"""Observations on disk until the bot has them: appended line by line, bounded, the oldest dropped when it is full."""

import asyncio
import fcntl
import itertools
import json
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from bot.recording import write
from bot.types import Observation
from bot.vantage.wire import EPOCH, MOST_BYTES, MOST_LINES, micros

log = structlog.get_logger(__name__)

MOST = 50_000
"""Lines: two days of ten routes, which is as far back as the bot keeps raw observations."""
REWRITE = 1_000
"""Lines of the file that the bot has already, from which on it is written anew."""


class SpoolError(Exception):
    """The spool cannot be used."""


@dataclass(slots=True)
class Mark:
    """What is kept beside the lines: the spool's name, what the bot has, what was dropped, who is blind."""

    spool: str
    taken: int = 0
    dropped: int = 0
    blind: list[str] = field(default_factory=list)


@contextmanager
def open_spool(folder: Path, *, now: Callable[[], datetime], most: int = MOST) -> Iterator["Spool"]:
    """Open the spool in a folder, for one process at a time; raises SpoolError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Spool(folder, now=now, most=most)
    except BlockingIOError:
        raise SpoolError(f"another mailstatus pushes from {folder}: stop it, or wait for its end") from None
    except OSError as error:
        raise SpoolError(f"{folder} cannot be used: {error.strerror}. Give us a state folder to write to") from error


class Spool:
    """Lines with growing numbers; what is in memory is the truth, and the file follows it as well as the disk lets it.

    Numbers are microseconds of our clock, or one more than the last: they go on growing after a power cut that took
    the file's end, so that no new line ever bears the number of one that the bot has.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime], most: int) -> None:
        """Go on where an earlier process was ended, in whatever way; use ``open_spool``."""
        self._lines_path, self._mark_path = folder / "lines.jsonl", folder / "mark.json"
        self._now, self._most = now, most
        self._mark = self._read_mark()
        self._waiting: deque[tuple[int, str]] = deque(self._read_lines())
        self._last = max(self._mark.taken, self._waiting[-1][0] if self._waiting else 0)
        self._stale = REWRITE
        self.news = asyncio.Event()
        """Set while something waits to be sent."""
        self._rewrite()
        self._save_mark()
        self._signal()

    @property
    def name(self) -> str:
        """The spool's own name, made once: numbers count within it."""
        return self._mark.spool

    @property
    def dropped(self) -> int:
        """Count the lines that were dropped, as there was no room, since the bot was last told."""
        return self._mark.dropped

    @property
    def blind(self) -> frozenset[str]:
        """Name the sources that could not be seen when they were last looked at."""
        lines = (json.loads(line) for _, line in self._waiting)
        return frozenset(_blind(self._mark.blind, lines))

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._waiting)

    def append(self, seen: Iterable[Observation]) -> None:
        """Keep what was seen until the bot has it."""
        added = [self._numbered(write(one, epoch=EPOCH)) for one in seen]
        if not added:
            return
        self._waiting.extend(added)
        if len(self._waiting) > self._most:
            self._drop(len(self._waiting) - self._most * 9 // 10)
        elif self._stale >= REWRITE:
            self._rewrite()
        else:
            self._write("a", added)
        self._signal()

    def batch(self) -> Sequence[tuple[int, str]]:
        """Give the oldest lines with their numbers, as many as one push may hold."""
        sizes = itertools.accumulate(len(line.encode()) + 1 for _, line in self._waiting)
        fitting = itertools.takewhile(lambda pair: pair[1] <= MOST_BYTES, zip(self._waiting, sizes, strict=False))
        return [line for line, _ in itertools.islice(fitting, MOST_LINES)]

    def acknowledge(self, taken: int, *, dropped: int = 0) -> None:
        """Let go of what the bot has, and of the count of dropped ones that it was told."""
        gone = []
        while self._waiting and self._waiting[0][0] <= taken:
            gone.append(json.loads(self._waiting.popleft()[1]))
        self._mark.taken = max(self._mark.taken, taken)
        self._mark.dropped -= dropped
        self._mark.blind = _blind(self._mark.blind, gone)
        self._stale += len(gone)
        self._save_mark()
        if self._stale >= REWRITE:
            self._rewrite()
        self._signal()

    def _numbered(self, line: str) -> tuple[int, str]:
        self._last = max(self._last + 1, micros(self._now()))
        return self._last, json.dumps({"n": self._last, **json.loads(line)})

    def _drop(self, count: int) -> None:
        gone = [json.loads(self._waiting.popleft()[1]) for _ in range(count)]
        self._mark.dropped += count
        self._mark.blind = _blind(self._mark.blind, gone)
        log.error("spool_full", dropped=count, why="the bot could not be reached for too long: the oldest are dropped")
        self._save_mark()
        self._rewrite()

    def _signal(self) -> None:
        (self.news.set if self._waiting else self.news.clear)()

    def _rewrite(self) -> None:
        if self._write("w", self._waiting):
            self._stale = 0

    def _write(self, mode: str, lines: Iterable[tuple[int, str]]) -> bool:
        """Write lines; where the disk does not take them they stay in memory, and the file is written anew later."""
        path = self._lines_path.with_suffix(".part") if mode == "w" else self._lines_path
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | _FLAGS[mode], 0o600), "w") as file:
                file.write("".join(f"{line}\n" for _, line in lines))
            path.replace(self._lines_path)
        except OSError as error:
            log.error("spool_not_written", why=error.strerror, waiting=len(self._waiting))  # noqa: TRY400 - no traceback
            self._stale = REWRITE
            return False
        return True

    def _save_mark(self) -> None:
        part = self._mark_path.with_suffix(".part")
        values = {name: getattr(self._mark, name) for name in Mark.__dataclass_fields__}
        try:
            part.write_text(json.dumps(values), encoding="utf-8")
            part.replace(self._mark_path)
        except OSError as error:
            # The bot knows what it has: lines that are sent again count once.
            log.error("spool_mark_not_written", why=error.strerror)  # noqa: TRY400 - no traceback

    def _read_mark(self) -> Mark:
        try:
            read = json.loads(self._mark_path.read_text(encoding="utf-8"))
            blind = [str(name) for name in read["blind"]]
            return Mark(str(read["spool"]), int(read["taken"]), int(read["dropped"]), blind)
        except (OSError, KeyError, TypeError, ValueError):
            return Mark(secrets.token_hex(8))

    def _read_lines(self) -> Iterator[tuple[int, str]]:
        """Read what waits; a line that is broken, as the last one is after a power cut, is left out and said."""
        try:
            lines = self._lines_path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return
        for line in lines:
            try:
                number = int(json.loads(line)["n"])
            except (KeyError, TypeError, ValueError, RecursionError):
                log.warning("spool_line_broken", length=len(line))
                continue
            if number > self._mark.taken:
                yield number, line


_FLAGS = {"a": os.O_APPEND, "w": os.O_TRUNC}
_TURNS = {"source_blind": True, "source_back": False}


def _blind(before: Iterable[str], events: Iterable[dict[str, object]]) -> list[str]:
    """Follow which sources are blind over some events."""
    blind = set(before)
    for event in events:
        turn = _TURNS.get(str(event.get("event")))
        if turn is not None:
            (blind.add if turn else blind.discard)(str(event.get("source")))
    return sorted(blind)
