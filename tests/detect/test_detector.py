from datetime import datetime, timedelta

import pytest

from bot.detect import Detector
from bot.types import Arrived, Direction, Finding, Refused, Route, Sent, Symptom
from tests.detect.evenings import (
    EVERYWHERE,
    HOUR,
    MINUTE,
    SECOND,
    Fate,
    at,
    between,
    both,
    ends,
    evening,
    first,
    healthy,
    routes,
    stretches,
    watch,
)

REFUSED = "refused 503 5.5.1 Bad sequence of commands"


def test_a_quiet_evening_is_quiet() -> None:
    """Six hours in which every message arrives give no finding at all."""
    assert watch(Detector(EVERYWHERE), evening(EVERYWHERE, minutes=360)) == []


def test_refusals_are_known_with_the_second_one_and_say_what_the_server_said() -> None:
    """Everything that is sent out is refused from minute 120 on."""
    seen = evening(EVERYWHERE, between(120, 180, REFUSED), minutes=180)
    when, finding = first(watch(Detector(EVERYWHERE), seen))
    assert when - at(120) <= MINUTE
    assert (finding.symptom, finding.direction) == (Symptom.SEND_FAILS, Direction.OUTBOUND)
    assert abs(finding.since - at(120)) <= MINUTE
    assert finding.evidence.reply.startswith("503 5.5.1")
    assert finding.evidence.bad == finding.evidence.of == 2
    assert finding.share == 1.0
    assert finding.sure > 0.9


def test_one_refusal_is_no_trouble() -> None:
    """A single message is refused in three hours."""
    seen = evening(EVERYWHERE, between(120, 121, REFUSED, where="outbound-eu"), minutes=180)
    assert watch(Detector(EVERYWHERE), seen) == []


def test_trouble_ends_soon_after_mail_flows_again() -> None:
    """Refusals from minute 120 to 180: the end is told within ten minutes, once."""
    seen = evening(EVERYWHERE, between(120, 180, REFUSED), minutes=240)
    said = watch(Detector(EVERYWHERE), seen)
    assert len(stretches(said)) == len(ends(said)) == 1
    assert at(180) < ends(said)[0] < at(190)


def test_trouble_that_comes_and_goes_is_one_story() -> None:
    """Refused for a quarter of an hour in every half hour, four times."""
    faults = [between(120 + 30 * n, 135 + 30 * n, REFUSED) for n in range(4)]
    said = watch(Detector(EVERYWHERE), evening(EVERYWHERE, both(*faults), minutes=330))
    assert len(stretches(said)) == len(ends(said)) == 1
    assert ends(said)[0] > at(225)


def test_late_messages_are_known_before_they_arrive() -> None:
    """Incoming mail takes half an hour from minute 120 on; that is said within three minutes."""
    seen = evening(EVERYWHERE, between(120, 200, 1800.0, where="inbound"), minutes=200)
    said = watch(Detector(EVERYWHERE), seen)
    when, finding = first(said)
    assert when - at(120) < 3 * MINUTE
    assert (finding.symptom, finding.direction) == (Symptom.DELAYED, Direction.INBOUND)
    worst = said[-1][1].evidence.late_worst
    assert worst is not None
    assert timedelta(minutes=28) < worst < timedelta(minutes=40)
    assert said[-1][1].evidence.usual is not None


def test_messages_held_back_do_not_prolong_the_trouble() -> None:
    """Held for forty minutes until minute 180: late arrivals come in until 220, the end is told long before."""
    seen = evening(EVERYWHERE, between(120, 180, 2400.0), minutes=240)
    said = watch(Detector(EVERYWHERE), seen)
    assert len(stretches(said)) == 1
    assert ends(said)[0] < at(192)


def test_a_threefold_time_under_way_is_a_delay() -> None:
    """Every outgoing message takes forty seconds instead of ten."""
    seen = evening(EVERYWHERE, between(240, 300, 40.0), minutes=300)
    when, finding = first(watch(Detector(EVERYWHERE), seen))
    assert finding.symptom is Symptom.DELAYED
    assert when - at(240) < 10 * MINUTE


