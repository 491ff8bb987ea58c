import json
import zlib
from datetime import datetime

import numpy as np
import pytest

from bot.detect import Detector
from bot.detect.family import Trouble
from bot.detect.trouble import Open
from bot.types import Arrived, Finding, Refused, Route, Sent, Symptom, Unreachable
from tests.detect.evenings import (
    EVERYWHERE,
    SECOND,
    Fate,
    at,
    between,
    both,
    ends,
    evening,
    first,
    routes,
    stretches,
    watch,
)

REFUSED = "refused 503 5.5.1 Bad sequence of commands"
BUSY = "refused 451 4.7.500 Server busy"


def test_a_server_that_is_busy_now_and_then_is_usual() -> None:
    """One message in an hour is put off on each route."""
    assert watch(Detector(EVERYWHERE), evening(EVERYWHERE, between(0, 600, BUSY, every=60), minutes=600)) == []


def test_stray_trouble_elsewhere_does_not_join() -> None:
    """While outgoing mail is refused, a single incoming message is put off."""
    faults = both(between(120, 180, REFUSED), between(150, 151, BUSY, where="inbound-eu"))
    for _, finding in watch(Detector(EVERYWHERE), evening(EVERYWHERE, faults, minutes=180)):
        assert set(finding.routes) <= {"outbound-eu", "outbound-us"}


def test_another_direction_joins_once_it_is_hit_as_well() -> None:
    """Outgoing mail is refused, and half an hour later internal mail, too."""
    faults = both(between(120, 200, REFUSED), between(150, 200, REFUSED, where="internal"))
    said = watch(Detector(EVERYWHERE), evening(EVERYWHERE, faults, minutes=200))
    assert "internal-eu" not in first(said)[1].routes
    assert "internal-eu" in said[-1][1].routes
    assert len(stretches(said)) == 1


def test_slow_minutes_on_one_route_are_told_only_when_they_last() -> None:
    """Three times slower on one route, every half minute: five minutes are waited for."""
    known = routes("outbound-eu", "inbound-eu", "control-eu", interval=30 * SECOND)
    short = evening(known, between(300, 303, 30.0, where="outbound"), minutes=330)
    assert watch(Detector(known), short) == []
    long = evening(known, between(300, 330, 30.0, where="outbound"), minutes=330)
    when, finding = first(watch(Detector(known), long))
    assert finding.symptom is Symptom.DELAYED
    assert at(304) < when < at(310)


def test_mail_that_takes_half_as_long_again_is_told_after_a_while() -> None:
    """Eighteen seconds instead of ten or eleven, on all outgoing routes."""
    said = watch(Detector(EVERYWHERE), evening(EVERYWHERE, between(240, 300, 18.0), minutes=340))
    assert first(said)[1].symptom is Symptom.DELAYED
    assert at(242) < first(said)[0] < at(300)
    assert len(stretches(said)) == len(ends(said)) == 1


def test_fast_mail_that_vanishes_is_lost_by_its_deadline() -> None:
    """Messages usually take half a second; what is gone for an hour says no more than what is gone for ten minutes."""

    def fault(route: Route, sent: datetime, number: int) -> Fate | None:
        gone = route.name.startswith("outbound") and sent >= at(120) and number % 2 == 0
        return "lost" if gone else 0.4 + 0.05 * (number % 5)

    said = watch(Detector(EVERYWHERE), evening(EVERYWHERE, fault, minutes=240))
    assert said[-1][1].symptom is Symptom.LOST


def test_messages_from_before_do_not_hide_the_canarys_own_trouble() -> None:
    """The login fails; a message that was sent before arrives between two refusals."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, minutes=60))
    detector.observe(Sent(at=at(60), route="outbound-eu", probe="before"))
    for minute in (61, 62):
        detector.observe(Sent(at=at(minute), route="outbound-eu", probe=f"own-{minute}"))
        detector.observe(Refused(at=at(minute), route="outbound-eu", probe=f"own-{minute}", reply="535 5.7.3 No"))
    late = at(62.5) - at(60)
    detector.observe(Arrived(at=at(62.5), route="outbound-eu", probe="before", latency=late))
    assert [finding.symptom for finding in detector.tick(at(63))] == [Symptom.UNMEASURABLE]


def test_a_full_canary_mailbox_is_its_own_trouble() -> None:
    """What is sent to the canary bounces as its mailbox is full."""
    seen = evening(EVERYWHERE, between(60, 90, "bounced 5.2.2", where="inbound"), minutes=90)
    assert {f.symptom for _, f in watch(Detector(EVERYWHERE), seen)} == {Symptom.UNMEASURABLE}


def test_how_long_we_were_blind_begins_anew_after_a_pause_of_our_own() -> None:
    """Nobody asked for hours: in that time we did not watch, so it is not known that we could not see."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, minutes=60))
    for minute, found in [(70, 70), (75, 70), (500, 500), (505, 500)]:
        (silence,) = detector.tick(at(minute))
        assert (silence.symptom, silence.found) == (Symptom.UNMEASURABLE, at(found))


