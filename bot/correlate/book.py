"""What correlation remembers: incidents, advisories that belong to none, and how well we see."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TypeAlias

from pydantic import TypeAdapter

from bot.types import DEFAULT_TENANT, Claim, Direction, Incident, SourceNow, Tally

LAST = timedelta(minutes=10)
"""The stretch that "the last test messages" means."""

Tallies: TypeAlias = Callable[[Collection[Direction] | None], Tally]
"""Counts the last ten minutes of test messages on some directions, or on all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All that correlation knows of one tenant."""

    incidents: tuple[Incident, ...] = ()
    """Open, and resolved in the last days, oldest first."""
    listed: tuple[Claim, ...] = ()
    """Advisories in no incident: not about mail, first notices, or over when first seen."""
    sights: tuple[SourceNow, ...] = ()
    """Feeds by name, and vantages as ``tests:NAME``."""
    blind_told: tuple[str, ...] = ()
    """Sources whose blindness people were told of."""
    apart: tuple[tuple[str, str], ...] = ()
    """Incident and advisory that a person parted: never joined again by us."""
    opened: int = 0
    """How many incidents there ever were: the last id."""
    tenant: str = DEFAULT_TENANT
    """Whose every incident in it is."""

    def of(self, tenant: str) -> "Book":
        """Give the book as a tenant's own."""
        own = tuple(replace(incident, tenant=tenant) for incident in self.incidents)
        return replace(self, incidents=own, tenant=tenant)

    def incident(self, id_: str) -> Incident | None:
        """Find an incident by id."""
        return next((incident for incident in self.incidents if incident.id == id_), None)

    def home(self, advisory: str) -> Incident | None:
        """Find the incident that holds an advisory."""
        return next((i for i in self.incidents if any(c.reading.id == advisory for c in i.claims)), None)

    def claim(self, advisory: str) -> Claim | None:
        """Find an advisory, in an incident or not."""
        everywhere = (*self.listed, *(claim for incident in self.incidents for claim in incident.claims))
        return next((claim for claim in everywhere if claim.reading.id == advisory), None)

    def put(self, incident: Incident) -> "Book":
        """Give the book with an incident changed or added."""
        incident = replace(incident, tenant=self.tenant)
        if self.incident(incident.id) is None:
            return replace(self, incidents=(*self.incidents, incident), opened=max(self.opened, int(incident.id)))
        return replace(self, incidents=tuple(incident if i.id == incident.id else i for i in self.incidents))

    def next_id(self) -> str:
        """Give the id of the next incident."""
        return str(self.opened + 1)

    def dump(self) -> bytes:
        """Give the book as JSON."""
        return _adapter().dump_json(self)

    @staticmethod
    def load(state: bytes) -> "Book":
        """Read a book from the JSON of ``dump``; raises ValueError where it is none."""
        return _adapter().validate_json(state)


@cache
def _adapter() -> TypeAdapter[Book]:
    return TypeAdapter(Book)


def pruned(book: Book, now: datetime, keep: timedelta) -> Book:
    """Forget what was resolved or delisted longer than ``keep`` ago; the same book where there is nothing to forget."""
    incidents = tuple(i for i in book.incidents if i.resolved is None or now - i.resolved <= keep)
    listed = tuple(c for c in book.listed if c.gone is None or now - c.gone <= keep)
    same = len(incidents) == len(book.incidents) and len(listed) == len(book.listed)
    return book if same else replace(book, incidents=incidents, listed=listed)


def without(claims: Iterable[Claim], advisory: str) -> tuple[Claim, ...]:
    """Give the claims but one."""
    return tuple(claim for claim in claims if claim.reading.id != advisory)


def with_claim(claims: tuple[Claim, ...], claim: Claim) -> tuple[Claim, ...]:
    """Give the claims with one changed in its place or added at the end."""
    if all(other.reading.id != claim.reading.id for other in claims):
        return (*claims, claim)
    return tuple(claim if other.reading.id == claim.reading.id else other for other in claims)
