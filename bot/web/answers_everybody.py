"""What the JSON API answers the operator over all companies."""

from datetime import datetime
from typing import Self

from pydantic import Field

from bot.types import Direction, Symptom
from bot.web.answers import Out
from bot.web.overview import NAMED_MOST, Overview, Sighting


class Refused(Out):
    """Why a request is refused."""

    detail: str


class Fault(Out):
    """One fault as all companies see it."""

    fault: str = Field(description="The advisory's id, or symptom and direction where the vendor says nothing.")
    title: str = Field(description="The vendor's title; empty where the vendor says nothing.")
    symptom: Symptom
    direction: Direction
    since: datetime = Field(description="When the first company saw it.")
    latest: datetime = Field(description="When the last company saw it.")
    seen_by: int = Field(description="How many companies see it.")
    measured_by: int = Field(description="How many of them by their own test messages.")
    companies: list[str] = Field(description=f"Who they are, the first {NAMED_MOST:,}.")
    measured: list[str] = Field(description=f"Those whose own test messages show it, the first {NAMED_MOST:,}.")
    where: list[str] = Field(description="Parts of the world that the vendor names, and vantages.")

    @classmethod
    def of(cls, one: Sighting) -> Self:
        """Make it of our own."""
        return cls(
            fault=one.key,
            title=one.title,
            symptom=one.symptom,
            direction=one.direction,
            since=one.since,
            latest=one.latest,
            seen_by=one.seen_by,
            measured_by=one.measured_by,
            companies=list(one.companies),
            measured=list(one.measured),
            where=list(one.where),
        )


class Everyone(Out):
    """What is open at all companies."""

    at: datetime
    watched: int = Field(description="How many companies are watched.")
    troubled: int = Field(description="How many of them have something open.")
    faults: list[Fault] = Field(description="Newest first.")

    @classmethod
    def of(cls, seen: Overview) -> Self:
        """Make it of our own."""
        faults = [Fault.of(one) for one in seen.sightings]
        return cls(at=seen.at, watched=seen.watched, troubled=seen.troubled, faults=faults)
