"""A story: what the feed listed and the test messages showed, minute by minute, and word for word what people were told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from bot.advisories import read
from bot.types import Change, Direction, Evidence, Finding, Moment, Place, Symptom, Tally, Where
from bot.words import catalogue, plain, tell
from tests.correlate.build import Teller

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUIET = Tally(sent=40, arrived=40)


def issue(id_: str, title: str, impact: str, **fields: object) -> dict[str, object]:
    """Give an issue in Graph's form, open and about Exchange Online unless told otherwise."""
    return {
        "id": id_,
        "title": title,
        "impactDescription": impact,
        "service": "Exchange Online",
        "feature": "E-Mail timely delivery",
        "classification": "incident",
        "status": "serviceDegradation",
        "isResolved": False,
        "startDateTime": "2026-03-02T08:00:00Z",
        "endDateTime": None,
        "posts": [],
        **fields,
    }


def post(at: str, text: str) -> dict[str, object]:
    """Give a post in Graph's form."""
    return {"createdDateTime": at, "postType": "regular", "description": {"contentType": "html", "content": text}}


def closed(raw: Mapping[str, object], end: str, *posts: dict[str, object]) -> dict[str, object]:
    """Give an issue as it is closed, with its last posts."""
    before = raw["posts"]
    assert isinstance(before, list)
    ended = {"status": "serviceRestored", "isResolved": True, "endDateTime": end}
    return {**raw, **ended, "posts": [*before, *posts]}


def refused(since: str, *, reply: str = "503 5.5.1 Bad sequence of commands", stretch: str = "1") -> Finding:
    """Give a finding: six of ten outgoing messages are refused."""
    return _finding(Symptom.SEND_FAILS, since, stretch, Evidence(bad=6, of=10, reply=reply))


def bounced(since: str, direction: Direction = Direction.OUTBOUND) -> Finding:
    """Give a finding: seven of ten messages bounce."""
    return replace(_finding(Symptom.BOUNCED, since, "1", Evidence(bad=7, of=10, reply="5.7.705")), direction=direction)


def late(since: str, *, stretch: str = "1") -> Finding:
    """Give a finding: half of all messages are eighteen minutes late."""
    by = timedelta(minutes=18)
    seen = Evidence(bad=10, of=20, usual=timedelta(seconds=9), late_median=by, late_worst=by)
    return replace(_finding(Symptom.DELAYED, since, stretch, seen), direction=Direction.BOTH, share=0.5)


def held_at(since: str, where: Where | None, *, minutes: int) -> Finding:
    """Give a finding: incoming messages take fifteen minutes, so many of them in one place."""
    took = timedelta(minutes=15)
    place = Place(where=where, held=timedelta(minutes=minutes), of=took) if where else None
    seen = Evidence(
        bad=8, of=10, usual=timedelta(seconds=9), late_median=took, late_worst=timedelta(minutes=19), place=place
    )
    return replace(_finding(Symptom.DELAYED, since, "1", seen), direction=Direction.INBOUND)


def over(finding: Finding, at: str) -> Finding:
    """Give a finding as it ended."""
    return replace(finding, ended=moment(at))


def moment(text: str) -> datetime:
    """Read a moment such as ``2026-03-02 08:00`` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _finding(symptom: Symptom, since: str, stretch: str, evidence: Evidence) -> Finding:
    start = moment(since)
    return Finding(
        id=f"{stretch}/{symptom}",
        stretch=stretch,
        symptom=symptom,
        direction=Direction.OUTBOUND,
        routes=("outbound-eu", "outbound-us"),
        vantages=("eu", "us"),
        since=start,
        found=start + 2 * MINUTE,
        share=evidence.bad / evidence.of,
        sure=0.99,
        evidence=evidence,
    )


@dataclass
class Evening:
    """A story that is being told; times pass minute by minute between what happens."""

    clock: datetime
    teller: Teller = field(default_factory=lambda: Teller(tally=QUIET))
    seen: dict[str, Finding] = field(default_factory=dict)

    @staticmethod
    def starts(at: str) -> "Evening":
        """Begin at a moment."""
        return Evening(clock=moment(at))

    def lists(self, at: str, raw: Mapping[str, object]) -> None:
        """Let the feed list an issue."""
        self.until(at)
        self.teller.says(read(raw, now=self.clock), self.clock)

    def drops(self, at: str, advisory: str) -> None:
        """Let the feed list an issue no more."""
        self.until(at)
        self.teller.drops(advisory, self.clock)

    def shows(self, at: str, *findings: Finding, tally: Tally = QUIET) -> None:
        """Let the test messages show trouble, or that it ended."""
        self.until(at)
        self.seen |= {finding.id: finding for finding in findings}
        self.teller.sees(*self.seen.values(), at=self.clock, tally=tally)
        self.seen = {id_: finding for id_, finding in self.seen.items() if finding.ended is None}

    def goes_blind(self, at: str) -> None:
        """Let the feed fail."""
        self.until(at)
        self.teller.blind(self.clock)

    def sees_again(self, at: str) -> None:
        """Let the feed be read again."""
        self.until(at)
        self.teller.back(self.clock)

    def until(self, at: str) -> None:
        """Let time pass, a minute at a time."""
        end = moment(at)
        while self.clock + MINUTE <= end:
            self.clock += MINUTE
            self.teller.at(self.clock)
        self.clock = end

    def told(self) -> str:
        """Give word for word what people were told, and when, why and as which incident."""
        return "\n\n".join(_entry(change) for change in self.teller.told if change.rings) + "\n"


def _entry(change: Change) -> str:
    when = catalogue("en").moment(Moment(at=change.at, with_date=True))
    number = change.incident.id if change.incident else "-"
    return f"{when}, {number}, {change.reason}\n{plain(tell(change))}"


@cache
def events(story: Callable[[], Evening]) -> tuple[Change, ...]:
    """Give all that is new in a story, which is told once for every test that only reads it."""
    return tuple(story().teller.told)