def test_messages_that_never_arrive_are_late_first_and_lost_after_their_deadline() -> None:
    """Every second outgoing message vanishes for two hours."""
    seen = evening(EVERYWHERE, between(120, 240, "lost", every=2), minutes=240)
    said = watch(Detector(EVERYWHERE), seen)
    assert first(said)[1].symptom is Symptom.DELAYED
    assert said[-1][1].symptom is Symptom.LOST
    assert len(stretches(said)) == 1


def test_bounces_are_told_with_their_status() -> None:
    """Half of what is sent out bounces."""
    seen = evening(EVERYWHERE, between(120, 180, "bounced 5.4.1", every=2), minutes=180)
    _, finding = first(watch(Detector(EVERYWHERE), seen))
    assert finding.symptom is Symptom.BOUNCED
    assert finding.evidence.reply == "5.4.1"


def test_one_region_is_named_alone() -> None:
    """Only what leaves from eu is refused."""
    seen = evening(EVERYWHERE, between(120, 180, REFUSED, where="outbound-eu"), minutes=180)
    for _, finding in watch(Detector(EVERYWHERE), seen):
        assert finding.routes == ("outbound-eu",)
        assert finding.vantages == ("eu",)


def test_a_second_fault_inside_the_first_is_told_at_once_in_the_same_stretch() -> None:
    """July 2023: mail is late in both directions, and two hours later refused on the way out, too."""
    late = both(between(120, 400, 1200.0, where="inbound"), between(120, 400, 1200.0))
    seen = evening(EVERYWHERE, both(between(240, 400, REFUSED), late), minutes=300)
    said = watch(Detector(EVERYWHERE), seen)
    fails = [when for when, finding in said if finding.symptom is Symptom.SEND_FAILS]
    assert fails[0] - at(240) <= MINUTE
    assert len(stretches(said)) == 1
    assert {f.direction for _, f in said if f.symptom is Symptom.DELAYED} >= {Direction.BOTH}


def test_a_fault_does_not_become_the_new_normal() -> None:
    """After six hours of late mail the end is known, and the next delay is found as fast as the first."""
    faults = both(between(120, 480, 900.0), between(600, 660, 900.0))
    said = watch(Detector(EVERYWHERE), evening(EVERYWHERE, faults, minutes=660))
    assert len(stretches(said)) == 2
    second = [when for when, finding in said if finding.stretch == stretches(said)[1]]
    assert second[0] - at(600) < 3 * MINUTE


@pytest.mark.parametrize("seconds", [30, 120, 300])
def test_the_interval_is_what_the_routes_say(seconds: int) -> None:
    """Refusals are known with the second message, whatever the time between two."""
    known = routes("outbound-x", "inbound-x", "control-x", interval=timedelta(seconds=seconds))
    seen = evening(known, between(1440, 1500, REFUSED), minutes=1500)
    when, _ = first(watch(Detector(known), seen))
    assert when - at(1440) <= timedelta(seconds=2 * seconds + 10)


def test_a_vantage_that_reaches_nobody_is_blind_and_no_outage() -> None:
    """Nothing can be reached from eu for an hour, control routes included."""
    cut = between(120, 180, "unreachable", where="")

    def fault(route: Route, sent: datetime, number: int) -> Fate | None:
        return cut(route, sent, number) if route.vantage == "eu" else None

    said = watch(Detector(EVERYWHERE), evening(EVERYWHERE, fault, minutes=220))
    assert {finding.symptom for _, finding in said} == {Symptom.UNMEASURABLE}
    assert first(said)[1].vantages == ("eu",)
    assert first(said)[0] - at(120) < 2 * MINUTE
    assert len(ends(said)) == 1
    assert at(180) < ends(said)[0] < at(186)


def test_no_answer_while_others_answer_is_the_mails_trouble() -> None:
    """The watched servers answer from nowhere, while control routes work."""
    seen = evening(EVERYWHERE, between(120, 180, "unreachable"), minutes=180)
    when, finding = first(watch(Detector(EVERYWHERE), seen))
    assert finding.symptom is Symptom.SEND_FAILS
    assert when - at(120) < 3 * MINUTE


