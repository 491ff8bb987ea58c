"""The detector over a recording, on the recording's clock: incidents opened, updated and resolved.

The clock ticks as a live bot's does and nothing is read ahead, so each event bears the time at which a live bot would
have known. Memory is constant: the recording is read as a stream.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.detect import Detector
from bot.recording import Header, Recording
from bot.types import Finding, ProbeSeen, SourceBack, SourceBlind

Event: TypeAlias = Mapping[str, object]

TICK = timedelta(seconds=2.5)
IDLE = timedelta(hours=1)
"""After so long without an observation nothing new can be found, and the clock skips to the next one."""
AFTERWARDS = timedelta(seconds=60)


def backtest(recording: Recording, *, false_alarms_a_year: float = 4.0) -> Iterator[Event]:
    """Yield events ``opened``, ``updated`` and ``resolved`` in order of time, ``t`` in the recording's seconds."""
    detector = Detector(recording.header.routes, false_alarms_a_year=false_alarms_a_year)
    story = _Story(recording.header)
    due = last = None
    for seen in recording:
        if not isinstance(seen, ProbeSeen | SourceBlind | SourceBack):
            continue
        if due is None or last is None:
            due = last = seen.at
        for moment in _ticks(due, seen.at, last):
            yield from story.tell(moment, detector.tick(moment))
            due = moment + TICK
        due = max(due, seen.at - IDLE)
        detector.observe(seen)
        last = seen.at
    if due is not None and last is not None:
        for moment in _ticks(due, recording.header.end or last + AFTERWARDS, last):
            yield from story.tell(moment, detector.tick(moment))


def _ticks(due: datetime, until: datetime, last: datetime) -> Iterator[datetime]:
    """Give the clock's ticks before a moment, as long as it is not idle."""
    while due < min(until, last + IDLE):
        yield due
        due += TICK


@dataclass(slots=True)
class _Incident:
    """A stretch of trouble as it was told: the findings that are open, and all that were ever told."""

    open: dict[str, Finding] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    last: tuple[str, str] = ("", "")


class _Story:
    """Makes events of findings: one incident a stretch."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._incidents: dict[str, _Incident] = {}

    def tell(self, now: datetime, findings: tuple[Finding, ...]) -> Iterator[Event]:
        """Give what is new at a moment."""
        for finding in findings:
            if finding.ended is None:
                yield from self._hold(now, finding)
        for finding in findings:
            if finding.ended is not None:
                yield from self._release(now, finding)

    def _hold(self, now: datetime, finding: Finding) -> Iterator[Event]:
        incident = self._incidents.setdefault(finding.stretch, _Incident())
        said = (finding.symptom.value, finding.direction.value)
        is_first = not incident.told
        incident.open[_trouble(finding)] = finding
        if said not in incident.told:
            incident.told.add(said)
            incident.last = said
            yield self._event(now, "opened" if is_first else "updated", finding)

    def _release(self, now: datetime, finding: Finding) -> Iterator[Event]:
        incident = self._incidents[finding.stretch]
        del incident.open[_trouble(finding)]
        if not incident.open:
            del self._incidents[finding.stretch]
            yield {"t": self._t(now), "event": "resolved", "incident": finding.stretch}
            return
        left = next(iter(incident.open.values()))
        said = (left.symptom.value, left.direction.value)
        if said != incident.last:
            incident.last = said
            yield self._event(now, "updated", left)

    def _event(self, now: datetime, event: str, finding: Finding) -> Event:
        return {
            "t": self._t(now),
            "event": event,
            "incident": finding.stretch,
            "symptom": finding.symptom.value,
            "direction": finding.direction.value,
            "since": self._t(finding.since),
            "share": round(finding.share, 2),
            "routes": list(finding.routes),
            "sure": round(finding.sure, 3),
            "bad": finding.evidence.bad,
            "of": finding.evidence.of,
            "reply": finding.evidence.reply,
        }

    def _t(self, moment: datetime) -> float:
        return round(self._header.t(moment), 3)


def _trouble(finding: Finding) -> str:
    """Name the trouble that a finding is about: late messages that turn out to be lost are the same one."""
    return finding.id.removesuffix(f"-{finding.symptom}")