def test_a_vantage_with_nothing_to_compare_with_has_to_be_believed() -> None:
    """One outgoing route and no control route: no answer is taken for the mail's trouble."""
    known = routes("outbound-x")
    seen = evening(known, between(120, 150, "unreachable"), minutes=150)
    assert first(watch(Detector(known), seen))[1].symptom is Symptom.SEND_FAILS


def test_no_answer_told_twice_counts_once() -> None:
    """The same failed attempt comes three times."""
    known = routes("outbound-x")
    detector = Detector(known)
    watch(detector, evening(known, minutes=60))
    for second in range(3):
        when = at(60) + second * SECOND
        detector.observe(Unreachable(at=when, route="outbound-x", probe="same", error="timed out"))
        assert detector.tick(when) == ()


def test_evidence_without_messages_rings_nothing() -> None:
    """Sums that no message explains are no finding."""
    detector = Detector(EVERYWHERE)
    detector._known.evidence.sums[:] = 100.0
    detector._known.evidence.hot = {0, 1}
    assert detector.tick(at(0)) == ()


def test_the_share_is_kept_while_hardly_a_bad_message_is_remembered() -> None:
    """Long after the last bad message only healthy ones are left in memory."""
    trouble = Open(Trouble.SENDING, 0, "1", "1", 0.0, 0.0, 20.0, of=50.0, bad=25.0)
    trouble._count(np.full(3, 0.1))
    assert trouble.share == 0.5


def test_a_clock_set_back_during_trouble_leaves_it_open_and_able_to_end() -> None:
    """Mail is refused, the clock goes back by two hours, and mail is well again."""
    detector, said = Detector(EVERYWHERE), list[Finding]()
    bad = evening(EVERYWHERE, between(180, 240, REFUSED), minutes=240)
    for one in [*bad, *evening(EVERYWHERE, minutes=60, start=120.5)]:
        detector.observe(one)
        said.extend(detector.tick(one.at))
    fails = [finding for finding in said if finding.symptom is Symptom.SEND_FAILS]
    assert len({finding.stretch for finding in fails}) == 1


def test_a_dump_of_other_routes_keeps_what_still_fits() -> None:
    """A route is gone and another is new; the trouble on those that stayed goes on."""
    fewer = [route for route in EVERYWHERE if route.vantage == "eu"]
    detector = Detector(EVERYWHERE)
    fault = both(between(60, 120, REFUSED), between(60, 120, "unreachable", where="inbound-us"))
    seen = evening(EVERYWHERE, fault, minutes=80)
    watch(detector, seen)
    other = Detector([*fewer, *routes("outbound-new", "control-new")], state=detector.dump())
    (finding,) = other.tick(seen[-1].at)
    assert finding.routes == ("outbound-eu",)


def test_trouble_on_routes_that_are_gone_is_forgotten() -> None:
    """Only outgoing routes were hit, and only incoming ones are left."""
    detector = Detector(EVERYWHERE)
    seen = evening(EVERYWHERE, between(60, 120, REFUSED), minutes=80)
    watch(detector, seen)
    left = Detector(routes("inbound-eu", "control-eu"), state=detector.dump())
    assert left.tick(seen[-1].at) == ()


@pytest.mark.parametrize(
    "newer",
    [{"cleared": {"HOLOGRAMS": 1.0}}, {"pool": {"holograms": 1}}],
    ids=["a trouble", "a number"],
)
def test_a_dump_that_speaks_of_what_only_a_newer_program_knows_is_refused(newer: dict[str, object]) -> None:
    """Going on without it would lose what the newer one found out."""
    state = json.loads(zlib.decompress(Detector(EVERYWHERE).dump()))
    for name, values in newer.items():
        state[name] |= values
    with pytest.raises(ValueError, match=r"holograms|HOLOGRAMS"):
        Detector(EVERYWHERE, state=zlib.compress(json.dumps(state).encode()))


def test_a_dump_of_another_version_counts_as_none() -> None:
    """Its form may be another."""
    state = json.loads(zlib.decompress(Detector(EVERYWHERE).dump())) | {"version": 0}
    other = Detector(EVERYWHERE, state=zlib.compress(json.dumps(state).encode()))
    assert watch(other, evening(EVERYWHERE, minutes=10)) == []


def test_a_blind_vantage_and_its_first_failure_survive_a_restart() -> None:
    """The restart comes between the first failure and the proof, and again while the vantage is dark."""
    cut = between(120, 150, "unreachable", where="")

    def fault(route: Route, sent: datetime, number: int) -> Fate | None:
        return cut(route, sent, number) if route.vantage == "us" else None

    seen = evening(EVERYWHERE, fault, minutes=170)
    detector, said = Detector(EVERYWHERE), []
    for start, end in ((0, 120.4), (120.4, 130), (130, 170)):
        part = [one for one in seen if at(start) <= one.at < at(end)]
        said.extend(watch(detector, part, until=at(end) - SECOND))
        detector = Detector(EVERYWHERE, state=detector.dump())
    assert {finding.symptom for _, finding in said} == {Symptom.UNMEASURABLE}
    assert len(ends(said)) == 1
