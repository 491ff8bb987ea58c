"""The way of a message by the stamps of the servers that it passed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import combinations, pairwise, takewhile
from typing import TypeAlias

from bot.mail.headers import header, headers
from bot.mail.inbox import Letter
from bot.types import Leg, Skew, Where
from bot.types.way import MICROSOFT, MOST_LEGS, server_name

BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)
MICROSOFTS = re.compile(r"\.(?:outlook|office365|exchangelabs|microsoft)\.(?:com|us|cn)$", re.IGNORECASE)
MICROSOFT_WITH = re.compile(r"via Frontend Transport|with (?:HTTPS|Microsoft SMTP Server)|with mapi id", re.IGNORECASE)
TIMESPAN = re.compile(r"^(-)?(?:(\d{1,6})\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?$")
MOST_HOPS = 50
# Stamps have whole seconds and clocks of servers differ a little: smaller steps back mean nothing.
SKEW = timedelta(seconds=5)
NOTHING = timedelta()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A message's way in legs whose lengths add up to the whole, and the clock that is most wrong."""

    legs: tuple[Leg, ...]
    skew: Skew | None = None


def hops(message: Message) -> tuple[Hop, ...]:
    """Read the Received headers, oldest first; those without a date are left out."""
    received = headers(message, "Received", most=MOST_HOPS)
    found = (_hop(value) for value in reversed(received))
    return tuple(hop for hop in found if hop is not None)


def way(sent: datetime, seen: datetime, message: Message) -> Way:
    """Split the time from handing over to sight by the servers' stamps; steps back in time count as nothing."""
    passed, seen = hops(message), max(sent, seen)
    accepted, inside = _exchange(message)
    if accepted is not None and inside is not None:
        legs = _by_exchange(sent, seen, passed, accepted=accepted, inside=inside)
    else:
        legs = _legs(sent, seen, _handovers(passed))
    return Way(legs=tuple(_bounded(legs)), skew=_skew(sent, seen, passed))


def _by_exchange(
    sent: datetime, seen: datetime, passed: Sequence[Hop], *, accepted: datetime, inside: timedelta
) -> list[Leg]:
    """Split a way by what Exchange itself says: its own measure is better than a difference of two clocks."""
    inside = min(max(inside, NOTHING), seen - sent)
    taken = sent + min(max(accepted - sent, NOTHING), seen - sent - inside)
    earlier = list(takewhile(lambda hop: not hop.microsoft, passed))
    last = passed[-1].by if passed else MICROSOFT
    to_microsoft = Hop(by=MICROSOFT, at=taken, microsoft=True)
    before = [one for one in _handovers([*earlier, to_microsoft]) if one[1] is not Where.MAILBOX]
    legs = _legs(sent, taken, before)
    return [
        *legs,
        Leg(by=MICROSOFT, where=Where.MICROSOFT, seconds=_seconds(inside)),
        Leg(by=last, where=Where.MAILBOX, seconds=_seconds(seen - taken - inside)),
    ]


def _handovers(passed: Sequence[Hop]) -> Iterator[tuple[str, Where, datetime | None]]:
    """Say who had the message until when: a queue's server had it until the next server stamped it."""
    if not passed:
        return
    first = passed[0]
    yield first.by, Where.BEFORE if first.microsoft else Where.OURS, first.at
    ours = not first.microsoft
    for place, (hop, after) in enumerate(pairwise(passed), start=1):
        ours = ours and not after.microsoft and _house(after.by) == _house(first.by)
        yield hop.by, Where.OURS if ours else _where(passed, place), after.at
    yield passed[-1].by, Where.MAILBOX, None


def _where(passed: Sequence[Hop], place: int) -> Where:
    """Tell on which part of the way the message was before the server at a place stamped it."""
    if passed[place - 1].microsoft:
        return Where.MICROSOFT
    if any(hop.microsoft for hop in passed[place:]):
        return Where.BEFORE
    return Where.AFTER if any(hop.microsoft for hop in passed[:place]) else Where.BETWEEN


def _house(name: str) -> str:
    """Give what servers of one provider have in common: the name without its first part."""
    return name.lower().partition(".")[2] or name


def _legs(sent: datetime, seen: datetime, handovers: Iterable[tuple[str, Where, datetime | None]]) -> list[Leg]:
    last, legs = sent, []
    for by, where, until in handovers:
        # What a fast clock took too early, the next leg must not count again.
        bounded = max(last, min(until or seen, seen))
        legs.append(Leg(by=by, where=where, seconds=_seconds(bounded - last)))
        last = bounded
    return legs


def _bounded(legs: list[Leg]) -> list[Leg]:
    """Add the shortest legs to those before them while there are too many."""
    while len(legs) > MOST_LEGS:
        place = min(range(1, len(legs)), key=lambda n: legs[n].seconds)
        longer = replace(legs[place - 1], seconds=round(legs[place - 1].seconds + legs[place].seconds, 3))
        legs = [*legs[: place - 1], longer, *legs[place + 1 :]]
    return legs


def _skew(sent: datetime, seen: datetime, passed: Sequence[Hop]) -> Skew | None:
    """Find the clock that contradicts the others most; where two contradict but each other, none is named."""
    names = ["", *(hop.by for hop in passed), ""]
    moments = [sent, *(hop.at for hop in passed), seen]
    blame, worst = [NOTHING] * len(names), [NOTHING] * len(names)
    for earlier, later in combinations(range(len(names)), 2):
        step = moments[earlier] - moments[later]
        if step > SKEW:
            for place, signed in ((earlier, step), (later, -step)):
                blame[place] += step
                worst[place] = max(worst[place], signed, key=abs)
    most = max(blame)
    if not most:
        return None
    # Of one server and ourselves, we are the one whose clock is looked after.
    guilty = [place for place in range(1, len(names) - 1) if blame[place] == most]
    if len(guilty) == 1:
        return Skew(by=names[guilty[0]], seconds=_seconds(worst[guilty[0]]))
    return Skew(seconds=_seconds(max(map(abs, worst))))


def _seconds(length: timedelta) -> float:
    return round(length.total_seconds(), 3)


def _exchange(message: Message) -> tuple[datetime | None, timedelta | None]:
    """Read when Exchange first took the message, and how long it had it."""
    return (
        _date(header(message, "X-MS-Exchange-CrossTenant-OriginalArrivalTime")),
        timespan(header(message, "X-MS-Exchange-Transport-EndToEndLatency")),
    )


def arrival(message: Message) -> datetime | None:
    """Tell when the message was in its Exchange mailbox, to the tenth of a millisecond, where Exchange stamped it."""
    accepted, inside = _exchange(message)
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
    name = server_name(by[1]) if by else ""
    return Hop(
        by=name or "a server without a name",
        at=at,
        microsoft=bool(MICROSOFTS.search(name) or MICROSOFT_WITH.search(route)),
    )


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
