"""Whether to ring: pure decisions that say why, for everybody and for each destination."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.types import (
    Change,
    Destination,
    Direction,
    Finding,
    Incident,
    Only,
    QuietHours,
    Reason,
    Rules,
    Severity,
    Symptom,
)
from bot.types.aspects import aspects, covered, is_open, lasting

URGENT = frozenset({Reason.OPENED, Reason.REOPENED, Reason.RESOLVED, Reason.VENDOR_SAYS_FIXED, Reason.NEW_SYMPTOM})
"""What does not wait to be merged with what follows."""

WORSENS = frozenset({Reason.WORSE, Reason.NEW_SYMPTOM, Reason.REOPENED})
"""What ends a mute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The decision: ring now, wait (``later``), or never for this; and why."""

    rings: bool
    why: str
    later: bool = False


def whether(reason: Reason, keys: Sequence[str], incident: Incident, *, now: datetime, rules: Rules) -> Ring:
    """Decide for everybody whether news of an incident is worth a ring now."""
    if why := _never(reason, keys, incident, now):
        return Ring(rings=False, why=why)
    if why := _later(reason, keys, incident, now=now, rules=rules):
        return Ring(rings=False, why=why, later=True)
    return Ring(rings=True, why=_WHY.get(reason, str(reason)))


def takes(destination: Destination, change: Change, *, now: datetime) -> tuple[bool, datetime, str]:
    """Decide whether a destination takes a ringing change, when it is due there, and why."""
    if why := _unwanted(destination, change):
        return False, now, why
    quiet, incident = destination.quiet, change.incident
    if quiet is None or (incident is not None and _is_loud(change.reason, incident)):
        return True, now, "asked for"
    due = after_quiet(quiet, now)
    return True, due, "asked for" if due == now else "quiet hours"


def passed_on(destinations: Sequence[Destination], step: int) -> tuple[str, ...]:
    """Name the destinations that hear of an unacknowledged incident at a step, from 1."""
    return tuple(dict.fromkeys(d.next[step - 1] for d in destinations if len(d.next) >= step))


def after_quiet(quiet: QuietHours, now: datetime) -> datetime:
    """Give the end of quiet hours where they last now, else now."""
    local = now.astimezone(ZoneInfo(quiet.zone))
    over_midnight = quiet.start > quiet.end
    clock = local.time().replace(tzinfo=None)
    within = (clock >= quiet.start or clock < quiet.end) if over_midnight else quiet.start <= clock < quiet.end
    if not within:
        return now
    day = local.date() + timedelta(days=1 if over_midnight and clock >= quiet.start else 0)
    return datetime.combine(day, quiet.end, tzinfo=local.tzinfo).astimezone(UTC)


def _never(reason: Reason, keys: Sequence[str], incident: Incident, now: datetime) -> str:
    """Say why news will never ring; empty where it may."""
    if incident.muted_until is not None and now < incident.muted_until and reason not in WORSENS:
        return "muted"
    if reason is Reason.RESOLVED and _unsaid(incident):
        return "no longer listed, and nobody says that it is over"
    return "better, and nothing else to do" if reason is Reason.BETTER and not _changes_advice(keys) else ""


def _later(reason: Reason, keys: Sequence[str], incident: Incident, *, now: datetime, rules: Rules) -> str:
    """Say why news waits; empty where it does not."""
    if not _is_loud(reason, incident) and (window := _window(now, rules)):
        return window
    if reason is Reason.OPENED and _small(incident, rules):
        return f"late by less than {rules.least_delay}"
    if reason is Reason.OPENED and _stale(incident, now, rules):
        return "an old advisory"
    urgent = reason in URGENT or "severe" in keys
    gap = rules.advice if reason is Reason.ADVICE_CHANGED else rules.merge
    soon = incident.last_rung is not None and now - incident.last_rung < gap
    return "waits to be told with what follows" if soon and not urgent else ""


_WHY = {
    Reason.WORSE: "it got worse",
    Reason.NEW_SYMPTOM: "something else is wrong too",
    Reason.BETTER: "what bounced can be sent again",
    Reason.REMINDER: "it lasts, and nothing was said for a day",
    Reason.ESCALATED: "severe, and nobody has acknowledged it",
}


def _window(now: datetime, rules: Rules) -> str:
    """Name the maintenance that is on, if any."""
    return next((f"maintenance: {w.note}" for w in rules.windows if w.start <= now < w.end), "")


def _small(incident: Incident, rules: Rules) -> bool:
    """Tell whether all that is wrong is mail that is a little late."""
    now = lasting(incident)
    return bool(now) and all(
        aspect.finding is not None
        and aspect.symptom is Symptom.DELAYED
        and _lateness(aspect.finding) < rules.least_delay
        for aspect in now
    )


def _lateness(finding: Finding) -> timedelta:
    """Give how late messages are; what is not known yet is not small."""
    late = finding.evidence.late_median
    return timedelta.max if late is None else late


def _stale(incident: Incident, now: datetime, rules: Rules) -> bool:
    """Tell whether all that an incident holds are advisories that have stood unchanged for days."""
    if incident.findings or not incident.claims:
        return False
    newest = max(claim.reading.modified or claim.changed for claim in incident.claims)
    return now - newest >= rules.stale


def _unsaid(incident: Incident) -> bool:
    """Tell whether an incident ends only because its advisories are listed no more."""
    return not incident.findings and any(is_open(claim) for claim in incident.claims)


def _changes_advice(keys: Sequence[str]) -> bool:
    return any(key in {"ended:send_fails", "ended:bounced", "ended:lost"} for key in keys)


def _directions(incident: Incident) -> frozenset[Direction]:
    """Give the single directions that an incident is or was about; without any it concerns them all."""
    found = frozenset(one for aspect in aspects(incident) for one in covered(aspect.direction))
    return frozenset(Direction) if found <= {Direction.NONE} else found


def _is_loud(reason: Reason, incident: Incident) -> bool:
    """Tell whether news cannot wait: it is severe, or the end of what was."""
    severe = incident.peak if reason is Reason.RESOLVED else incident.severity
    return severe is Severity.SEVERE or reason is Reason.ESCALATED


def _unwanted(destination: Destination, change: Change) -> str:
    """Say why a destination does not want a change; empty where it does."""
    if destination.tenant != change.tenant:
        return "another tenant"
    if change.incident is None:
        return "" if destination.only is not Only.ADVISORIES else "only advisories"
    incident = change.incident
    if incident.peak not in destination.severities:
        return f"not {incident.peak}"
    if destination.directions and not (_directions(incident) & destination.directions):
        return "another direction"
    if destination.only is Only.ADVISORIES and not incident.claims:
        return "only advisories"
    return "not measured" if destination.only is Only.MEASURED and not incident.findings else ""
