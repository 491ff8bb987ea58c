"""What people are told, and where it lands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.types.base import DEFAULT_TENANT
from bot.types.incidents import Reason, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time inside a sentence: platforms show it in the reader's zone where they can."""

    at: datetime
    with_date: bool = False


Text: TypeAlias = tuple[str | Moment, ...]
"""Whole sentences without markup; the strings hold untrusted words, so every platform escapes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A change in words: what is wrong, what to do, the facts, the vendor's word, how we know."""

    at: datetime
    reason: Reason
    severity: Severity
    headline: Text
    advice: Text
    facts: tuple[Text, ...] = ()
    vendor: Text = ()
    basis: Text = ()
    """How we know."""
    language: str = "en"
    incident: str | None = None
    tenant: str = DEFAULT_TENANT
    instead_of: tuple[str, ...] = ()
    """Destinations that may not hear of it themselves, where this is told in their stead."""


class Kind(StrEnum):
    """How a message is delivered: as the incident's head, as a reply below it, or as a silent edit of the head.

    A picture of the incident's delay below the head is a kind of its own: no words wait for it.
    """

    HEAD = "head"
    REPLY = "reply"
    EDIT = "edit"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image, and the same in words for those who cannot see it."""

    png: bytes
    title: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line of a chart: when, and how many minutes messages took."""

    legend: str
    points: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a platform that draws by itself is given, and the same in words for those who cannot see it."""

    title: str
    subject: str
    """What the scale measures."""
    curves: tuple[Curve, ...]
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """Where a message is on a platform, so that it can be edited and answered."""

    channel: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A delivery that is not saved yet."""

    destination: str
    kind: Kind
    message: Message
    key: str
    """Unique for this message at this destination; platforms that can are asked for it before a second try."""
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message claimed for one destination."""

    id: int
    destination: str
    kind: Kind
    message: Message
    key: str
    wanted: datetime
    """When it was first to be told, after quiet hours; no later try moves it."""
    attempts: int
    """This one included."""
    fence: int
    """Grows with each claim: only the newest claim may mark the delivery."""
    doubts: int = 0
    """Earlier attempts of which nobody knows whether they landed: look before posting again, where there is a way."""
    head: Landed | None = None
    """Where the incident's head message stands at this destination."""
    earlier: tuple["Delivery", ...] = ()
    """What waited longer at the same destination and goes out within this one, newest first."""

    @property
    def waited(self) -> bool:
        """Tell whether it was not taken before, or held back because nothing is taken there."""
        return self.attempts > 1 or self.fence > self.attempts

    @property
    def unknown(self) -> bool:
        """Tell whether an earlier attempt of this one, or of one within it, may have landed."""
        return any(one.doubts for one in (self, *self.earlier))