@pytest.mark.parametrize(
    "reply",
    ["535 5.7.3 Authentication unsuccessful", "552 5.2.2 Mailbox full", "550 5.2.2 Submission quota exceeded"],
)
def test_the_canarys_own_troubles_are_not_the_mails(reply: str) -> None:
    """The canary's login, mailbox or quota fails: we cannot see, and no outage is told."""
    seen = evening(EVERYWHERE, between(120, 150, f"refused {reply}"), minutes=180)
    said = watch(Detector(EVERYWHERE), seen)
    assert {finding.symptom for _, finding in said} == {Symptom.UNMEASURABLE}
    assert first(said)[1].evidence.reply == reply
    assert set(said[-1][1].routes) <= {"outbound-eu", "outbound-us"}
    assert len(ends(said)) == 1


def test_a_gap_is_no_evidence() -> None:
    """The bot was off for two hours; what was under way before is nobody's fault."""
    seen = [*evening(EVERYWHERE, minutes=120), *evening(EVERYWHERE, minutes=60, start=240)]
    detector = Detector(EVERYWHERE)
    said: list[Finding] = []
    for one in seen:
        detector.observe(one)
        said.extend(detector.tick(one.at))
    assert {finding.symptom for finding in said} <= {Symptom.UNMEASURABLE}
    assert sum(finding.ended is not None for finding in said) == 1


def test_silence_is_said_as_not_seeing() -> None:
    """No watcher reports anything any more, while the clock goes on."""
    said = watch(Detector(EVERYWHERE), evening(EVERYWHERE, minutes=120), until=at(140))
    assert {finding.symptom for _, finding in said} == {Symptom.UNMEASURABLE}
    assert at(124) < first(said)[0] < at(127)


def test_a_clock_that_goes_back_an_hour_is_said_and_rings_nothing() -> None:
    """Two hours of mail, then the clock is set back by one."""
    seen = [*evening(EVERYWHERE, minutes=120), *evening(EVERYWHERE, minutes=90, start=60.5)]
    detector = Detector(EVERYWHERE)
    said: list[Finding] = []
    for one in seen:
        detector.observe(one)
        said.extend(detector.tick(one.at))
    assert {finding.symptom for finding in said} == {Symptom.UNMEASURABLE}
    assert "-" in said[0].evidence.reply


def test_a_restart_forgets_nothing() -> None:
    """A detector that goes on from a dump says what the first one would have said, from the same stretch."""
    seen = evening(EVERYWHERE, both(between(120, 180, 900.0), between(130, 170, REFUSED, every=2)), minutes=300)
    whole = watch(Detector(EVERYWHERE), seen)
    for cut in (100, 121, 126, 150, 175):
        early = [one for one in seen if one.at < at(cut)]
        one = Detector(EVERYWHERE)
        watch(one, early, until=at(cut) - SECOND)
        rest = watch(Detector(EVERYWHERE, state=one.dump()), [o for o in seen if o.at >= at(cut)])
        assert {f.stretch for _, f in rest} == {f.stretch for _, f in whole}
        assert abs(ends(rest)[-1] - ends(whole)[-1]) <= MINUTE


