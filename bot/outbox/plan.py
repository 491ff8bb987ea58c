"""Which deliveries a message needs: pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from bot.types import Delivery, Destination, Draft, Kind, Message, Reason, Text

_KEYS = UUID("6f1f5c0e-7a53-4c8e-9d0b-2d3a5b1e9c44")
EDITING = frozenset({"slack"})
"""Platforms that can change a message after it was posted."""
DRAWING = frozenset({"slack"})
"""Platforms that can be sent a picture."""
DRAWN = frozenset({Reason.OPENED, Reason.RESOLVED})
"""Changes that a picture shows better than words."""


def plan(
    message: Message,
    destinations: Iterable[Destination],
    *,
    heads: Collection[str],
    rings: bool,
    editing: Collection[str] = EDITING,
) -> list[Draft]:
    """Draft what each destination gets; ``heads`` names those where the incident has a head, sent or waiting."""
    return [
        Draft(
            destination=destination.name,
            kind=kind,
            message=message,
            key=_key(message, destination.name, kind),
            due=message.at,
        )
        for destination in destinations
        for kind in _kinds(
            edits=destination.platform in editing,
            has_head=destination.name in heads,
            rings=rings,
            draws=destination.platform in DRAWING and message.reason in DRAWN and message.incident is not None,
        )
    ]


def _kinds(*, edits: bool, has_head: bool, rings: bool, draws: bool) -> Iterator[Kind]:
    if rings:
        yield Kind.REPLY if has_head else Kind.HEAD
    if edits and has_head:
        yield Kind.EDIT
    if rings and draws:
        yield Kind.PICTURE


def _key(message: Message, destination: str, kind: Kind) -> str:
    """Give the same message at the same destination the same key, in whatever process it is drafted."""
    said = (message.tenant, message.incident, message.at.isoformat(), str(message.reason), message.headline)
    return str(uuid5(_KEYS, repr((*said, destination, str(kind)))))


def passed_on(delivery: Delivery, fallback: str, excuse: Text, *, now: datetime) -> Draft:
    """Draft a message again for the destination that stands in for one that cannot be reached, and say so in it."""
    basis = (*delivery.message.basis, " ", *excuse) if delivery.message.basis else excuse
    return Draft(
        destination=fallback,
        kind=Kind.HEAD,
        message=replace(delivery.message, basis=basis),
        key=str(uuid5(_KEYS, f"{delivery.key}/{fallback}")),
        due=now,
    )
