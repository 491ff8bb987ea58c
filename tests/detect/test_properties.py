import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.detect import Detector
from bot.types import Arrived, Bounced, ProbeObservation, Refused, Sent, Symptom
from tests.detect.evenings import EVERYWHERE, HOUR, MINUTE, SECOND, at, between, evening, healthy, watch

CALM = evening(EVERYWHERE, healthy, minutes=90)
CALM_PROBES = sorted({(one.route, one.probe) for one in CALM})
TROUBLED = evening(EVERYWHERE, between(60, 90, "refused 503 5.5.1 Bad sequence", every=2), minutes=90)
FEW = settings(max_examples=12, deadline=None, database=None)


@FEW
@given(st.randoms(use_true_random=False))
def test_evidence_does_not_depend_on_the_order_of_simultaneous_observations(chance: random.Random) -> None:
    """Observations are rounded to ten seconds, so that many fall together, and shuffled within the moment."""
    rounded = [_at(one, at(0) + ((one.at - at(0)) // (10 * SECOND)) * 10 * SECOND) for one in TROUBLED]
    shuffled = sorted(rounded, key=lambda one: (one.at, chance.random()))
    assert watch(Detector(EVERYWHERE), shuffled) == watch(Detector(EVERYWHERE), rounded)


@FEW
@given(st.lists(st.tuples(st.sampled_from(range(len(CALM))), st.floats(0, 3600)), max_size=60))
def test_what_is_told_twice_rings_nothing(again: list[tuple[int, float]]) -> None:
    """Observations of a calm evening come a second time, up to an hour late."""
    repeated = [_at(CALM[n], CALM[n].at + timedelta(seconds=late)) for n, late in again]
    assert _symptoms(sorted([*CALM, *repeated], key=lambda one: one.at)) <= {Symptom.UNMEASURABLE}


@FEW
@given(st.lists(st.tuples(st.sampled_from(range(len(CALM))), st.integers(1, 40)), max_size=60))
def test_what_comes_out_of_order_rings_nothing(moved: list[tuple[int, int]]) -> None:
    """Observations of a calm evening are told some places too late, with their own time."""
    late = list(CALM)
    for place, by in moved:
        late.insert(min(place + by, len(late) - 1), late.pop(place))
    assert _symptoms(late) <= {Symptom.UNMEASURABLE}


@FEW
@given(st.lists(st.tuples(st.sampled_from(CALM_PROBES), st.sampled_from("absr"), st.floats(-3600, 3600)), max_size=40))
def test_what_contradicts_itself_rings_nothing(wrong: list[tuple[tuple[str, str], str, float]]) -> None:
    """Messages that arrived long ago bounce, are refused, or arrive again with a time that cannot be."""
    odd = [_odd(route, probe, kind, seconds) for (route, probe), kind, seconds in wrong]
    assert _symptoms(sorted([*CALM, *odd], key=lambda one: one.at)) <= {Symptom.UNMEASURABLE}


@FEW
@given(st.integers(5, 85), st.sampled_from([-HOUR, HOUR, 24 * HOUR, -5 * MINUTE]))
def test_a_clock_that_jumps_rings_nothing(minute: int, by: timedelta) -> None:
    """From some minute on every time is off by a jump."""
    jumped = [one if one.at < at(minute) else _at(one, one.at + by) for one in CALM]
    detector, said = Detector(EVERYWHERE), set()
    for one in jumped:
        detector.observe(one)
        said |= {finding.symptom for finding in detector.tick(one.at)}
    assert said <= {Symptom.UNMEASURABLE}


@FEW
@given(st.integers(10, 80))
def test_a_dump_read_back_is_the_same(minute: int) -> None:
    """A second dump of what a dump holds is the first one."""
    detector = Detector(EVERYWHERE)
    watch(detector, [one for one in TROUBLED if one.at < at(minute)])
    once = Detector(EVERYWHERE, state=detector.dump())
    assert once.dump() == detector.dump()


def _symptoms(seen: list[ProbeObservation]) -> set[Symptom]:
    detector = Detector(EVERYWHERE)
    found: set[Symptom] = set()
    newest = seen[0].at
    for one in seen:
        detector.observe(one)
        newest = max(newest, one.at)
        found |= {finding.symptom for finding in detector.tick(newest)}
    return found


def _at(one: ProbeObservation, when: object) -> ProbeObservation:
    fields = {name: getattr(one, name) for name in one.__dataclass_fields__}
    return type(one)(**(fields | {"at": when}))


def _odd(route: str, probe: str, kind: str, seconds: float) -> ProbeObservation:
    when = at(60) + timedelta(seconds=seconds % 1700)
    match kind:
        case "a":
            return Arrived(at=when, route=route, probe=probe, latency=timedelta(seconds=seconds))
        case "b":
            return Bounced(at=when, route=route, probe=probe, status="5.4.1")
        case "s":
            return Sent(at=when, route=route, probe=probe)
        case _:
            return Refused(at=when, route=route, probe=probe, reply="451 4.7.500 Server busy")
