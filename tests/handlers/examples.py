"""Examples that the tests of handlers share."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.faults import Hang
from bot.types import (
    Action,
    AdvisoryState,
    Claim,
    Delivery,
    Direction,
    DirectionNow,
    Evidence,
    Finding,
    Incident,
    Kind,
    Landed,
    Message,
    Moment,
    Post,
    Reading,
    Reason,
    Severity,
    Snapshot,
    Symptom,
)

NOW = datetime(2023, 7, 18, 5, 9, tzinfo=UTC)
IMPATIENT, PATIENT = timedelta(seconds=0.5), timedelta(seconds=30)
BEGAN = NOW - timedelta(minutes=9)


def patience(request: pytest.FixtureRequest) -> timedelta:
    """How long a test waits for an answer: long enough on any machine, but where the answer never comes."""
    callspec = getattr(request.node, "callspec", None)
    hangs = callspec and any(isinstance(one, Hang) for one in callspec.params.values())
    return IMPATIENT if hangs else PATIENT


class TestClock:
    """A clock that stands still until somebody sleeps on it."""

    __test__ = False

    def __init__(self, at: datetime = NOW) -> None:
        """Begin at ``at``."""
        self.at = at
        self.slept: list[timedelta] = []

    def now(self) -> datetime:
        """Tell the moment."""
        return self.at

    async def sleep(self, length: timedelta) -> None:
        """Pass at once."""
        self.slept.append(length)
        self.at += length


def message(**changes: object) -> Message:
    """Give what people were told at the start of an outage, with what is to be different."""
    told: dict[str, object] = {
        "at": NOW,
        "reason": Reason.OPENED,
        "severity": Severity.SEVERE,
        "headline": ("Sending mail fails.",),
        "advice": ("Resend what bounced, after the fix.",),
        "facts": (("It began at ", Moment(at=BEGAN), "."), ("6 of 10 test messages were refused.",)),
        "vendor": ("Microsoft has said nothing yet.",),
        "basis": ("Measured on 2 routes.",),
        "incident": "1",
    }
    return Message(**(told | changes))  # type: ignore[arg-type]  # examples are checked by what they test


def delivery(
    kind: Kind = Kind.HEAD, *, head: Landed | None = None, said: Message | None = None, **more: object
) -> Delivery:
    """Give a delivery of the example message, claimed for the first time."""
    claimed: dict[str, object] = {"attempts": 1, "fence": 1, "key": f"key-of-{kind}", "wanted": NOW, "id": 7}
    return Delivery(
        destination="it",
        kind=kind,
        message=said or message(),
        head=head,
        **(claimed | more),  # type: ignore[arg-type]  # as above
    )


def finding(**changes: object) -> Finding:
    """Give a measured refusal of outgoing mail."""
    found: dict[str, object] = {
        "id": "f1",
        "stretch": "s1",
        "symptom": Symptom.SEND_FAILS,
        "direction": Direction.OUTBOUND,
        "routes": ("outbound-eu",),
        "vantages": ("eu",),
        "since": BEGAN,
        "found": NOW - timedelta(minutes=4),
        "share": 0.6,
        "sure": 0.99,
        "evidence": Evidence(bad=6, of=10, reply="503 5.5.1 Bad <sequence> of *commands*"),
    }
    return Finding(**(found | changes))  # type: ignore[arg-type]  # as above


def claim(id_: str = "EX649175", **changes: object) -> Claim:
    """Give an advisory that says the same."""
    read: dict[str, object] = {
        "id": id_,
        "source": "microsoft",
        "title": "Some users may be unable to send Exchange Online email messages",
        "service": "Exchange Online",
        "is_mail": True,
        "symptom": Symptom.SEND_FAILS,
        "direction": Direction.OUTBOUND,
        "action": Action.RESEND_BOUNCED,
        "state": AdvisoryState.ONGOING,
        "status": "serviceDegradation",
        "start": BEGAN,
        "next_update": NOW + timedelta(hours=1),
        "posts": (Post(at=NOW - timedelta(minutes=2), text="We are looking into it. " * 40),),
    }
    return Claim(
        reading=Reading(**(read | changes)),  # type: ignore[arg-type]  # as above
        first_seen=NOW - timedelta(minutes=1),
        changed=NOW - timedelta(minutes=1),
    )


def incident(id_: str = "1", **changes: object) -> Incident:
    """Give an open incident that is measured."""
    known: dict[str, object] = {
        "id": id_,
        "opened": NOW - timedelta(minutes=4),
        "began": BEGAN,
        "findings": (finding(),),
        "severity": Severity.SEVERE,
    }
    return Incident(**(known | changes))  # type: ignore[arg-type]  # as above


def snapshot(**changes: object) -> Snapshot:
    """Give an evening with one open incident."""
    stands: dict[str, object] = {
        "at": NOW,
        "directions": (
            DirectionNow(
                direction=Direction.OUTBOUND,
                symptoms=(Symptom.SEND_FAILS,),
                last_arrived=NOW - timedelta(minutes=3),
                last_latency=timedelta(seconds=4),
            ),
            DirectionNow(
                direction=Direction.INBOUND,
                last_arrived=NOW - timedelta(minutes=1),
                last_latency=timedelta(seconds=3),
            ),
        ),
        "open": (incident(),),
    }
    return Snapshot(**(stands | changes))  # type: ignore[arg-type]  # as above


def healthy() -> Snapshot:
    """Give a day on which mail flows."""
    flowing = tuple(
        DirectionNow(direction=way, last_arrived=NOW - timedelta(minutes=1), last_latency=timedelta(seconds=3))
        for way in (Direction.OUTBOUND, Direction.INBOUND)
    )
    return snapshot(directions=flowing, open=())
