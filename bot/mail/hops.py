"""The way of a message by the stamps of the servers that it passed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import groupby, pairwise
from typing import TypeAlias

from bot.mail.headers import header, headers
from bot.mail.inbox import Letter

BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)
MICROSOFT = re.compile(r"\.(?:outlook|office365|exchangelabs|microsoft)\.(?:com|us|cn)$", re.IGNORECASE)
MICROSOFT_WITH = re.compile(r"via Frontend Transport|with (?:HTTPS|Microsoft SMTP Server)|with mapi id", re.IGNORECASE)
TIMESPAN = re.compile(r"^(-)?(?:(\d{1,6})\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?$")
MOST_HOPS = 50
# Stamps have whole seconds and clocks of servers differ a little: smaller steps back mean nothing.
SKEW = timedelta(seconds=2)
SURE = timedelta(seconds=1)
SECOND = timedelta(seconds=1)
TENTH_OF_A_MS = timedelta(microseconds=100)

Stamp: TypeAlias = tuple[datetime, timedelta]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A server that took the message, and when by its own clock."""

    by: str
    at: datetime
    microsoft: bool

    @property
    def holder(self) -> str:
        """The server's name, or ``Microsoft`` for all of theirs."""
        return "Microsoft" if self.microsoft else self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """How long one holder had the message: a server by its name, or ``Microsoft`` for all of theirs."""

    holder: str
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A message's way in legs whose lengths add up to the whole; ``skew`` is the worst step back in time."""

    legs: tuple[Leg, ...]
    skew: timedelta = timedelta()

    @property
    def slowest(self) -> Leg:
        """The leg that took longest."""
        return max(self.legs, key=lambda leg: leg.length)


def hops(message: Message) -> tuple[Hop, ...]:
    """Read the Received headers, oldest first; those without a date are left out."""
    received = headers(message, "Received", most=MOST_HOPS)
    found = (_hop(value) for value in reversed(received))
    return tuple(hop for hop in found if hop is not None)


def way(sent: datetime, seen: datetime, message: Message) -> Way:
    """Split the time from handing over to sight by the servers' stamps; steps back in time count as nothing."""
    passed = hops(message)
    skew, last = timedelta(), sent
    legs: list[Leg] = []
    for holder, at in _handovers(passed, seen):
        skew = min(skew, at - last)
        # What a fast clock took too early, the next leg must not count again.
        bounded = max(last, min(at, seen))
        legs.append(Leg(holder=holder, length=bounded - last))
        last = bounded
    return Way(legs=_merged(legs), skew=-skew if -skew > SKEW else timedelta())


def _handovers(passed: Sequence[Hop], seen: datetime) -> Iterator[tuple[str, datetime]]:
    """Say who had the message until when: a queue's server had it until the next server stamped it."""
    if not passed:
        yield "the mail system", seen
        return
    yield passed[0].holder, passed[0].at
    for hop, after in pairwise(passed):
        yield hop.holder, after.at
    yield passed[-1].holder, seen


def _merged(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    runs = groupby(legs, key=lambda leg: leg.holder)
    return tuple(Leg(holder=holder, length=sum((leg.length for leg in run), start=timedelta())) for holder, run in runs)


def arrival(message: Message) -> datetime | None:
    """Tell when the message was in its Exchange mailbox, to the tenth of a millisecond, where Exchange stamped it."""
    accepted = _date(header(message, "X-MS-Exchange-CrossTenant-OriginalArrivalTime"))
    inside = timespan(header(message, "X-MS-Exchange-Transport-EndToEndLatency"))
    try:
        return accepted + inside if accepted is not None and inside is not None else None
    except OverflowError:
        return None


def timespan(text: str) -> timedelta | None:
    """Read a .NET TimeSpan (``[-][d.]hh:mm:ss[.fffffff]``), or None."""
    match = TIMESPAN.match(text.strip())
    if match is None:
        return None
    sign, days, hours, minutes, seconds, fraction = match.groups()
    micros = _micros(fraction or "")
    length = timedelta(
        days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=int(seconds), microseconds=micros
    )
    return -length if sign else length


def stamps(letter: Letter) -> list[Stamp]:
    """Give what says when a message reached its mailbox."""
    exact, passed = arrival(letter.headers), hops(letter.headers)
    whole = [letter.stored] if letter.stored else []
    whole += [passed[-1].at] if passed else []
    return [*([(exact, TENTH_OF_A_MS)] if exact else []), *((moment, SECOND) for moment in whole)]


def latency(sent: datetime, seen: datetime, unseen: datetime | None, stamps: Sequence[Stamp]) -> timedelta:
    """Tell how long a message took that was seen now and was not there at the moment ``unseen``.

    Where the two are far apart, the latest stamp between them decides, as each server stamps before the message is
    there; one that is not between them is of a clock that is wrong. A stamp is a moment and its resolution.
    """
    early, late = max(sent, unseen or sent), max(sent, seen)
    if late - early <= SURE:
        return late - sent
    spans = [(max(early, at), min(late, at + resolution), resolution) for at, resolution in stamps]
    possible = [span for span in spans if span[0] <= span[1]]
    if not possible:
        return late - sent
    low, high, _ = max(possible, key=lambda span: (span[0].replace(microsecond=0), -span[2]))
    return low + (high - low) / 2 - sent


def _hop(value: str) -> Hop | None:
    route, _, date = value.rpartition(";")
    at = _date(date)
    if at is None:
        return None
    by = BY.search(route)
    name = by[1] if by else "a server without a name"
    return Hop(by=name, at=at, microsoft=bool(MICROSOFT.search(name) or MICROSOFT_WITH.search(route)))


def _date(text: str) -> datetime | None:
    """Read a date as mail writes it, or as Exchange does: ``09 Jun 2022 06:17:46.2729 (UTC)``."""
    plain, _, fraction = text.partition("(")[0].strip().partition(".")
    digits, _, zone = fraction.partition(" ")
    try:
        moment = parsedate_to_datetime(f"{plain} {zone}".strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC) + timedelta(microseconds=_micros(digits))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _micros(digits: str) -> int:
    return int(digits[:6].ljust(6, "0")) if digits.isascii() and digits.isdigit() else 0
