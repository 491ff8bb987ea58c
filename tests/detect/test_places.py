from datetime import timedelta

import pytest

from bot.detect import Detector
from bot.detect.places import Held, agreed, held
from bot.types import Arrived, Leg, Place, ProbeObservation, Route, Symptom, Where
from tests.detect.evenings import EVERYWHERE, MINUTE, at, evening, watch

LATE = 15 * MINUTE


def arrived(legs: dict[Where, float], *, took: float = 900.0, skew: float = 0.0, by: str = "mx.example") -> Arrived:
    """Give an arrival with its legs, a server each."""
    made = tuple(Leg(by=by, where=where, seconds=seconds) for where, seconds in legs.items())
    latency = timedelta(seconds=took)
    return Arrived(at=at(20), route="inbound-eu", probe="1", latency=latency, legs=made, skew_seconds=skew)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(
            arrived({Where.BEFORE: 60, Where.MICROSOFT: 840}), (Where.MICROSOFT, 840), id="two thirds in one place"
        ),
        pytest.param(arrived({Where.BEFORE: 450, Where.MICROSOFT: 450}), None, id="half here and half there"),
        pytest.param(arrived({Where.MICROSOFT: 20}, took=21), None, id="too short for stamps of whole seconds"),
        pytest.param(arrived({}), None, id="nobody stamped it"),
        pytest.param(arrived({Where.BEFORE: 840, Where.MICROSOFT: 60}, skew=-60), None, id="a clock is wrong"),
        pytest.param(
            arrived({Where.MICROSOFT: 840, Where.MAILBOX: 60}, skew=-60, by="Microsoft"),
            (Where.MICROSOFT, 840),
            id="a clock is wrong and Exchange itself says it",
        ),
        pytest.param(arrived({Where.OURS: 40, Where.MAILBOX: 860}, took=42), (Where.OURS, 40), id="only seen late"),
        pytest.param(arrived({Where.OURS: 10, Where.MAILBOX: 895}), (Where.MAILBOX, 890), id="the mailbox held it"),
    ],
)
def test_where_a_message_was_held_is_known_only_where_it_is_clear(seen: Arrived, expected: Held | None) -> None:
    """Two thirds of its time in one place, by clocks that can be believed."""
    assert held(seen) == expected


INSIDE, BEFORE = (Where.MICROSOFT, 840.0), (Where.BEFORE, 700.0)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        pytest.param([(INSIDE, 900.0)] * 3, Where.MICROSOFT, id="all"),
        pytest.param([(INSIDE, 900.0)] * 3 + [(BEFORE, 900.0), (None, 900.0)], Where.MICROSOFT, id="most"),
        pytest.param([(INSIDE, 900.0)] * 3 + [(BEFORE, 900.0)] * 3, None, id="half"),
        pytest.param([(INSIDE, 900.0)] * 3 + [(None, 900.0)] * 3, None, id="half are not clear"),
        pytest.param([(INSIDE, 900.0)] * 2, None, id="too few"),
        pytest.param([(INSIDE, 900.0)] * 30 + [(BEFORE, 900.0)] * 20, Where.BEFORE, id="the place has changed"),
        pytest.param([], None, id="none"),
    ],
)
def test_a_place_is_told_where_most_late_messages_agree(
    late: list[tuple[Held | None, float]], expected: Where | None
) -> None:
    """Of the newest ones."""
    found = agreed(late)
    assert (found and found.where) == expected


def test_the_middle_of_those_that_agree_is_told() -> None:
    """Not of those that were held elsewhere."""
    late: list[tuple[Held | None, float]] = [
        ((Where.MICROSOFT, inside), inside + 60) for inside in (600.0, 840.0, 900.0)
    ]
    assert agreed([*late, (BEFORE, 5000.0)]) == Place(where=Where.MICROSOFT, held=14 * MINUTE, of=15 * MINUTE)


def with_way(one: ProbeObservation, legs: tuple[Leg, ...]) -> ProbeObservation:
    """Give an arrival its way; what is on time was nowhere long."""
    if not isinstance(one, Arrived) or one.latency < LATE:
        return one
    return Arrived(at=one.at, route=one.route, probe=one.probe, latency=one.latency, legs=legs)


def late_inbound(route: Route, *_: object) -> float | None:
    return LATE.total_seconds() if route.name.startswith("inbound") else None


def test_late_messages_tell_where_they_were_also_after_a_restart() -> None:
    """Incoming mail is fifteen minutes late for half an hour, fourteen of them inside Microsoft."""
    legs = (
        Leg(by="out.example", where=Where.BEFORE, seconds=60),
        Leg(by="Microsoft", where=Where.MICROSOFT, seconds=840),
    )
    calm = evening(EVERYWHERE, minutes=60)
    seen = [with_way(one, legs) for one in evening(EVERYWHERE, late_inbound, start=60, minutes=40)]
    detector = Detector(EVERYWHERE)
    said = watch(detector, [*calm, *seen])
    _, finding = said[-1]
    assert finding.symptom is Symptom.DELAYED
    assert finding.evidence.place == Place(where=Where.MICROSOFT, held=14 * MINUTE, of=LATE)
    again = Detector(EVERYWHERE, state=detector.dump())
    (found,) = again.tick(seen[-1].at + MINUTE)
    assert found.evidence.place == finding.evidence.place
