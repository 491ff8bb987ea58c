"""An evening of tickets: what Microsoft lists when, and what people are to read of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.types import Reason
from tests.chaos.oracle import Ring

OPEN, OVER, JOINS = "opened", "over", "joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One advisory; its title decides by which words people are told."""

    id: str
    title: str
    feature: str = "E-Mail timely delivery"
    again: str = ""
    """What people read when it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is listed from a moment on, and the ring that it is worth."""

    ticket: Ticket
    state: str
    reason: Reason
    says: str
    post: str = ""
    """The newest post's words."""

    @property
    def ring(self) -> Ring:
        """Name it by ticket and state."""
        return Ring(name=f"{self.ticket.id} {self.state}", says=self.says)


@dataclass(slots=True)
class Strand:
    """Steps that follow one another: each waits until the bot has taken the one before it in."""

    steps: Sequence[Step]
    posts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    began: dict[str, datetime] = field(default_factory=dict)

    def issue(self, step: Step, now: datetime) -> dict[str, Any]:
        """Give the ticket as Graph lists it from this step on."""
        posts = self.posts.setdefault(step.ticket.id, [])
        posts.append(_post(step.post or f"Number {len(posts) + 1}: we are looking into it.", now))
        over = step.state == OVER
        return {
            "id": step.ticket.id,
            "title": step.ticket.title,
            "impactDescription": f"{step.ticket.title}.",
            "classification": "incident",
            "feature": step.ticket.feature,
            "featureGroup": "E-Mail and calendar",
            "service": "Exchange Online",
            "origin": "microsoft",
            "status": "serviceRestored" if over else "serviceDegradation",
            "isResolved": over,
            "highImpact": None,
            "details": [],
            "startDateTime": _stamp(self.began.setdefault(step.ticket.id, now)),
            "endDateTime": _stamp(now) if over else None,
            "lastModifiedDateTime": _stamp(now),
            "posts": list(posts),
        }


SEARCH = Ticket(
    id="EX1000000",
    title="Users may get no results when searching their mailboxes",
    again="Search in mail works again",
)
CALENDAR = Ticket(
    id="EX1001000", title="Users may see outdated free/busy information in calendars", again="Calendars are right again"
)
HELD = Ticket(
    id="EX1002000", title="Legitimate messages may be quarantined as spam", again="Good mail is no longer held"
)
CLOSED = Ticket(
    id="EX1003000", title="Users may be unable to access their mailboxes", again="Mailboxes can be opened again"
)
BOUNCED = Ticket(
    id="EX1004000",
    title="Users' outgoing messages may bounce with a non-delivery report",
    again="Mail no longer bounces",
)
RETURNED = Ticket(id="EX1005000", title="Email sent by users may be returned as undeliverable")


def evening() -> list[Strand]:
    """Give what happens side by side: three tickets that come and go, one that is back, two that are one fault."""
    lives = [Strand([_opens(one), _ends(one)]) for one in (SEARCH, CALENDAR, HELD)]
    back = Step(ticket=CLOSED, state="back", reason=Reason.REOPENED, says=r"It is back\.", post="It has come back.")
    twice = Strand([_opens(CLOSED), _ends(CLOSED), back])
    joins = Step(
        ticket=RETURNED,
        state=JOINS,
        reason=Reason.JOINED,
        says=rf"{RETURNED.id} is part of the same fault",
        post=f"This has the same cause as {BOUNCED.id}.",
    )
    return [*lives, twice, Strand([_opens(BOUNCED), joins])]


def rings(strands: Sequence[Strand]) -> list[Ring]:
    """Give all that people are to be told."""
    return [step.ring for strand in strands for step in strand.steps]


def _opens(ticket: Ticket) -> Step:
    return Step(ticket=ticket, state=OPEN, reason=Reason.OPENED, says=rf"reports a fault \({ticket.id}\)")


def _ends(ticket: Ticket) -> Step:
    return Step(ticket=ticket, state=OVER, reason=Reason.RESOLVED, says=ticket.again, post="This is over.")


def _post(words: str, at: datetime) -> dict[str, Any]:
    description = {"contentType": "html", "content": words}
    return {"createdDateTime": _stamp(at), "postType": "regular", "description": description}


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
