"""Nouns to store."""

from datetime import UTC, datetime, timedelta

from bot.types import (
    Action,
    AdvisoryState,
    Change,
    Claim,
    Direction,
    Draft,
    Evidence,
    Finding,
    Incident,
    Kind,
    Message,
    Moment,
    Post,
    Reading,
    Reason,
    Severity,
    Symptom,
    Tally,
)

T0 = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def finding(share: float = 0.5) -> Finding:
    """Make a finding of refused mail."""
    return Finding(
        id="f1",
        stretch="s1",
        symptom=Symptom.SEND_FAILS,
        direction=Direction.OUTBOUND,
        routes=("out",),
        vantages=("home",),
        since=T0,
        found=T0 + MINUTE,
        share=share,
        sure=0.99,
        evidence=Evidence(bad=5, of=10, reply="451 4.7.500 busy", usual=3 * SECOND),
    )


def claim() -> Claim:
    """Make a vendor's claim."""
    reading = Reading(
        id="EX1",
        source="microsoft",
        title="Users can't send",
        service="Exchange Online",
        is_mail=True,
        symptom=Symptom.SEND_FAILS,
        direction=Direction.OUTBOUND,
        action=Action.RESEND_BOUNCED,
        state=AdvisoryState.ONGOING,
        status="serviceDegradation",
        posts=(Post(at=T0, text="We are looking."),),
    )
    return Claim(reading=reading, first_seen=T0, changed=T0 + MINUTE)


def incident(id_: str = "1", *, tenant: str = "default", resolved: datetime | None = None) -> Incident:
    """Make an incident with a finding and a claim."""
    return Incident(
        id=id_,
        opened=T0 + MINUTE,
        began=T0,
        findings=(finding(),),
        claims=(claim(),),
        severity=Severity.SEVERE,
        told=("symptom:send_fails",),
        resolved=resolved,
        tenant=tenant,
    )


def change(about: Incident | None, *, at: datetime = T0, rings: bool = True) -> Change:
    """Make a change of an incident."""
    return Change(
        at=at,
        reason=Reason.OPENED if about else Reason.CANNOT_SEE,
        incident=about,
        rings=rings,
        why="something new",
        about=("EX1",),
        tally=Tally(sent=10, arrived=5, refused=5, median=3 * SECOND),
    )


def message(incident_id: str | None = "1", *, tenant: str = "default") -> Message:
    """Make a message with a time inside its words."""
    return Message(
        at=T0,
        reason=Reason.OPENED,
        severity=Severity.SEVERE,
        headline=("Sending fails since ", Moment(at=T0)),
        advice=("Wait.",),
        facts=(("5 of 10 refused",),),
        incident=incident_id,
        tenant=tenant,
    )


def draft(
    key: str, kind: Kind = Kind.HEAD, *, to: str = "slack", due: datetime = T0, about: Message | None = None
) -> Draft:
    """Make a draft, due at once."""
    return Draft(destination=to, kind=kind, message=about or message(), key=key, due=due)
