"""Recordings: observations as JSON Lines, for replay, backtest and record.

The first line describes the canary (routes, intervals and, where it is known, the moment of t = 0), each further line
is one observation with ``t`` in seconds since then.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.recording.events import observation_of, write
from bot.recording.header import NO_EPOCH, Header, RecordingError, read_header, write_header
from bot.types import DEFAULT_TENANT, Observation

__all__ = [
    "NO_EPOCH",
    "Header",
    "Recording",
    "RecordingError",
    "observation_of",
    "read",
    "read_header",
    "recording",
    "write",
    "write_header",
]


@dataclass(slots=True)
class Recording:
    """A recording's header and, read once as a stream, its observations; ``skipped`` counts unknown events so far."""

    header: Header
    tenant: str
    skipped: int = 0
    _lines: Iterator[str] = field(default_factory=lambda: iter(()))

    def __iter__(self) -> Iterator[Observation]:
        """Yield the observations in the order of the lines; RecordingError names a line that is broken."""
        for number, line in enumerate(self._lines, start=2):
            if not line.strip():
                continue
            seen = self._observation(number, line)
            if seen is None:
                self.skipped += 1
            else:
                yield seen

    def _observation(self, number: int, line: str) -> Observation | None:
        try:
            return observation_of(json.loads(line), epoch=self.header.epoch, tenant=self.tenant)
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise RecordingError(f"line {number}: {error!r}") from error


def read(lines: Iterable[str], *, tenant: str = DEFAULT_TENANT) -> Recording:
    """Read a recording's first line and stand ready for the others; RecordingError where it is no header."""
    stream = iter(lines)
    return Recording(header=read_header(next(stream, ""), tenant=tenant), tenant=tenant, _lines=stream)


def recording(header: Header, observations: Iterable[Observation]) -> Iterator[str]:
    """Make a whole recording, line by line without line ends."""
    yield write_header(header)
    for observation in observations:
        yield write(observation, epoch=header.epoch)