@pytest.mark.parametrize("state", [b"", b"nonsense", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_broken_dump_counts_as_none(state: bytes) -> None:
    """A detector begins anew where what it is given cannot be read."""
    assert watch(Detector(EVERYWHERE, state=state), evening(EVERYWHERE, minutes=30)) == []


def test_the_first_suspicion_asks_for_probes_from_every_vantage_of_that_direction() -> None:
    """One refusal is enough to ask, not to ring."""
    detector = Detector(EVERYWHERE)
    seen = evening(EVERYWHERE, between(120, 121, REFUSED, where="outbound-eu"), minutes=120.1)
    assert watch(detector, seen) == []
    assert set(detector.suspects(at(120.2))) == {"outbound-eu", "outbound-us"}
    assert detector.suspects(at(125)) == ()


def test_suspicion_is_told_as_a_share_of_what_it_takes_to_ring() -> None:
    """One refusal is half of it and a little more, and says nothing about delays."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, between(120, 121, REFUSED, where="outbound-eu"), minutes=120.1))
    suspicion = detector.suspicion()
    assert 0.5 < suspicion[Symptom.SEND_FAILS] < 0.6
    assert suspicion[Symptom.DELAYED] < 0.3


def test_confirming_probes_keep_to_the_budget() -> None:
    """Twelve vantages would be too many messages in a minute for one mailbox."""
    known = routes(*(f"outbound-v{n}" for n in range(12)), "control-v0")
    detector = Detector(known)
    watch(detector, evening(known, between(120, 121, REFUSED, where="outbound-v0"), minutes=120.1))
    assert 0 < len(detector.suspects(at(120.2))) <= 12


def test_a_hard_fault_is_known_at_once_with_confirming_probes() -> None:
    """A first refusal, a probe that is asked for and sent at once, and a second refusal: twelve seconds."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, between(120, 121, REFUSED, where="outbound-eu"), minutes=120.05))
    (asked, *_) = detector.suspects(at(120.1))
    detector.observe(Sent(at=at(120.1), route=asked, probe="confirming"))
    detector.observe(Refused(at=at(120.11), route=asked, probe="confirming", reply="503 5.5.1 Bad sequence"))
    assert [finding.symptom for finding in detector.tick(at(120.12))] == [Symptom.SEND_FAILS]


def test_now_says_how_mail_is_in_each_direction() -> None:
    """Outgoing mail is refused, the other directions flow."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, between(120, 180, REFUSED), minutes=130))
    by_direction = {one.direction: one for one in detector.now(at(130))}
    assert by_direction[Direction.OUTBOUND].symptoms == (Symptom.SEND_FAILS,)
    assert by_direction[Direction.INBOUND].symptoms == ()
    assert by_direction[Direction.INBOUND].recent.sent == 20
    assert by_direction[Direction.OUTBOUND].recent.refused == 20
    last = by_direction[Direction.INBOUND].last_arrived
    assert last is not None
    assert last > at(129)


def test_now_says_where_we_cannot_see() -> None:
    """The only vantage is cut off."""
    known = routes("outbound-x", "inbound-x", "control-x")
    detector = Detector(known)
    watch(detector, evening(known, between(60, 90, "unreachable", where=""), minutes=80))
    assert {one.symptoms for one in detector.now(at(80))} == {(Symptom.UNMEASURABLE,)}


def test_tally_counts_each_fate_in_the_window() -> None:
    """Of the last ten minutes, in one direction or in all."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, between(120, 180, "lost", where="inbound-eu"), minutes=130))
    inbound = detector.tally(at(130), directions={Direction.INBOUND})
    assert (inbound.sent, inbound.waiting) == (20, 10)
    assert inbound.late >= 8
    assert inbound.median is not None
    assert detector.tally(at(130)).sent == 50
    assert detector.tally(at(130), window=HOUR).sent == 300


def test_unknown_routes_and_no_routes_are_nothing() -> None:
    """Observations of a route that is not watched are left out."""
    stranger = Sent(at=at(0), route="elsewhere", probe="1")
    for detector in (Detector([]), Detector(EVERYWHERE)):
        detector.observe(stranger)
        assert detector.tick(at(1)) == ()
        assert detector.suspects(at(1)) == ()


def test_arrived_before_it_was_sent_is_evidence_of_nothing() -> None:
    """A negative time under way is some clock's fault."""
    detector = Detector(EVERYWHERE)
    watch(detector, evening(EVERYWHERE, healthy, minutes=60))
    for number in range(50):
        when = at(60) + number * SECOND
        probe = f"odd-{number}"
        detector.observe(Arrived(at=when, route="outbound-eu", probe=probe, latency=timedelta(seconds=-5)))
        assert detector.tick(when) == ()
