from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.store import Store
from bot.types import Arrived, Direction, Evidence, Finding, Incident, Observation, Refused, Sent, Symptom
from bot.web.chart import Usual
from bot.web.course import Course, CourseReader, frame

BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ROUTES = {"out": Direction.OUTBOUND, "in": Direction.INBOUND}
USUALLY = timedelta(seconds=2)
Delay = Callable[[str, datetime], timedelta | None]
Read = Callable[..., Awaitable[Course | None]]


def messages(delay: Delay, until: datetime, *, hours: int = 3) -> Iterator[Observation]:
    """Send one message a minute along each route; a delay of None is a refusal."""
    for minute in range(int((until - BEGAN) / timedelta(minutes=1)) + 60 * hours):
        for route in ROUTES:
            at = BEGAN + timedelta(minutes=minute - 60 * hours, seconds=10)
            took, probe = delay(route, at), f"{route}{minute}"
            if at >= until:
                continue
            yield Sent(at=at, route=route, probe=probe)
            if took is None:
                yield Refused(at=at, route=route, probe=probe, reply="503 5.5.1")
            elif at + took < until:
                yield Arrived(at=at + took, route=route, probe=probe, latency=took)


def incident(*, resolved: datetime | None = None, routes: tuple[str, ...] = ("out",)) -> Incident:
    """Give an incident on some routes, told two minutes after it began."""
    evidence = Evidence(bad=5, of=10)
    finding = Finding(
        id="f", stretch="s", symptom=Symptom.DELAYED, direction=Direction.OUTBOUND, routes=routes, vantages=("eu",),
        since=BEGAN, found=BEGAN, share=0.5, sure=0.99, evidence=evidence,
    )  # fmt: skip
    findings = (finding,) if routes else ()
    return Incident(id="1", began=BEGAN, opened=BEGAN + timedelta(minutes=2), findings=findings, resolved=resolved)


@pytest.fixture
def read(sqlite_store: Store) -> Read:
    """Read the course of an incident out of a store that holds some messages."""

    async def reading(
        seen: Sequence[Observation], at: datetime, shown: Incident, rolled_until: datetime | None = None
    ) -> Course | None:
        async with sqlite_store.begin() as tx:
            await tx.observations.add(seen)
        more = True
        while more:
            async with sqlite_store.begin() as tx:
                more = await tx.rollups.roll_up(rolled_until or at)
        reader = CourseReader(store=sqlite_store, directions=ROUTES)
        return await reader.read(shown, at, told="told", resolved="resolved")

    return reading


async def test_what_is_under_way_is_seen_when_nothing_arrives_any_more(read: Read) -> None:
    """At the start of a delay there is no delay to show but the wait."""
    at = BEGAN + timedelta(minutes=4)
    seen = list(messages(lambda route, sent: _late(route, sent, timedelta(hours=1)), at))
    course = await read(seen, at, incident(), at - timedelta(minutes=2))
    assert course is not None
    (wait,) = course.delays.waits
    assert (wait.direction, wait.until - wait.sent) == (Direction.OUTBOUND, timedelta(minutes=3, seconds=50))
    (way,) = course.ways
    assert (way.worst, way.over) == (timedelta(minutes=3, seconds=50), False)


async def test_refusals_of_the_last_minutes_are_seen_before_they_are_rolled_up(read: Read) -> None:
    """It is told within a minute or two."""
    at = BEGAN + timedelta(minutes=2)
    seen = list(messages(lambda route, sent: _late(route, sent, None), at))
    course = await read(seen, at, incident(), BEGAN - timedelta(minutes=5))
    assert course is not None
    (way,) = course.ways
    assert (way.failed, way.direction) == (2, Direction.OUTBOUND)


async def test_trouble_within_the_first_minute_of_a_bot_is_seen(read: Read) -> None:
    """Its first step of time was seen only in part, and nothing is rolled up yet."""
    at = BEGAN + timedelta(seconds=50)
    seen: list[Observation] = []
    for second in range(10, 50, 5):
        moment, probe = BEGAN + timedelta(seconds=second), f"out{second}"
        seen += [
            Sent(at=moment, route="out", probe=probe),
            Refused(at=moment, route="out", probe=probe, reply="503 5.5.1"),
        ]
    course = await read(seen, at, incident(), BEGAN - timedelta(minutes=5))
    assert course is not None
    (way,) = course.ways
    assert way.failed == 8


async def test_the_whole_course_is_seen_when_it_is_over(read: Read) -> None:
    """What was usual, how bad it was, when it was told and when it was over."""
    over = BEGAN + timedelta(hours=2)
    seen = list(messages(lambda route, sent: _late(route, sent, timedelta(minutes=10), until=over), over))
    course = await read(seen, over, incident(resolved=over))
    assert course is not None
    (way,) = course.ways
    assert (way.over, way.worst) == (True, timedelta(minutes=10))
    assert course.usual == USUALLY
    assert course.delays.usual == Usual(low=USUALLY, high=USUALLY)
    assert [(mark.label, mark.at) for mark in course.delays.marks] == [
        ("told", BEGAN + timedelta(minutes=2)),
        ("resolved", over),
    ]
    assert course.delays.since < BEGAN < over < course.delays.until


async def test_a_late_picture_of_the_beginning_does_not_know_the_end(read: Read) -> None:
    """Slack was down meanwhile."""
    at = BEGAN + timedelta(minutes=4)
    seen = list(messages(lambda route, sent: _late(route, sent, timedelta(minutes=1)), at))
    course = await read(seen, at, incident(resolved=at + timedelta(hours=1)))
    assert course is not None
    assert [way.over for way in course.ways] == [False]


async def test_an_incident_that_was_never_measured_shows_every_route(read: Read) -> None:
    """The vendor says something; our messages show what they show."""
    at = BEGAN + timedelta(minutes=4)
    seen = list(messages(lambda _route, _sent: USUALLY, at))
    course = await read(seen, at, incident(routes=()))
    assert course is not None
    assert {way.direction for way in course.ways} == {Direction.OUTBOUND, Direction.INBOUND}


async def test_without_test_messages_there_is_nothing_to_draw(read: Read) -> None:
    """A feed alone measures nothing."""
    assert await read([], BEGAN + timedelta(minutes=4), incident()) is None


@pytest.mark.parametrize("minutes", [1, 45, 300, 3000, 30_000])
def test_a_picture_holds_the_whole_course_in_steps_that_can_be_seen(minutes: int) -> None:
    """From before it began until after it was told, whatever its length."""
    at = BEGAN + timedelta(minutes=minutes)
    since, until, step = frame(BEGAN, at)
    assert since < BEGAN < at < until
    assert 10 <= (until - since) / step <= 110


def _late(route: str, sent: datetime, delay: timedelta | None, *, until: datetime | None = None) -> timedelta | None:
    troubled = route == "out" and sent >= BEGAN and (until is None or sent < until - timedelta(minutes=20))
    return delay if troubled else USUALLY
