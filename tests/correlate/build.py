"""Readings, findings and a book that is told what happens, for the tests of correlation and words."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.correlate import (
    Book,
    changes,
    take_back,
    take_blind,
    take_cut_off,
    take_findings,
    take_gone,
    take_order,
    take_reading,
)
from bot.types import (
    Action,
    AdvisoryState,
    Change,
    Direction,
    Evidence,
    Finding,
    Incident,
    Order,
    Reading,
    Rules,
    Symptom,
    Tally,
    Verb,
)
from tests.handlers.people import ANA

T0 = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

WELL = Tally(sent=40, arrived=40)
REFUSING = Tally(sent=40, arrived=20, refused=20)
BASE = Reading(
    id="EX1000001",
    source="microsoft",
    title="Users may be unable to access their mailbox",
    service="Exchange Online",
    is_mail=True,
    symptom=Symptom.CANNOT_ACCESS_MAILBOX,
    direction=Direction.NONE,
    action=Action.RETRY_LATER,
    state=AdvisoryState.ONGOING,
    status="serviceDegradation",
    start=T0,
    modified=T0,
)

SENDING = replace(
    BASE,
    id="EX1000002",
    title="Users may be unable to send email",
    symptom=Symptom.SEND_FAILS,
    direction=Direction.OUTBOUND,
    action=Action.RESEND_BOUNCED,
)
LATENESS = replace(
    BASE,
    id="EX1000003",
    title="Email may be delayed",
    symptom=Symptom.DELAYED,
    direction=Direction.BOTH,
    action=Action.WAIT,
)


def closed(reading: Reading, end: datetime | None = None) -> Reading:
    """Give the advisory as its vendor closes it."""
    return replace(reading, state=AdvisoryState.RESOLVED, status="serviceRestored", end=end, action=Action.NOTHING)


def refused(
    since: datetime = T0, *, share: float = 0.6, direction: Direction = Direction.OUTBOUND, stretch: str = "s1"
) -> Finding:
    """Give a finding of refused messages."""
    evidence = Evidence(bad=6, of=10, reply="503 5.5.1 Bad sequence of commands")
    return _finding(Symptom.SEND_FAILS, since, direction=direction, stretch=stretch, share=share, evidence=evidence)


def late(
    since: datetime = T0,
    *,
    by: timedelta = timedelta(minutes=18),
    share: float = 0.4,
    direction: Direction = Direction.BOTH,
    stretch: str = "s1",
) -> Finding:
    """Give a finding of late messages."""
    evidence = Evidence(bad=8, of=20, usual=timedelta(seconds=9), late_median=by, late_worst=by)
    return _finding(Symptom.DELAYED, since, direction=direction, stretch=stretch, share=share, evidence=evidence)


def other(symptom: Symptom, since: datetime = T0, *, direction: Direction = Direction.OUTBOUND) -> Finding:
    """Give a finding of another symptom."""
    return _finding(
        symptom, since, direction=direction, stretch="s1", share=0.5, evidence=Evidence(bad=5, of=10, reply="5.4.1")
    )


def over(finding: Finding, at: datetime) -> Finding:
    """Give the finding as it ended."""
    return replace(finding, ended=at)


def _finding(
    symptom: Symptom, since: datetime, *, direction: Direction, stretch: str, share: float, evidence: Evidence
) -> Finding:
    return Finding(
        id=f"{stretch}/{symptom}",
        stretch=stretch,
        symptom=symptom,
        direction=direction,
        routes=("outbound-eu",),
        vantages=("eu",),
        since=since,
        found=since + 2 * MINUTE,
        share=share,
        sure=0.99,
        evidence=evidence,
    )


@dataclass
class Teller:
    """A book and all that it was told; each call gives what is new."""

    rules: Rules = field(default_factory=Rules)
    book: Book = field(default_factory=Book)
    tally: Tally = WELL
    told: list[Change] = field(default_factory=list)

    def says(self, reading: Reading, at: datetime) -> list[Change]:
        """Let the feed list an advisory."""
        self.book = take_reading(self.book, reading, at)
        return self.at(at)

    def drops(self, advisory: str, at: datetime) -> list[Change]:
        """Let the feed list an advisory no more."""
        self.book = take_gone(self.book, advisory, at)
        return self.at(at)

    def sees(self, *findings: Finding, at: datetime, tally: Tally | None = None) -> list[Change]:
        """Let the test messages show something."""
        self.tally = tally or self.tally
        self.book = take_findings(self.book, findings, at, self.rules.flap)
        self.book = take_cut_off(self.book, findings, at)
        return self.at(at)

    def blind(self, at: datetime, source: str = "microsoft") -> list[Change]:
        """Let the feed fail."""
        self.book = take_blind(self.book, source, "503", at)
        return self.at(at)

    def back(self, at: datetime, source: str = "microsoft") -> list[Change]:
        """Let the feed be read again."""
        self.book = take_back(self.book, source, at)
        return self.at(at)

    def orders(
        self, verb: Verb, at: datetime, *, incident: str = "1", advisory: str = "", note: str = ""
    ) -> list[Change]:
        """Let a person ask for something."""
        order = Order(at=at, person="Ada", by=ANA, verb=verb, incident=incident, advisory=advisory, note=note)
        self.book, found = take_order(self.book, order)
        self.told += found
        return found

    def at(self, now: datetime) -> list[Change]:
        """Let time pass."""
        self.book, found = changes(self.book, now, self.rules, self._count)
        self.told += found
        return found

    def rung(self) -> list[str]:
        """Give the reasons of all that rang."""
        return [str(change.reason) for change in self.told if change.rings]

    def incident(self, id_: str = "1") -> Incident:
        """Give an incident as it stands."""
        found = self.book.incident(id_)
        assert found is not None
        return found

    def _count(self, directions: Collection[Direction] | None) -> Tally:
        del directions
        return self.tally


def reasons(found: list[Change]) -> list[str]:
    """Give the reasons of those that ring."""
    return [str(change.reason) for change in found if change.rings]


def quiet(found: list[Change]) -> list[tuple[str, str]]:
    """Give reason and why of those that do not ring."""
    return [(str(change.reason), change.why) for change in found if not change.rings]
