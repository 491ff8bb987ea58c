"""What a person asked, and which incident and advisory they mean by it."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.types import Claim, Incident, Person, Snapshot
from bot.words.answers import by_gravity
from handlers.vocabulary import ADVISORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person typed, or the button they pressed with the incident that it was about."""

    text: str
    person: str
    """The platform's id of the person."""
    name: str
    """What others call the person."""
    language: str = "en"
    incident: str | None = None
    whom: Person | None = None
    """The person as somebody who can be told in person; None where the platform cannot do that."""
    address: str = ""
    """Where the platform delivers to the person, where that is not the id."""
    zone: str = ""
    """The person's time zone, where the platform tells it."""


def incident_meant(snapshot: Snapshot, asked: Asked, rest: str) -> Incident | None:
    """Find the incident of the button, or the one whose id was typed, or the gravest open one."""
    known = {incident.id: incident for incident in (*snapshot.past, *snapshot.open)}
    if asked.incident is not None:
        return known.get(asked.incident)
    named = next((known[word] for word in rest.split() if word in known), None)
    return named or next(iter(by_gravity(snapshot)), None)


def advisory_meant(rest: str) -> str:
    """Find the first id of an advisory in what was typed; empty where there is none."""
    found = ADVISORY.search(rest)
    return found[0].upper() if found else ""


def claim_of(snapshot: Snapshot, advisory: str) -> tuple[Claim, Incident | None] | None:
    """Find what the vendor says under an id, and the incident that it belongs to."""
    return next(((claim, home) for claim, home in _claims(snapshot) if claim.reading.id.upper() == advisory), None)


def _claims(snapshot: Snapshot) -> Iterator[tuple[Claim, Incident | None]]:
    for incident in (*snapshot.open, *snapshot.past):
        yield from ((claim, incident) for claim in incident.claims)
    yield from ((claim, None) for claim in snapshot.advisories)
