"""Places that report over a network: late word is old, silence is not seeing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.detect import Detector
from bot.types import Finding, ProbeObservation, Route, Symptom
from tests.detect.evenings import EVERYWHERE, MINUTE, Fault, at, between, evening, healthy, routes, watch

TOKYO = [replace(route, far=True) for route in routes("outbound-tokyo", "inbound-tokyo", "control-tokyo")]
ALL = [*EVERYWHERE, *TOKYO]
TICK = timedelta(seconds=5)


def told(
    known: Sequence[Route], seen: Sequence[tuple[datetime, ProbeObservation]], *, until: datetime
) -> list[tuple[datetime, Finding]]:
    """Let a detector be told of observations at other times than they were made."""
    detector, due = Detector(known), at(0)
    said: list[tuple[datetime, Finding]] = []
    waiting = sorted(seen, key=lambda pair: pair[0])
    while due <= until:
        while waiting and waiting[0][0] <= due:
            detector.observe(waiting.pop(0)[1])
        said.extend((due, finding) for finding in detector.tick(due))
        due += TICK
    return said


def cut_off(start: float, end: float, fault: Fault = healthy) -> list[tuple[datetime, ProbeObservation]]:
    """Let Tokyo's word of two hours be held back between two minutes, and all come at the end of them."""
    near = [(one.at, one) for one in evening(EVERYWHERE, minutes=120)]
    far = evening(TOKYO, fault, minutes=120)
    return [*near, *((at(end) if at(start) <= one.at < at(end) else one.at, one) for one in far)]


def test_a_far_place_that_reports_is_as_good_as_any() -> None:
    """Nothing is said while mail flows, and a fault there is found."""
    assert watch(Detector(ALL), evening(ALL, minutes=120)) == []
    fault = between(60, 90, "refused 503 5.5.1 Bad sequence", where="outbound-tokyo")
    said = watch(Detector(ALL), evening(ALL, fault, minutes=120))
    assert {finding.symptom for _, finding in said} == {Symptom.SEND_FAILS}


def test_a_far_place_that_falls_silent_cannot_see_and_is_no_outage() -> None:
    """What was under way is not late: nobody can know. The others go on seeing."""
    said = told(ALL, cut_off(60, 120), until=at(119))
    assert {finding.symptom for _, finding in said} == {Symptom.UNMEASURABLE}
    when, first = said[0]
    assert at(61) < when < at(63)
    assert (first.vantages, first.unheard) == (("tokyo",), True)


def test_what_comes_late_is_old_and_moves_no_clock() -> None:
    """Twenty minutes of word come at once: nothing rings, no clock jumped, and the place sees again."""
    said = told(ALL, cut_off(60, 80), until=at(119))
    assert {finding.id.split("-")[1] for _, finding in said} == {"unheard"}
    assert [when for when, finding in said if finding.ended] == [at(80)]


def test_trouble_that_was_over_before_we_heard_of_it_does_not_ring() -> None:
    """All mail was refused for ten minutes while nothing was heard."""
    fault = between(62, 72, "refused 503 5.5.1 Bad sequence", where="outbound-tokyo")
    said = told(ALL, cut_off(60, 80, fault), until=at(119))
    assert {finding.symptom for _, finding in said} == {Symptom.UNMEASURABLE}


def test_a_place_that_was_never_heard_is_said() -> None:
    """It is in the settings, and nobody runs it."""
    said = told(ALL, [(one.at, one) for one in evening(EVERYWHERE, minutes=20)], until=at(19))
    assert {finding.vantages for _, finding in said} == {("tokyo",)}


def test_only_far_places_are_enough() -> None:
    """A bot that sends nothing itself."""
    fault = between(60, 90, "lost", where="outbound")
    said = watch(Detector(TOKYO), evening(TOKYO, fault, minutes=120))
    assert Symptom.DELAYED in {finding.symptom for _, finding in said}
    assert watch(Detector(TOKYO), evening(TOKYO, minutes=120)) == []


def test_a_place_that_looks_now_and_then_lets_nobody_wait_in_between() -> None:
    """Every ten minutes for half a minute: a message that took three minutes is late once, when that is told."""
    now_and_then = [replace(route, interval=10 * MINUTE) for route in TOKYO]
    seen = evening(now_and_then, between(100, 110, 200.0, where="outbound-tokyo"), minutes=300)
    assert watch(Detector(now_and_then), seen) == []


def test_a_restart_remembers_what_was_heard() -> None:
    """The silence goes on where it stood."""
    seen = evening(ALL, minutes=60)
    detector = Detector(ALL)
    watch(detector, seen)
    again = Detector(ALL, state=detector.dump())
    assert [finding.vantages for finding in again.tick(at(60))] == []
    assert ("tokyo",) in [finding.vantages for finding in again.tick(at(66))]


def test_a_clock_that_is_set_back_hides_no_silence() -> None:
    """What was heard by the wrong clock is no word from the future."""
    detector = Detector(ALL)
    watch(detector, evening(ALL, minutes=120))
    detector.tick(at(30))
    assert ("tokyo",) in [finding.vantages for finding in detector.tick(at(33))]
