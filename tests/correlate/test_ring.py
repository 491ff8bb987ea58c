from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from bot.correlate import after_quiet, passed_on, takes
from bot.types import (
    Change,
    Destination,
    Direction,
    Incident,
    Only,
    QuietHours,
    Reason,
    Rules,
    Severity,
    Verb,
    Window,
)
from tests.correlate.build import (
    BASE,
    DAY,
    HOUR,
    MINUTE,
    SENDING,
    T0,
    Teller,
    closed,
    late,
    over,
    quiet,
    reasons,
    refused,
)

NIGHT = QuietHours(start=time(22, 0), end=time(7, 0), zone="Europe/Berlin")
WORK = Rules(windows=(Window(start=T0 - HOUR, end=T0 + HOUR, note="mail moves"),))


def test_maintenance_holds_back_what_is_not_severe_and_tells_it_when_it_still_lasts() -> None:
    """People know of the work."""
    teller = Teller(rules=WORK)
    assert quiet(teller.sees(late(), at=T0)) == [("opened", "maintenance: mail moves")]
    assert reasons(teller.at(T0 + HOUR)) == ["opened"]


def test_maintenance_does_not_hold_back_the_severe() -> None:
    """Six of ten refused is more than work."""
    assert reasons(Teller(rules=WORK).sees(refused(), at=T0)) == ["opened"]


def test_what_ends_within_the_maintenance_is_never_told() -> None:
    """No all-clear for what nobody heard of."""
    teller = Teller(rules=WORK)
    teller.sees(late(), at=T0)
    teller.sees(over(late(), T0 + 30 * MINUTE), at=T0 + 30 * MINUTE)
    teller.at(T0 + 2 * HOUR)
    assert teller.rung() == []


def test_mail_that_is_a_little_late_is_shown_and_not_rung() -> None:
    """Nobody minds 45 seconds, until it is more."""
    teller = Teller()
    assert quiet(teller.sees(late(by=MINUTE), at=T0)) == [("opened", "late by less than 0:02:00")]
    assert reasons(teller.sees(late(by=5 * MINUTE), at=T0 + HOUR)) == ["opened"]


def test_an_old_advisory_is_shown_and_rings_with_its_next_post() -> None:
    """The first look at a feed finds weeks of them."""
    teller = Teller()
    old = replace(BASE, start=T0 - 20 * DAY, modified=T0 - 10 * DAY)
    assert quiet(teller.says(old, T0)) == [("opened", "an old advisory")]
    assert reasons(teller.says(replace(old, modified=T0 + HOUR), T0 + HOUR)) == ["opened"]


def test_a_mute_is_honoured_until_it_gets_worse() -> None:
    """Muted is not deaf."""
    teller = Teller()
    teller.sees(late(), at=T0)
    teller.orders(Verb.MUTE, T0 + MINUTE)
    assert quiet(teller.says(replace(SENDING, symptom=late().symptom), T0 + HOUR)) == [("vendor confirms", "muted")]
    assert reasons(teller.sees(late(), refused(T0 + 2 * HOUR), at=T0 + 2 * HOUR)) == ["new symptom"]
    assert teller.incident().muted_until is None


