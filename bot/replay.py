"""A recorded evening through the real machine, on the recording's clock."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.machine import Machine
from bot.recording import Header, read
from bot.types import Change, Observation, Rules
from bot.words import plain, tell

STEP = timedelta(seconds=10)
"""The machine is asked this often for what is new, as it is when it runs live."""


def replay(lines: Iterable[str], *, rules: Rules | None = None, language: str = "en") -> Iterator[dict[str, object]]:
    """Yield each message that would have been sent, in order of time; RecordingError for a line that is broken."""
    recording = read(lines)
    machine = Machine(recording.header.routes, rules=rules)
    for change in _run(machine, recording):
        if change.rings:
            yield _line(recording.header, change, language)


def _run(machine: Machine, observations: Iterable[Observation]) -> Iterator[Change]:
    due: datetime | None = None
    for seen in observations:
        due = due or seen.at + STEP
        while due <= seen.at:
            yield from machine.tick(due)
            due += STEP
        yield from machine.observe(seen)
    if due:
        yield from machine.tick(due)


def _line(header: Header, change: Change, language: str) -> dict[str, object]:
    return {
        "t": round(header.t(change.at), 3),
        "incident": change.incident.id if change.incident else None,
        "reason": str(change.reason),
        "text": plain(tell(change, language=language)),
    }
