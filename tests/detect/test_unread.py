from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.detect import Detector
from bot.types import (
    Arrived,
    Direction,
    Duplicated,
    Finding,
    Junk,
    ProbeObservation,
    SightObservation,
    Skew,
    SourceBack,
    SourceBlind,
    Symptom,
)
from tests.detect.evenings import (
    EVERYWHERE,
    MINUTE,
    SECOND,
    at,
    between,
    both,
    evening,
    first,
    stretches,
    watch,
)

INBOUND = tuple(route.name for route in EVERYWHERE if route.name.startswith("inbound"))


def blind(minute: float) -> SourceBlind:
    return SourceBlind(
        at=at(minute), source="mailbox:office", error="The mailbox office cannot be read", routes=INBOUND
    )


def back(minute: float) -> SourceBack:
    return SourceBack(at=at(minute), source="mailbox:office", routes=INBOUND)


def unseen(start: float, end: float, *, minutes: float) -> list[ProbeObservation | SightObservation]:
    """Write an evening in which a mailbox cannot be read for a while: what came meanwhile is found afterwards."""
    seen: list[ProbeObservation | SightObservation] = [blind(start), back(end)]
    for one in evening(EVERYWHERE, minutes=minutes):
        hidden = isinstance(one, Arrived) and one.route in INBOUND and at(start) <= one.at < at(end)
        seen.append(_found(one, at(end)) if isinstance(one, Arrived) and hidden else one)
    return sorted(seen, key=lambda one: one.at)


def _found(one: Arrived, when: datetime) -> Arrived:
    return Arrived(at=when, route=one.route, probe=one.probe, latency=one.latency)


def told(seen: Sequence[ProbeObservation | SightObservation], detector: Detector) -> list[tuple[datetime, Finding]]:
    said: list[tuple[datetime, Finding]] = []
    due = seen[0].at
    for one in seen:
        while due < one.at:
            said.extend((due, finding) for finding in detector.tick(due))
            due += 5 * SECOND
        detector.observe(one)
    return said


def test_what_is_under_way_to_a_mailbox_that_cannot_be_read_is_not_late() -> None:
    """For two hours, beyond the deadline, nobody looks; then all that came meanwhile is found with its own time."""
    assert told(unseen(60, 180, minutes=240), Detector(EVERYWHERE)) == []


def test_mail_that_ends_elsewhere_is_watched_all_the_same() -> None:
    """Outgoing mail is held up while the mailbox for incoming mail cannot be read."""
    held = evening(EVERYWHERE, between(120, 160, "lost"), minutes=160)
    seen = sorted([*held, blind(60)], key=lambda one: one.at)
    seen = [one for one in seen if not (isinstance(one, Arrived) and one.route in INBOUND and one.at > at(60))]
    said = told(seen, Detector(EVERYWHERE))
    assert {finding.symptom for _, finding in said} <= {Symptom.DELAYED, Symptom.LOST}
    assert said
    assert {route for _, finding in said for route in finding.routes} <= {"outbound-eu", "outbound-us", "internal-eu"}


def test_what_is_not_there_when_the_mailbox_can_be_read_again_is_late() -> None:
    """The waiting counts from the sending, as the mailbox was looked through."""
    held = evening(EVERYWHERE, between(74.3, 160, "lost", where="inbound"), minutes=160)
    seen = sorted([*held, blind(75), back(120)], key=lambda one: one.at)
    said = told(seen, Detector(EVERYWHERE))
    when, finding = first(said)
    assert finding.symptom in {Symptom.DELAYED, Symptom.LOST}
    assert finding.since < at(76)
    assert at(120) <= when < at(122)


