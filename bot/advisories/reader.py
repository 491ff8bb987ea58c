"""One advisory in, its meaning out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.advisories import kinds, marks, topics
from bot.advisories.actions import action
from bot.advisories.clean import line
from bot.advisories.directions import direction
from bot.advisories.kinds import Kind
from bot.advisories.posts import Parts, parts, posts
from bot.advisories.rules import Facts, facts
from bot.advisories.states import state
from bot.advisories.symptoms import felt as felt_anywhere
from bot.advisories.symptoms import symptom
from bot.advisories.times import moment, promised
from bot.types import Action, AdvisoryState, Direction, Post, Reading, Symptom, Topic

LONGEST_NAME = 200
LONGEST_TITLE = 500
_OVER = frozenset((AdvisoryState.RESOLVED, AdvisoryState.FALSE_ALARM))


def read(issue: Mapping[str, object], *, source: str = "microsoft", now: datetime | None = None) -> Reading:
    """Read a Graph ``serviceHealthIssue``, whatever is odd or missing in it; a promise far from ``now`` is left out."""
    told = posts(issue.get("posts"), fallback=_first_time(issue))
    cut = tuple(parts(post) for post in told)
    seen = facts(
        cut,
        title=_title(issue),
        impact=line(issue.get("impactDescription")),
        service=_name(issue, "service"),
        ident=_name(issue, "id"),
    )
    reading = _record(issue, told, cut, source=source, seen=seen)
    reading = replace(reading, next_update=_promise(reading, now))
    kind = kinds.kind(seen)
    return _mail(reading, seen) if kind is Kind.MAIL else _elsewhere(reading, seen, kind)


def _record(
    issue: Mapping[str, object], told: tuple[Post, ...], cut: Sequence[Parts], *, source: str, seen: Facts
) -> Reading:
    """Gather what is printed; what it means comes after."""
    ident, title, start = _name(issue, "id"), _title(issue), marks.start(moment(issue.get("startDateTime")), cut)
    texts = (title, line(issue.get("impactDescription")), *(post.text for post in told))
    return Reading(
        id=ident,
        source=source,
        title=title or seen_title(cut),
        service=_name(issue, "service"),
        is_mail=False,
        symptom=Symptom.OTHER,
        direction=Direction.NONE,
        action=Action.NOTHING,
        state=state(
            seen, status=_name(issue, "status"), closed=issue.get("isResolved") is True, quick=_is_quick(issue)
        ),
        status=_name(issue, "status"),
        codes=marks.codes(texts),
        scope=marks.scope(cut),
        cause=marks.cause(cut),
        quotes=marks.quotes(texts, own=ident),
        start=start,
        end=marks.end(moment(issue.get("endDateTime")), start, cut),
        modified=moment(issue.get("lastModifiedDateTime")),
        places=topics.places(seen),
        posts=told,
    )


def _mail(reading: Reading, seen: Facts) -> Reading:
    failing = topics.failing(seen)
    working = topics.working(seen, failing)
    felt = symptom(seen, failing)
    about = topics.topics(seen, felt)
    if felt is Symptom.CLIENT_ONLY and felt_anywhere(seen) is Symptom.OTHER:
        about = (*about, Topic.FUNCTION)
    return replace(
        reading,
        is_mail=True,
        symptom=felt,
        direction=direction(seen, felt),
        action=action(seen, felt, reading.state, topics=about, working=working),
        topics=about,
        failing=failing,
        working=working,
        parties=tuple(p for p in topics.parties(f"{reading.title} {seen.printed}") if p not in reading.service),
        lateness=topics.lateness(seen) if felt is Symptom.DELAYED else None,
    )


def _elsewhere(reading: Reading, seen: Facts, kind: Kind) -> Reading:
    felt = Symptom.ADMIN_ONLY if kind is Kind.ADMINS else Symptom.OTHER
    news = (Topic.ANNOUNCEMENT,) if kind is Kind.NEWS else ()
    if kind is Kind.NEWS and reading.state is AdvisoryState.RECOVERING:
        reading = replace(reading, state=AdvisoryState.ONGOING)
    return replace(reading, symptom=felt, topics=(*news, *topics.topics(seen, felt)), product=kinds.product(seen))


def _promise(reading: Reading, now: datetime | None) -> datetime | None:
    if reading.state in _OVER or not reading.posts:
        return None
    newest = reading.posts[-1]
    return promised(newest.text.lower(), posted=newest.at, now=now)


def _title(issue: Mapping[str, object]) -> str:
    return line(issue.get("title"))[:LONGEST_TITLE]


def seen_title(cut: Sequence[Parts]) -> str:
    """Give the title that the newest post prints, for a record without one."""
    return next((line(part.title)[:LONGEST_TITLE] for part in reversed(cut) if part.title), "")


def _name(issue: Mapping[str, object], key: str) -> str:
    return line(issue.get(key))[:LONGEST_NAME]


def _first_time(issue: Mapping[str, object]) -> datetime | None:
    return moment(issue.get("startDateTime")) or moment(issue.get("lastModifiedDateTime"))


def _is_quick(issue: Mapping[str, object]) -> bool:
    """Tell whether the last post listed is a first notice."""
    listed = issue.get("posts")
    last = listed[-1] if isinstance(listed, list) and listed else None
    return isinstance(last, Mapping) and line(last.get("postType")).lower() == "quick"