def test_what_was_muted_is_not_told_later() -> None:
    """The end of a mute is no reason to ring."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.orders(Verb.MUTE, T0 + MINUTE)
    teller.says(closed(BASE), T0 + HOUR)
    assert reasons(teller.at(T0 + 9 * HOUR)) == []


def change(*, reason: Reason = Reason.OPENED, **fields: Any) -> Change:  # noqa: ANN401 (fields of an incident)
    incident = replace(Incident(id="1", opened=T0, began=T0, peak=Severity.WARNING), **fields)
    return Change(at=T0, reason=reason, incident=incident, rings=True, why="")


def told() -> tuple[Incident, Incident]:
    """Give an incident that is only measured, and one that is only said."""
    measured, said = Teller(), Teller()
    measured.sees(refused(), at=T0)
    said.says(BASE, T0)
    return measured.incident(), said.incident()


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        pytest.param({}, "", id="all by default"),
        pytest.param({"tenant": "b"}, "another tenant", id="another tenant's"),
        pytest.param({"severities": frozenset({Severity.INFO})}, "not severe", id="another severity"),
        pytest.param({"severities": frozenset({Severity.SEVERE})}, "", id="the same severity"),
        pytest.param({"directions": frozenset({Direction.INBOUND})}, "another direction", id="another direction"),
        pytest.param({"directions": frozenset({Direction.OUTBOUND})}, "", id="the same direction"),
        pytest.param({"only": Only.ADVISORIES}, "only advisories", id="nobody but the vendor"),
        pytest.param({"only": Only.MEASURED}, "", id="only what is measured"),
    ],
)
def test_a_destination_takes_what_it_asks_for(wish: Mapping[str, Any], why: str) -> None:
    """Severity, direction, tenant, advisories or measurements."""
    measured, _ = told()
    destination = Destination(name="a", platform="slack", **wish)
    found = Change(at=T0, reason=Reason.OPENED, incident=measured, rings=True, why="")
    assert takes(destination, found, now=T0) == ((False, T0, why) if why else (True, T0, "asked for"))


def test_an_advisory_without_direction_concerns_them_all() -> None:
    """A mailbox that does not open has no direction."""
    _, said = told()
    inbound = Destination(name="a", platform="slack", directions=frozenset({Direction.INBOUND}))
    measured_only = Destination(name="b", platform="slack", only=Only.MEASURED)
    found = Change(at=T0, reason=Reason.OPENED, incident=said, rings=True, why="")
    assert takes(inbound, found, now=T0)[0]
    assert takes(measured_only, found, now=T0) == (False, T0, "not measured")


def test_those_who_heard_of_it_hear_of_its_end() -> None:
    """The all-clear goes where the alarm went."""
    severe_only = Destination(name="a", platform="slack", severities=frozenset({Severity.SEVERE}))
    found = change(reason=Reason.RESOLVED, severity=Severity.GOOD, peak=Severity.SEVERE)
    assert takes(severe_only, found, now=T0)[0]


def test_our_own_sight_is_told_to_all_but_those_who_want_advisories_only() -> None:
    """It is neither severe nor a direction."""
    found = Change(at=T0, reason=Reason.CANNOT_SEE, incident=None, rings=True, why="")
    assert takes(Destination(name="a", platform="slack"), found, now=T0)[0]
    assert not takes(Destination(name="a", platform="slack", only=Only.ADVISORIES), found, now=T0)[0]


def test_quiet_hours_put_off_all_but_the_severe() -> None:
    """At night only what cannot wait."""
    sleeper = Destination(name="a", platform="slack", quiet=NIGHT)
    night = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    morning = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    assert takes(sleeper, change(), now=night) == (True, morning, "quiet hours")
    assert takes(sleeper, change(severity=Severity.SEVERE), now=night) == (True, night, "asked for")
    assert takes(sleeper, change(reason=Reason.ESCALATED), now=night) == (True, night, "asked for")


@pytest.mark.parametrize(
    ("hour", "end"),
    [
        pytest.param(20, 20, id="evening in UTC is before ten in Berlin"),
        pytest.param(21, 30, id="from ten in Berlin until seven there"),
        pytest.param(28, 30, id="after midnight too"),
        pytest.param(30, 30, id="seven in Berlin is awake"),
    ],
)
def test_quiet_hours_follow_their_zone_and_run_over_midnight(hour: int, end: int) -> None:
    """Hours since midnight in UTC."""
    day = datetime(2026, 1, 10, tzinfo=UTC)
    assert after_quiet(NIGHT, day + hour * HOUR) == day + end * HOUR


def test_quiet_hours_may_lie_within_a_day() -> None:
    """A siesta."""
    siesta = QuietHours(start=time(13), end=time(15))
    noon = datetime(2026, 1, 10, 14, tzinfo=UTC)
    assert after_quiet(siesta, noon) == noon + HOUR
    assert after_quiet(siesta, noon + 2 * HOUR) == noon + 2 * HOUR


def test_each_step_of_an_escalation_goes_to_the_next_in_the_list() -> None:
    """Each destination once."""
    all_of_them = [
        Destination(name="a", platform="slack", next=("boss", "duty")),
        Destination(name="b", platform="teams", next=("boss",)),
        Destination(name="boss", platform="slack", standby=True),
    ]
    assert passed_on(all_of_them, 1) == ("boss",)
    assert passed_on(all_of_them, 2) == ("duty",)
    assert passed_on(all_of_them, 3) == ()
