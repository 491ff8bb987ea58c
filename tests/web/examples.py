"""An evening to show: outgoing mail refused, incoming mail late, one fault over, one that only the vendor tells of."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from httpx import ASGITransport, AsyncClient
from starlette.types import ASGIApp

from bot.types import (
    Action,
    AdvisoryState,
    Claim,
    Direction,
    DirectionNow,
    Evidence,
    Finding,
    Incident,
    Message,
    Post,
    Reading,
    Reason,
    Severity,
    Snapshot,
    SourceNow,
    Symptom,
    Tally,
)
from bot.web.health import Beat, Count, Health
from bot.web.history import DelayPoint
from bot.web.house import OPERATOR, House
from bot.web.overview import Overview, overview
from bot.web.site import Ports

WAYS = (Direction.OUTBOUND, Direction.INBOUND, Direction.INTERNAL)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Give a moment of July 2023."""
    return datetime(2023, 7, day, hour, minute, tzinfo=UTC)


NOW = at(18, 8, 41)


def finding(
    symptom: Symptom, direction: Direction, since: datetime, *, ended: datetime | None = None, stretch: str = "s1"
) -> Finding:
    """Give a finding, found six minutes after it began."""
    return Finding(
        id=f"{stretch}-{symptom}-{direction}",
        stretch=stretch,
        symptom=symptom,
        direction=direction,
        routes=("office-out",),
        vantages=("office",),
        since=since,
        found=since + timedelta(minutes=6),
        share=0.8,
        sure=0.99,
        evidence=Evidence(bad=4, of=5, reply="503 5.5.1 Bad sequence of commands"),
        ended=ended,
    )


def claim(id_: str, seen: datetime, *, state: AdvisoryState = AdvisoryState.ONGOING, text: str = "") -> Claim:
    """Give an advisory about outgoing mail, first seen at a time."""
    closed = state is AdvisoryState.RESOLVED
    reading = Reading(
        id=id_,
        source="microsoft",
        title=f"Title of {id_}",
        service="Exchange Online",
        is_mail=True,
        symptom=Symptom.SEND_FAILS,
        direction=Direction.OUTBOUND,
        action=Action.RESEND_BOUNCED,
        state=state,
        status="serviceDegradation",
        start=seen - timedelta(hours=2),
        end=seen + timedelta(hours=1) if closed else None,
        posts=(Post(at=seen, text=text),) if text else (),
    )
    return Claim(
        reading=reading, first_seen=seen, changed=seen, closed_seen=seen + timedelta(hours=1) if closed else None
    )


SEVERE = Incident(
    id="i1",
    opened=at(17, 15, 7),
    began=at(17, 15, 1),
    severity=Severity.SEVERE,
    findings=(
        finding(Symptom.DELAYED, Direction.INBOUND, at(17, 15, 1)),
        finding(Symptom.SEND_FAILS, Direction.OUTBOUND, at(18, 4, 55)),
    ),
    claims=(claim("EX649175", at(18, 7, 32), text="We're <b>investigating</b>"),),
)
CLAIMED = Incident(
    id="i2",
    opened=at(18, 8, 20),
    began=at(18, 8, 20),
    claims=(claim("EX649488", at(18, 8, 20)),),
    acknowledged_by="Ana",
)
OVER = Incident(
    id="i0",
    opened=at(14, 9, 12),
    began=at(14, 9, 5),
    resolved=at(14, 11, 40),
    findings=(finding(Symptom.DELAYED, Direction.INBOUND, at(14, 9, 5), ended=at(14, 11, 40), stretch="s0"),),
    claims=(claim("EX647001", at(14, 10, 1), state=AdvisoryState.RESOLVED),),
)
PART = Incident(id="i9", opened=at(18, 5), began=at(18, 5), resolved=at(18, 6), part_of="i1")


