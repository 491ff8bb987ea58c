"""What is new about an incident: its state beside what people have been told, as keys."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.correlate.match import CANARY, CAUSE, OPENED, QUOTED, TITLE
from bot.types import Action, AdvisoryState, Claim, Finding, Incident, Reason, Rules, Severity, Symptom, Tally
from bot.types.aspects import CLOSED, FLOW, Aspect, aspects, covered, ended, is_measured, is_open, lasting

HARD = frozenset({Symptom.SEND_FAILS, Symptom.BOUNCED, Symptom.LOST})
"""Messages that do not arrive by themselves: somebody has to send them again."""
SLOW = frozenset({Symptom.DELAYED, Symptom.LOST})

LOUDNESS = (Severity.GOOD, Severity.INFO, Severity.WARNING, Severity.SEVERE)

SEVERE_SHARE = 0.2
LATE_SHARE = 0.5
LATE = timedelta(minutes=15)
STILL_BAD = 2
"""So many of the last messages must have failed before we contradict the vendor."""

SHOWN_RECENTLY = timedelta(days=1)
WARNINGS = FLOW | {Symptom.CANNOT_ACCESS_MAILBOX, Symptom.QUARANTINED}
REVIEWED = "postincidentreviewpublished"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that people have not been told, and the keys that say so once they have."""

    reason: Reason
    keys: tuple[str, ...]
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What news is judged by: the incident, the moment, the rules and the last ten minutes of test messages."""

    incident: Incident
    now: datetime
    rules: Rules
    tally: Tally
    feed_blind: bool = False

    def told(self, key: str) -> bool:
        """Tell whether people know."""
        return key in self.incident.told


def settled(incident: Incident, now: datetime, rules: Rules) -> Incident:
    """Close an incident when nothing lasts, by measurement where it was measured, or open it again."""
    loud = severity(incident)
    since = (incident.severe_since or now) if loud is Severity.SEVERE else None
    peak = max(loud, incident.peak, key=LOUDNESS.index)
    if (incident.severity, incident.severe_since, incident.peak) != (loud, since, peak):
        incident = replace(incident, severity=loud, severe_since=since, peak=peak)
    over = _over(incident, now, rules)
    if incident.resolved is None and over:
        return replace(incident, resolved=now)
    if incident.resolved is not None and lasting(incident) and not over:
        back = incident.reopened + ("resolved" in incident.told)
        told = tuple(key for key in incident.told if not key.startswith(("fixed:", "ended:")))
        return replace(incident, resolved=None, reopened=back, told=told, acknowledged_by="", severe_rung=None)
    return incident


def severity(incident: Incident) -> Severity:
    """Say how loud an incident is, by what lasts."""
    now = lasting(incident)
    if any(_severe(finding) for finding in incident.findings if finding.ended is None):
        return Severity.SEVERE
    if any(aspect.measured or aspect.symptom in WARNINGS for aspect in now):
        return Severity.WARNING
    return Severity.INFO if now else Severity.GOOD


def bad(tally: Tally) -> int:
    """Count the messages of a tally that did not arrive in good time."""
    return tally.refused + tally.bounced + tally.late


def news(view: View) -> list[News]:
    """Give all that is new, weightiest first."""
    if not view.told("opened"):
        return list(_opened(view)) if lasting(view.incident) else []
    if view.incident.resolved is not None:
        return [*_resolved(view), *_late_words(view)]
    sources = (_reopened, _joined, _new_symptoms, _says_fixed, _measured_now, _worse, _confirms, _better)
    later = (_not_listed, _overdue, _advice, _escalated, _reminder)
    return [found for source in (*sources, *later) for found in source(view)]


def _over(incident: Incident, now: datetime, rules: Rules) -> bool:
    left = [aspect for aspect in aspects(incident) if aspect.lasts and not _long_gone(aspect, now, rules)]
    if left:
        return False
    last = max((finding.ended for finding in incident.findings if finding.ended), default=None)
    return last is None or not incident.reopened or now - last >= rules.flap_hold


def _long_gone(aspect: Aspect, now: datetime, rules: Rules) -> bool:
    gone = aspect.claim.gone if aspect.claim else None
    return gone is not None and now - gone >= rules.gone


def _severe(finding: Finding) -> bool:
    if finding.symptom is Symptom.DELAYED:
        late = finding.evidence.late_median
        return finding.share >= LATE_SHARE and late is not None and late >= LATE
    return finding.symptom in HARD and finding.share >= SEVERE_SHARE


def _symptom_keys(aspect: Aspect) -> tuple[str, ...]:
    return tuple(sorted(f"symptom:{aspect.symptom}:{direction}" for direction in covered(aspect.direction)))


def _state_keys(view: View) -> tuple[str, ...]:
    """Give the keys of all that the message shows: symptoms, severity, advisories and their advice."""
    symptoms = [key for aspect in lasting(view.incident) for key in _symptom_keys(aspect)]
    claims = [key for claim in view.incident.claims if is_open(claim) for key in _claim_keys(claim)]
    loud = ["severe"] if view.incident.severity is Severity.SEVERE else []
    measured = ["measured"] if view.incident.findings else []
    overdue = [key for item in _overdue(view) for key in item.keys]
    return tuple(dict.fromkeys([*symptoms, *loud, *measured, *claims, *overdue]))


def _claim_keys(claim: Claim) -> tuple[str, ...]:
    return (f"claim:{claim.reading.id}", f"action:{claim.reading.id}:{claim.reading.action}")


def _opened(view: View) -> Iterator[News]:
    about = tuple(claim.reading.id for claim in view.incident.claims if is_open(claim))
    yield News(reason=Reason.OPENED, keys=("opened", *_state_keys(view)), about=about)


def _resolved(view: View) -> Iterator[News]:
    if not view.told("resolved"):
        closed = tuple(f"claim:{claim.reading.id}" for claim in view.incident.claims)
        yield News(reason=Reason.RESOLVED, keys=("resolved", *closed))


def _late_words(view: View) -> Iterator[News]:
    """Say that a vendor confirms what is over, unless it is only the report that follows."""
    for claim in view.incident.claims:
        if view.told(f"claim:{claim.reading.id}") or claim.joined_by != CANARY or _reviewed(claim):
            continue
        fresh = view.incident.resolved and claim.first_seen - view.incident.resolved <= SHOWN_RECENTLY
        if fresh and claim.reading.state is not AdvisoryState.PRE_ALERT:
            yield News(reason=Reason.VENDOR_CONFIRMS, keys=_claim_keys(claim), about=(claim.reading.id,))


def _reviewed(claim: Claim) -> bool:
    return claim.reading.status.lower() == REVIEWED


def _reopened(view: View) -> Iterator[News]:
    if not view.told("resolved"):
        return
    again = [claim for claim in view.incident.claims if is_open(claim) and not view.told(f"claim:{claim.reading.id}")]
    if again and not _measured_lasts(view) and not any(_known_symptom(view, claim) for claim in again):
        return
    about = tuple(claim.reading.id for claim in again)
    yield News(reason=Reason.REOPENED, keys=("-resolved", *_state_keys(view)), about=about)


def _known_symptom(view: View, claim: Claim) -> bool:
    return any(key.startswith(f"symptom:{claim.reading.symptom}:") for key in view.incident.told)


def _measured_lasts(view: View) -> bool:
    return any(finding.ended is None for finding in view.incident.findings)


def _joined(view: View) -> Iterator[News]:
    for part in view.incident.parts:
        if not view.told(f"part:{part}"):
            came = tuple(claim.reading.id for claim in view.incident.claims if claim.joined_by != OPENED)
            about = came or tuple(claim.reading.id for claim in view.incident.claims)
            yield News(reason=Reason.JOINED, keys=(f"part:{part}", *_state_keys(view)), about=about)
    for claim in view.incident.claims:
        new = is_open(claim) and not view.told(f"claim:{claim.reading.id}")
        if new and claim.joined_by in {QUOTED, CAUSE, TITLE}:
            yield News(
                reason=Reason.JOINED,
                keys=("-resolved", *_claim_keys(claim), *_state_keys(view)),
                about=(claim.reading.id,),
            )


def _new_symptoms(view: View) -> Iterator[News]:
    for aspect in lasting(view.incident):
        if not any(key.startswith(f"symptom:{aspect.symptom}:") for key in view.incident.told):
            about = (str(aspect.symptom), *((aspect.claim.reading.id,) if aspect.claim else ()))
            yield News(reason=Reason.NEW_SYMPTOM, keys=_symptom_keys(aspect), about=about)


def _measured_now(view: View) -> Iterator[News]:
    if view.incident.findings and not view.told("measured"):
        yield News(reason=Reason.WORSE, keys=("measured",), about=("measured",))


def _worse(view: View) -> Iterator[News]:
    wider = tuple(
        key
        for aspect in lasting(view.incident)
        for key in _symptom_keys(aspect)
        if not view.told(key) and any(told.startswith(f"symptom:{aspect.symptom}:") for told in view.incident.told)
    )
    louder = ("severe",) if _steadily_severe(view) and not view.told("severe") else ()
    if wider or louder:
        yield News(reason=Reason.WORSE, keys=(*louder, *wider))


def _steadily_severe(view: View) -> bool:
    """Tell whether it is severe beyond doubt: messages fail outright, or have been late enough for a while."""
    lasts = [finding for finding in view.incident.findings if finding.ended is None]
    if any(finding.symptom in HARD and _severe(finding) for finding in lasts):
        return True
    since = view.incident.severe_since
    return since is not None and view.now - since >= view.rules.steady


def _confirms(view: View) -> Iterator[News]:
    for claim in view.incident.claims:
        if is_open(claim) and not view.told(f"claim:{claim.reading.id}"):
            yield News(reason=Reason.VENDOR_CONFIRMS, keys=_claim_keys(claim), about=(claim.reading.id,))


def _says_fixed(view: View) -> Iterator[News]:
    for claim in view.incident.claims:
        key = f"fixed:{claim.reading.id}"
        known = claim.reading.state not in CLOSED or view.told(key)
        if not known and _still_bad(view, claim) and _denied(claim, view.incident.findings):
            yield News(reason=Reason.VENDOR_SAYS_FIXED, keys=(key, *_claim_keys(claim)), about=(claim.reading.id,))


def _still_bad(view: View, claim: Claim) -> bool:
    """Tell whether enough is wrong right now to contradict the vendor; a stale calendar is looked up all the time."""
    return claim.reading.symptom is Symptom.CALENDAR_STALE or bad(view.tally) >= STILL_BAD


def _denied(claim: Claim, findings: tuple[Finding, ...]) -> bool:
    """Tell whether test messages still show what the vendor says is over, under its name for it or another."""
    said = claim.reading.symptom
    same = {said} | (HARD if said in HARD else frozenset()) | (SLOW if said in SLOW else frozenset())
    alike = [finding for finding in findings if finding.symptom in same] or findings
    return claim.reading.is_mail and is_measured(claim, [finding for finding in alike if finding.ended is None])


def _better(view: View) -> Iterator[News]:
    if not lasting(view.incident):
        return
    for aspect in ended(view.incident):
        key = f"ended:{aspect.symptom}"
        known = any(told.startswith(f"symptom:{aspect.symptom}:") for told in view.incident.told)
        if known and not view.told(key):
            yield News(reason=Reason.BETTER, keys=(key,), about=(str(aspect.symptom),))


def _not_listed(view: View) -> Iterator[News]:
    for claim in view.incident.claims:
        key = f"gone:{claim.reading.id}"
        if is_open(claim) and claim.gone is not None and not view.told(key):
            yield News(reason=Reason.NOT_LISTED, keys=(key,), about=(claim.reading.id,))


def _overdue(view: View) -> Iterator[News]:
    for claim in view.incident.claims:
        promised, key = claim.reading.next_update, f"overdue:{claim.reading.id}"
        quiet = view.feed_blind or claim.gone is not None or not is_open(claim) or view.told(key)
        if quiet or promised is None or promised < claim.first_seen:
            continue
        if view.now - promised >= view.rules.overdue:
            yield News(reason=Reason.OVERDUE, keys=(key,), about=(claim.reading.id,))


def _advice(view: View) -> Iterator[News]:
    for claim in view.incident.claims:
        key = f"action:{claim.reading.id}:{claim.reading.action}"
        told = any(other.startswith(f"action:{claim.reading.id}:") for other in view.incident.told)
        if is_open(claim) and told and not view.told(key) and claim.reading.action is not Action.NOTHING:
            yield News(reason=Reason.ADVICE_CHANGED, keys=(key,), about=(claim.reading.id,))


def _escalated(view: View) -> Iterator[News]:
    incident, done = view.incident, sum(key.startswith("escalated:") for key in view.incident.told)
    if incident.severity is not Severity.SEVERE or incident.acknowledged_by or incident.severe_rung is None:
        return
    if done < view.rules.escalations and view.now - incident.severe_rung >= (done + 1) * view.rules.escalate:
        yield News(reason=Reason.ESCALATED, keys=(f"escalated:{done + 1}",), about=(str(done + 1),))


def _reminder(view: View) -> Iterator[News]:
    last, loud = view.incident.last_rung, view.incident.severity in {Severity.SEVERE, Severity.WARNING}
    if loud and last is not None and view.now - last >= view.rules.remind:
        yield News(reason=Reason.REMINDER, keys=())
