"""Which deliveries a message needs: pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from bot.types import Delivery, Destination, Draft, Kind, Message, Person, Reason, Text
from bot.words import catalogue

KEYS = UUID("6f1f5c0e-7a53-4c8e-9d0b-2d3a5b1e9c44")
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
            edits=destination.edits,
            has_head=destination.name in heads,
            rings=rings,
            draws=_draws(message, destination),
        )
    ]


def _draws(message: Message, destination: Destination) -> bool:
    """Tell whether a channel is shown the picture; people who are told in person are spared it."""
    shown = destination.measured and destination.platform in DRAWING and Person.of(destination.name) is None
    return shown and message.reason in DRAWN and message.incident is not None


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
    return str(uuid5(KEYS, repr((*said, destination, str(kind)))))


def path_of(delivery: Delivery) -> tuple[str, ...]:
    """Name those who should have been told, the destination last where it stands in for the others."""
    return (*delivery.message.instead_of, delivery.destination)


def stand_in(path: Sequence[str], fallbacks: Mapping[str, Sequence[str]]) -> str | None:
    """Name who is tried after those on a path, each of which stood in for the ones before it; None if nobody is left.

    The list of the first counts most; no name comes twice, so that the path ends whoever names whom.
    """
    return next((name for one in path for name in fallbacks.get(one, ()) if name not in path), None)


def passed_on(
    delivery: Delivery, fallback: str, excuse: Text, *, now: datetime, has_head: bool, edits: bool
) -> list[Draft]:
    """Draft a message again for the destination that stands in for one that cannot be reached, and say so in it."""
    basis = catalogue(delivery.message.language).joined(delivery.message.basis, excuse)
    message = replace(delivery.message, basis=basis, instead_of=path_of(delivery))
    return [
        Draft(
            destination=fallback,
            kind=kind,
            message=message,
            key=str(uuid5(KEYS, f"{delivery.key}/{fallback}/{kind}")),
            due=now,
        )
        for kind in _kinds(edits=edits, has_head=has_head, rings=True, draws=False)
    ]


def notice(message: Message, destination: str, *, about: str) -> Draft:
    """Draft what is said of a destination itself, once for what it is about."""
    key = str(uuid5(KEYS, f"{message.tenant}/{destination}/{about}"))
    return Draft(destination=destination, kind=Kind.HEAD, message=message, key=key, due=message.at)