def message(incident: str, when: datetime, headline: str) -> Message:
    """Give a message that rang."""
    return Message(
        at=when,
        reason=Reason.OPENED,
        severity=Severity.SEVERE,
        headline=(headline,),
        advice=(),
        incident=incident,
    )


def direction(way: Direction, *symptoms: Symptom) -> DirectionNow:
    """Give a direction with its symptoms, whose last test message took nine seconds."""
    return DirectionNow(
        direction=way,
        symptoms=symptoms,
        last_arrived=at(18, 8, 40),
        last_latency=timedelta(seconds=9),
        usual=timedelta(seconds=6),
        recent=Tally(sent=10, arrived=6, refused=4),
    )


QUIET = Snapshot(
    at=NOW,
    directions=tuple(direction(way) for way in WAYS),
    past=(OVER,),
    sources=(SourceNow(source="microsoft", last_read=at(18, 8, 40)),),
)
BAD = Snapshot(
    at=NOW,
    directions=(
        direction(Direction.OUTBOUND, Symptom.SEND_FAILS),
        direction(Direction.INBOUND, Symptom.DELAYED),
        direction(Direction.INTERNAL),
    ),
    open=(CLAIMED, SEVERE),
    past=(PART, OVER),
    sources=(
        SourceNow(source="microsoft", last_read=at(18, 8, 40)),
        SourceNow(source="tests:office", blind_since=at(18, 6), error="HTTP 503"),
    ),
    advisories=SEVERE.claims,
    messages=(
        message("i1", at(18, 4, 58), "Told about the incident."),
        message("i9", at(18, 5), "Told about its part."),
        message("i0", at(14, 9, 12), "Told about another."),
    ),
)
GOOD_HEALTH = Health(
    at=NOW,
    started=at(17, 0),
    beats=(Beat(loop="canary", age=timedelta(minutes=1), deadline=timedelta(minutes=5)),),
    counts={Count.OBSERVATIONS: 7},
)


class PastOf:
    """A history that gives what it was given, and notes what was asked."""

    def __init__(self, points: Sequence[DelayPoint] = (), *, tenant: str = "default") -> None:
        self.points = points
        self.tenant = tenant
        self.asked: list[tuple[datetime, datetime, timedelta]] = []

    async def delays(self, tenant: str, *, since: datetime, until: datetime, step: timedelta) -> Sequence[DelayPoint]:
        """Give the points of the time asked for."""
        assert tenant == self.tenant
        self.asked.append((since, until, step))
        return [point for point in self.points if since <= point.at < until]


def points(*ways: Direction, since: datetime = NOW - timedelta(days=8)) -> list[DelayPoint]:
    """Give a point an hour and direction, one message in four refused."""
    hours = (NOW - since) // timedelta(hours=1)
    return [
        DelayPoint(
            at=since.replace(minute=0) + timedelta(hours=hour),
            direction=way,
            arrived=45,
            failed=15,
            median=timedelta(seconds=4),
            worst=timedelta(seconds=40),
        )
        for hour in range(hours)
        for way in ways
    ]


def ports(snapshot: Snapshot = BAD, *, health: Health = GOOD_HEALTH, language: str = "en") -> Ports:
    """Give what the site needs, over one snapshot that does not change."""
    return Ports(snapshot=lambda _: snapshot, health=lambda: health, history=PastOf(points(*WAYS)), language=language)


async def nobody() -> Overview:
    """See nothing open anywhere."""
    return overview([], at=NOW, watched=1)


def alone(own: Ports) -> House:
    """Give the house of one company."""
    return House(
        ports=lambda tenant: own if tenant == own.tenant else None,
        tenants=lambda: [own.tenant],
        snapshots=lambda: [own.snapshot(own.tenant)],
        health=own.health,
        everybody=nobody,
        person=lambda _: OPERATOR,
        language=own.language,
    )


def browser(app: ASGIApp) -> AsyncClient:
    """Give a client of an app in this process."""
    return AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1:8025")
