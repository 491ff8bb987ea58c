"""What a person asked, and which incident and advisory they mean by it."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.types import Claim, Incident, Person, Snapshot
from bot.words.answers import by_gravity
from handlers.lengths import length_of
from handlers.vocabulary import ADVISORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person typed, or the button they pressed with the incident that it was about."""

    text: str
    person: Person
    """By the platform's own ids."""
    name: str
    """What others call the person."""
    language: str = "en"
    incident: str | None = None
    whom: Person | None = None
    """The person, where the platform can tell them in person; None where it cannot."""
    address: str = ""
    """Where the platform delivers to the person, where that is not the id."""
    zone: str = ""
    """The person's time zone, where the platform tells it."""
    request: str = ""
    """By which the request is known where it comes again, be it to another process; empty where nothing does."""


def incident_meant(snapshot: Snapshot, asked: Asked, rest: str) -> Incident | None:
    """Find the incident of the button, or the one whose id was typed, or the gravest open one."""
    known = {incident.id: incident for incident in (*snapshot.past, *snapshot.open)}
    if asked.incident is not None:
        return known.get(asked.incident)
    named = next((known[word] for word in map(_bare, rest.split()) if word in known), None)
    return named or next(iter(by_gravity(snapshot)), None)


def unknown_number(snapshot: Snapshot, rest: str) -> str:
    """Give the number that what was typed begins with, if it leads to no incident; empty where none is meant."""
    number = _bare(rest.partition(" ")[0])
    known = {incident.id for incident in (*snapshot.past, *snapshot.open)}
    return number if number.isdecimal() and number not in known else ""


def numbered(snapshot: Snapshot, rest: str) -> tuple[str, str]:
    """Split ``2 1h why`` into an incident's number and the rest; a number with a unit, as in ``2 hours``, is none."""
    number, _, more = rest.partition(" ")
    is_length = bool(length_of(rest)[0])
    known = not is_length and number and not unknown_number(snapshot, number) and _bare(number).isdecimal()
    return (number, more) if known else ("", rest)


def _bare(word: str) -> str:
    return word.removeprefix("#")


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