def test_a_direction_whose_mailbox_cannot_be_read_cannot_be_seen() -> None:
    """Which is said as such, and wants no confirming message."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, minutes=60))
    detector.observe(blind(60))
    now = {one.direction: one.symptoms for one in detector.now(at(60))}
    assert [direction for direction, symptoms in now.items() if symptoms == (Symptom.UNMEASURABLE,)] == ["inbound"]
    detector.observe(back(61))
    assert not any(one.symptoms for one in detector.now(at(61)))


def test_blindness_survives_a_restart_and_an_arrival_ends_it() -> None:
    """The route may end in another mailbox after the restart."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, minutes=60))
    detector.observe(blind(60))
    other = Detector(EVERYWHERE, state=detector.dump())
    assert any(one.symptoms for one in other.now(at(60)))
    for name in INBOUND:
        other.observe(Arrived(at=at(61), route=name, probe=f"{name}-new", latency=10 * SECOND))
    assert not any(one.symptoms for one in other.now(at(61)))


def test_a_message_that_comes_twice_is_counted_and_is_no_trouble() -> None:
    """Every message of an hour comes again, and each once more."""
    seen = evening(EVERYWHERE, minutes=120)
    copies = [
        Duplicated(at=one.at + number * MINUTE, route=one.route, probe=one.probe)
        for one in seen
        if isinstance(one, Arrived) and one.at > at(60)
        for number in (1, 2)
    ]
    detector = Detector(EVERYWHERE)
    assert stretches(told(sorted([*seen, *copies], key=lambda one: one.at), detector)) == []
    tally = detector.tally(at(120))
    assert 0 < tally.twice <= tally.arrived


def test_messages_in_the_junk_folder_are_counted() -> None:
    """They arrived, only where few people look."""
    detector = Detector(EVERYWHERE)
    for one in both_folders():
        detector.observe(one)
    assert (detector.tally(at(10)).junk, detector.tally(at(10)).arrived) == (1, 2)


def test_junk_is_told_where_it_is_no_accident_also_after_a_restart() -> None:
    """Of the last ten messages of a route two or more, and a fifth at least."""
    seen = [one for one in evening(EVERYWHERE, minutes=40) if one.route.startswith("inbound")]
    junked = [
        replace(one, folder="junk") if isinstance(one, Arrived) and one.probe.endswith(("eu-35", "eu-38")) else one
        for one in seen
    ]
    detector = Detector(EVERYWHERE)
    for one in junked:
        detector.observe(one)
    again = Detector(EVERYWHERE, state=detector.dump())
    for known in (detector, again):
        by_direction = {now.direction: now.junk for now in known.now(at(40))}
        assert by_direction == {Direction.OUTBOUND: None, Direction.INBOUND: Junk(n=2, of=10), Direction.INTERNAL: None}
        assert known.tally(at(40)).junk == 2


def test_a_single_message_in_junk_is_an_accident() -> None:
    """Nothing is said of it but the count."""
    detector = Detector(EVERYWHERE)
    for one in both_folders():
        detector.observe(one)
    assert [now.junk for now in detector.now(at(10))] == [None, None, None]


def test_a_clock_that_is_wrong_is_told_until_it_is_right_again() -> None:
    """Each clock once, on whichever routes."""
    detector = Detector(EVERYWHERE)
    one = Arrived(at=at(1), route="inbound-eu", probe="1", latency=MINUTE, skew_seconds=-60.0, skew_by="mx")
    detector.observe(one)
    detector.observe(replace(one, at=at(1.5), route="inbound-us"))
    skews = {now.direction: now.skews for now in detector.now(at(2))}
    assert skews[Direction.INBOUND] == (Skew(by="mx", seconds=-60.0),)
    for route in ("inbound-eu", "inbound-us"):
        detector.observe(Arrived(at=at(3), route=route, probe="2", latency=MINUTE))
    assert not any(now.skews for now in detector.now(at(4)))


def both_folders() -> list[ProbeObservation]:
    fault = both(between(0, 1, "lost", where=""))
    sent = [one for one in evening(EVERYWHERE, fault, minutes=1) if one.route == "inbound-eu"]
    found = [Arrived(at=at(1.1), route=one.route, probe=one.probe, latency=MINUTE, folder="junk") for one in sent]
    return [*sent, *found, Arrived(at=at(1.2), route="outbound-eu", probe="x", latency=MINUTE)]
