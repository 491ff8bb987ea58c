"""17 to 19 July 2023: mail is late, sending is refused, and three tickets turn out to be one fault.

The times are those of EX648815, EX649175 and EX649488 as far as they are known; the posts are in our own words.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from bot.demo.mail.faults import BAD_SEQUENCE, MailFault, Trouble
from bot.demo.story import Event, Scene, Story, breaks, expect, freezes, mends

_OUT = ("outbound-eu", "outbound-us")
_IN = ("inbound-eu", "inbound-us")

_LATE = r"\b(late|later|delay\w*|slow\w*|waiting|held up)\b"
_REFUSED = r"refus|reject|503|not (being )?(sent|accepted)|can.?(no|.)t (be )?sen[dt]"
_RESEND = r"\b(re-?sen[dt]|sen[dt]\b[^.]{0,60}\bagain)"
_SAYS_FIXED = r"\b(fixed|over|restored|resolved|undone|ended|closed)\b"
_STILL = r"refus|fail|still|not yet"
_OVER = r"\b(normal|all clear|is over|has ended|recovered|resolved|on time|caught up|as usual|(flow|work)\w* again)\b"


def july_2023() -> Story:
    """Give the story; a new one for every telling, since faults are mended only once."""
    return Story(name="July 2023", scenes=_SCENES, events=(*_mail(), *_calendars(), *_feed()))


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2023, 7, day, hour, minute, tzinfo=UTC)


_SCENES = (
    Scene(
        name="mail begins to be late",
        opens=_at(17, 14, 48),
        closes=_at(17, 15, 24),
        expects=(expect("mail is late", _at(17, 15), _LATE, "mail", within=timedelta(minutes=8)),),
        lingers=timedelta(minutes=10),
    ),
    Scene(
        name="Microsoft's first word",
        opens=_at(17, 22, 4),
        closes=_at(17, 22, 24),
        expects=(expect("Microsoft confirms the delays", _at(17, 22, 10), "EX648815", "Microsoft"),),
    ),
    Scene(
        name="sending is refused",
        opens=_at(18, 4, 50),
        closes=_at(18, 5, 22),
        expects=(expect("sending is refused, resend after the fix", _at(18, 5), _REFUSED, _RESEND),),
        lingers=timedelta(minutes=6),
    ),
    Scene(
        name="Microsoft confirms the refusals",
        opens=_at(18, 7, 24),
        closes=_at(18, 7, 40),
        expects=(expect("Microsoft confirms the refusals", _at(18, 7, 32), "EX649175", "Microsoft"),),
    ),
    Scene(
        name="Microsoft says fixed, and it is not",
        opens=_at(18, 10, 24),
        closes=_at(18, 11, 22),
        expects=(
            expect(
                "Microsoft says fixed, we still see it",
                _at(18, 10, 39),
                "Microsoft",
                _SAYS_FIXED,
                _STILL,
                within=timedelta(minutes=15),
            ),
            expect("sending works again: resend", _at(18, 10, 55), _RESEND, r"\b(works?|goes out|better|fixed)\b"),
        ),
    ),
    Scene(
        name="the queues drain",
        opens=_at(18, 19, 20),
        closes=_at(18, 20, 20),
        expects=(expect("the all-clear", _at(18, 19, 30), _OVER),),
    ),
    Scene(
        name="the third ticket",
        opens=_at(19, 8, 54),
        closes=_at(19, 9, 22),
        expects=(
            expect("calendars belong to it", _at(19, 9, 2), "EX649488", "calendar|free/busy|availab"),
            # Nothing new to do, so it rings nobody: where a message can be edited, it says so from now on.
            expect("our own calendar shows it too", _at(19, 9, 2), r"calendars show old times", channels=("Slack",)),
        ),
    ),
)


def _mail() -> list[Event]:
    late = MailFault(trouble=Trouble.DELAY, routes=(*_OUT, *_IN), share=0.5, delay=timedelta(seconds=1100))
    refused = MailFault(trouble=Trouble.REFUSE, routes=_OUT, share=0.6, reply=BAD_SEQUENCE)
    return [
        breaks(_at(17, 15), "half of all mail in and out begins to wait in a queue", late),
        breaks(_at(18, 5), "six of ten messages to the outside are refused", refused),
        mends(_at(18, 10, 55), "messages to the outside are taken again", refused),
        mends(_at(18, 19, 30), "the queues drain", late),
    ]


def _calendars() -> list[Event]:
    return [
        # Fixed on 26 July, long after the story.
        freezes(_at(19, 8, 56), "calendars show no more what is changed in them"),
    ]


def _feed() -> list[Event]:
    return [
        _posts(_at(17, 22, 10), _late_issue(_LOOKING)),
        _posts(_at(18, 7, 32), _send_issue(_REFUSING)),
        _posts(_at(18, 10, 39), _send_issue(_REFUSING, _UNDONE, end=_at(18, 8, 25))),
        Event(
            at=_at(18, 10, 45),
            what="Microsoft lists EX649175 no more",
            happen=lambda world: world.graph.withdraw("EX649175"),
        ),
        _posts(_at(18, 19, 40), _late_issue(_LOOKING, _DRAINED, end=_at(18, 19, 30))),
        _posts(_at(19, 9, 2), _busy_issue(_STALE)),
    ]


def _posts(at: datetime, issue: dict[str, Any]) -> Event:
    word = "closes" if issue["isResolved"] else "opens"
    return Event(at=at, what=f"Microsoft {word} {issue['id']}", happen=lambda world: world.graph.publish(issue))


_Post: TypeAlias = dict[str, Any]


def _post(at: datetime, *paragraphs: str) -> _Post:
    description = {"contentType": "html", "content": "<br/><br/>".join(paragraphs)}
    return {"createdDateTime": _stamp(at), "postType": "regular", "description": description}


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


_LOOKING = _post(
    _at(17, 22, 10),
    "Title: Email to and from Exchange Online mailboxes may arrive late",
    "User impact: Messages in both directions may take 15 minutes or more.",
    "Current status: We're reading the transport queues to learn where messages are held.",
    "Next update by: Tuesday, July 18, 2023, at 12:00 AM UTC",
)
_REFUSING = _post(
    _at(18, 7, 32),
    "Title: Users may be unable to send email",
    "User impact: Messages that users send from Exchange Online may not go out.",
    "More info: Senders who are affected get &quot;503 5.5.1 Bad sequence of commands&quot;.",
    "Current status: We traced this to a recent change in how free/busy data is handled, and are preparing to take its "
    "effect back.",
    "Next update by: Tuesday, July 18, 2023, at 9:30 AM UTC",
)
_UNDONE = _post(
    _at(18, 10, 39),
    "Final status: We took back what kept messages from being sent, and monitoring shows that users can send again.",
    "Root cause: An update flooded Exchange Online with free/busy Control Flow Messages (CFM). The interceptor rule "
    "that we put in place to drop them caught ordinary mail as well.",
)
_DRAINED = _post(
    _at(18, 19, 40),
    "Final status: The queues are empty and messages arrive in the usual time again.",
    "Root cause: The flood of free/busy Control Flow Messages (CFM), together with the interceptor rule meant to drop "
    "them, slowed down mail.",
)
_STALE = _post(
    _at(19, 9, 2),
    "User impact: What calendars show as free or busy may be out of date, however people connect.",
    "Root cause: An update intended to make free/busy lookups better produced a flood of free/busy Control Flow "
    "Messages (CFM), and free/busy data was not refreshed.",
)


def _late_issue(*posts: _Post, end: datetime | None = None) -> dict[str, Any]:
    return {
        "id": "EX648815",
        "title": "Users' incoming and outgoing Exchange Online email may be delayed by 15 minutes or more",
        "impactDescription": "Users' incoming and outgoing email may be delayed by 15 minutes or more.",
        "classification": "incident",
        "feature": "E-Mail timely delivery",
        **_rest(_at(17, 15), end, posts),
    }


def _send_issue(*posts: _Post, end: datetime | None = None) -> dict[str, Any]:
    return {
        "id": "EX649175",
        "title": "Users may be unable to send email messages from Exchange Online",
        "impactDescription": "Users may be unable to send email messages from Exchange Online.",
        "classification": "incident",
        "feature": "E-Mail and calendar access",
        **_rest(_at(18, 5), end, posts),
    }


def _busy_issue(*posts: _Post) -> dict[str, Any]:
    return {
        "id": "EX649488",
        "title": "Users may see outdated free/busy information in Exchange Online calendars",
        "impactDescription": "Users may see outdated free/busy information.",
        "classification": "advisory",
        "feature": "Calendar",
        **_rest(_at(17, 12), None, posts),
    }


def _rest(start: datetime, end: datetime | None, posts: tuple[_Post, ...]) -> dict[str, Any]:
    """Give what all issues have in the same way, as live tenants spell it."""
    return {
        "service": "Exchange Online",
        "featureGroup": "E-Mail and calendar",
        "origin": "microsoft",
        "status": "serviceRestored" if end else "serviceDegradation",
        "isResolved": end is not None,
        "highImpact": None,
        "details": [],
        "startDateTime": _stamp(start),
        "endDateTime": _stamp(end) if end else None,
        "lastModifiedDateTime": posts[-1]["createdDateTime"],
        "posts": list(posts),
    }
