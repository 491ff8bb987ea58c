"""Where the time of a test message went, by the stamps of the servers that it passed."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MICROSOFT = "Microsoft"
"""Who had a message for as long as Exchange itself says; its servers bear their own names."""
MOST_LEGS = 20
MOST_NAME = 60
_STRANGE = re.compile(r"[^A-Za-z0-9._:\-]")


class Where(StrEnum):
    """A part of a message's way."""

    OURS = "ours"
    """At the provider that took it from us, or until it did."""
    BEFORE = "before"
    """On the way to Microsoft, before they took it."""
    MICROSOFT = "microsoft"
    AFTER = "after"
    """On the way from Microsoft to the mailbox's own servers."""
    BETWEEN = "between"
    """Between servers of which none is known as Microsoft's."""
    MAILBOX = "mailbox"
    """From the last stamp until it was seen."""


_KNOWN = frozenset(Where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """How long one server had the message, by the server's name."""

    by: str
    where: Where
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """A clock whose stamps step back in time: behind if negative; without a name where it may be either of two."""

    seconds: float
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where most of the late messages spent their time: in the middle ``held`` of ``of``."""

    where: Where
    held: timedelta
    of: timedelta


def server_name(text: str) -> str:
    """Give a server's name as it may be shown: a stranger wrote it."""
    return _STRANGE.sub("", text[: 10 * MOST_NAME])[:MOST_NAME]


def write_legs(legs: Sequence[Leg]) -> list[list[str | float]]:
    """Write legs as plain JSON."""
    return [[leg.by, leg.where, leg.seconds] for leg in legs]


def read_legs(written: object) -> tuple[Leg, ...]:
    """Read legs, those of an unknown part left out; raises TypeError or ValueError where they are none."""
    if not isinstance(written, list | tuple):
        raise TypeError("legs are a list")
    known = [(server_name(str(by)), Where(where), float(seconds)) for by, where, seconds in written if where in _KNOWN]
    if not all(math.isfinite(seconds) and seconds >= 0 for _, _, seconds in known):
        raise ValueError("a leg lasts from 0 seconds")
    return tuple(Leg(by=by, where=where, seconds=seconds) for by, where, seconds in known[:MOST_LEGS])
