"""What is wrong in an incident, seen from measurements and claims together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from bot.types.advisories import AdvisoryState, Claim
from bot.types.base import Direction, Symptom
from bot.types.findings import Finding
from bot.types.incidents import Incident

FLOW = frozenset({Symptom.SEND_FAILS, Symptom.BOUNCED, Symptom.DELAYED, Symptom.LOST})
"""What test messages can show."""

MEASURABLE = FLOW | {Symptom.CALENDAR_STALE}
"""What we can show ourselves: by test messages, and by the test entries in calendars."""

CLOSED = frozenset({AdvisoryState.RESOLVED, AdvisoryState.FALSE_ALARM})

GRAVITY = (
    Symptom.SEND_FAILS,
    Symptom.BOUNCED,
    Symptom.LOST,
    Symptom.CANNOT_ACCESS_MAILBOX,
    Symptom.DELAYED,
    Symptom.QUARANTINED,
    Symptom.SPAM_MISSED,
    Symptom.CLIENT_ONLY,
    Symptom.CALENDAR_STALE,
    Symptom.SEARCH_BROKEN,
    Symptom.OTHER,
    Symptom.ADMIN_ONLY,
    Symptom.UNMEASURABLE,
)
"""Gravest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One symptom of an incident in one direction, by whom it is known and whether it lasts."""

    symptom: Symptom
    direction: Direction
    measured: bool
    lasts: bool
    since: datetime
    finding: Finding | None = None
    claim: Claim | None = None


def covered(direction: Direction) -> frozenset[Direction]:
    """Name the single directions that a direction stands for; ``none`` stands for itself."""
    if direction is Direction.BOTH:
        return frozenset({Direction.OUTBOUND, Direction.INBOUND})
    return frozenset({direction})


def merged(directions: Iterable[Direction]) -> Direction:
    """Say several directions as one; mail between colleagues is named only where no other is hit."""
    single = {one for direction in directions for one in covered(direction)}
    if single >= covered(Direction.BOTH):
        return Direction.BOTH
    order = (Direction.OUTBOUND, Direction.INBOUND, Direction.INTERNAL)
    return next((direction for direction in order if direction in single), Direction.NONE)


def is_open(claim: Claim) -> bool:
    """Tell whether the vendor still says that mail users are hit; a first notice alone says nothing yet."""
    state = claim.reading.state
    return claim.reading.is_mail and state not in CLOSED and state is not AdvisoryState.PRE_ALERT


def same_kind(one: Symptom, other: Symptom) -> bool:
    """Tell whether the same tests show both symptoms: messages the flow of mail, entries the age of calendars."""
    return {one, other} <= FLOW or (one is other and one in MEASURABLE)


def is_measured(claim: Claim, findings: Iterable[Finding]) -> bool:
    """Tell whether what the vendor claims is what our own tests showed in the same incident."""
    reading = claim.reading
    alike = [finding for finding in findings if same_kind(reading.symptom, finding.symptom)]
    seen = {one for finding in alike for one in covered(finding.direction)}
    return bool(seen) and (reading.direction is Direction.NONE or bool(covered(reading.direction) & seen))


def ended_by_measurement(incident: Incident) -> bool:
    """Tell whether test messages showed the end, and not an advisory that was closed after them."""
    last = max((finding.ended for finding in incident.findings if finding.ended), default=None)
    said = [claim.closed_seen for claim in incident.claims if not is_measured(claim, incident.findings)]
    return last is not None and all(closed is None or closed <= last for closed in said)


def _of_the_last(find: Callable[[Incident], tuple[Aspect, ...]]) -> Callable[[Incident], tuple[Aspect, ...]]:
    """Have what was found of an incident at hand as long as it is asked for again and again, as judging it does."""
    last: tuple[Incident, tuple[Aspect, ...]] | None = None

    @wraps(find)
    def found(incident: Incident) -> tuple[Aspect, ...]:
        nonlocal last
        known = last
        if known is None or known[0] is not incident:
            last = known = incident, find(incident)
        return known[1]

    return found


@_of_the_last
def aspects(incident: Incident) -> tuple[Aspect, ...]:
    """Give what is or was wrong, gravest first: lasting before ended, measured before claimed."""
    found = [_measured(finding) for finding in incident.findings]
    said = [
        _claimed(claim)
        for claim in incident.claims
        if claim.reading.is_mail and not is_measured(claim, incident.findings)
    ]
    return tuple(sorted([*found, *said], key=_rank))


@_of_the_last
def lasting(incident: Incident) -> tuple[Aspect, ...]:
    """Give what is wrong now, gravest first, one aspect a symptom and direction."""
    return _once(aspect for aspect in aspects(incident) if aspect.lasts)


def ended(incident: Incident) -> tuple[Aspect, ...]:
    """Give what was wrong and is over, gravest first, symptoms that still last left out."""
    now = {aspect.symptom for aspect in lasting(incident)}
    return _once(aspect for aspect in aspects(incident) if not aspect.lasts and aspect.symptom not in now)


def _measured(finding: Finding) -> Aspect:
    return Aspect(
        symptom=finding.symptom,
        direction=finding.direction,
        measured=True,
        lasts=finding.ended is None,
        since=finding.since,
        finding=finding,
    )


def _claimed(claim: Claim) -> Aspect:
    reading = claim.reading
    return Aspect(
        symptom=reading.symptom,
        direction=reading.direction,
        measured=False,
        lasts=is_open(claim),
        since=min(claim.first_seen, reading.start or claim.first_seen),
        claim=claim,
    )


def _rank(aspect: Aspect) -> tuple[bool, int, bool, datetime]:
    return (not aspect.lasts, GRAVITY.index(aspect.symptom), not aspect.measured, aspect.since)


def _once(found: Iterable[Aspect]) -> tuple[Aspect, ...]:
    """Keep one aspect a symptom, its directions merged."""
    by_symptom: dict[Symptom, list[Aspect]] = {}
    for aspect in found:
        by_symptom.setdefault(aspect.symptom, []).append(aspect)
    return tuple(_widened(group) for group in by_symptom.values())


def _widened(group: list[Aspect]) -> Aspect:
    first = group[0]
    return Aspect(
        symptom=first.symptom,
        direction=merged(aspect.direction for aspect in group),
        measured=first.measured,
        lasts=first.lasts,
        since=min(aspect.since for aspect in group),
        finding=first.finding,
        claim=first.claim,
    )
