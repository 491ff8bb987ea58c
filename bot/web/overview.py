"""The operator's view over all companies: which fault, how many see it, since when, and where; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.types import Claim, Direction, Finding, Incident, Symptom
from bot.types.aspects import is_measured, is_open
from bot.web.ways import State

NAMED_MOST = 10_000
"""So many companies of one fault are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One fault as all companies see it: an advisory of the vendor's, or what test messages show."""

    key: str
    """The advisory's id, or symptom and direction."""
    title: str
    """The vendor's title; empty where the vendor says nothing."""
    symptom: Symptom
    direction: Direction
    since: datetime
    """When the first of them saw it."""
    latest: datetime
    """When the last of them saw it."""
    seen_by: int
    """How many companies see it."""
    measured_by: int
    """How many of them by their own test messages."""
    companies: tuple[str, ...]
    """Who they are, the first 10,000."""
    measured: tuple[str, ...]
    """Those whose own test messages show it, the first 10,000."""
    where: tuple[str, ...]
    """Parts of the world that the vendor names, and the vantages whose test messages show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everybody at one moment."""

    at: datetime
    watched: int
    troubled: int
    """Companies with something open."""
    sightings: tuple[Sighting, ...]
    """Newest first."""

    @property
    def state(self) -> State:
        """Tell how it is altogether."""
        if any(one.measured_by for one in self.sightings):
            return State.TROUBLE
        return State.OK if self.watched else State.UNKNOWN


@dataclass(slots=True)
class _Gathered:
    title: str
    symptom: Symptom
    direction: Direction
    seen: dict[str, datetime] = field(default_factory=dict)
    measured: set[str] = field(default_factory=set)
    where: set[str] = field(default_factory=set)

    def add(self, incident: Incident, since: datetime, where: Iterable[str], *, measured: bool) -> None:
        before = self.seen.get(incident.tenant, since)
        self.seen[incident.tenant] = min(before, since)
        self.where |= set(where)
        if measured:
            self.measured.add(incident.tenant)


def overview(incidents: Iterable[Incident], *, at: datetime, watched: int) -> Overview:
    """Gather what is open at all companies, fault by fault."""
    found: dict[str, _Gathered] = {}
    troubled = set()
    for incident in incidents:
        troubled.add(incident.tenant)
        claims = [claim for claim in incident.claims if is_open(claim) and claim.gone is None]
        findings = [finding for finding in incident.findings if finding.ended is None]
        for claim in claims:
            _claimed(found, claim).add(incident, claim.first_seen, _places(claim, findings), measured=bool(findings))
        for finding in findings:
            if not any(is_measured(claim, [finding]) for claim in claims):
                _measured(found, finding).add(incident, finding.since, finding.vantages, measured=True)
    sightings = [_sighting(key, one) for key, one in found.items()]
    newest = sorted(sightings, key=lambda one: (one.since, one.key), reverse=True)
    return Overview(at=at, watched=watched, troubled=len(troubled), sightings=tuple(newest))


def _claimed(found: dict[str, _Gathered], claim: Claim) -> _Gathered:
    reading = claim.reading
    made = _Gathered(reading.title, reading.symptom, reading.direction)
    return found.setdefault(reading.id, made)


def _measured(found: dict[str, _Gathered], finding: Finding) -> _Gathered:
    key = f"{finding.symptom}:{finding.direction}"
    return found.setdefault(key, _Gathered("", finding.symptom, finding.direction))


def _places(claim: Claim, findings: Iterable[Finding]) -> set[str]:
    return {*claim.reading.places, *(vantage for finding in findings for vantage in finding.vantages)}


def _sighting(key: str, one: _Gathered) -> Sighting:
    return Sighting(
        key=key,
        title=one.title,
        symptom=one.symptom,
        direction=one.direction,
        since=min(one.seen.values()),
        latest=max(one.seen.values()),
        seen_by=len(one.seen),
        measured_by=len(one.measured),
        companies=tuple(sorted(one.seen))[:NAMED_MOST],
        measured=tuple(sorted(one.measured))[:NAMED_MOST],
        where=tuple(sorted(one.where)),
    )
