from dataclasses import replace

from bot.correlate.news import severity
from bot.types import Action, AdvisoryState, Direction, Finding, Incident, Rules, Severity, Symptom, Verb
from tests.correlate.build import (
    BASE,
    DAY,
    HOUR,
    MINUTE,
    REFUSING,
    T0,
    Teller,
    closed,
    late,
    over,
    quiet,
    reasons,
    refused,
)


def incident(*findings: Finding) -> Incident:
    return replace(Incident(id="1", opened=T0, began=T0), findings=findings)


def test_severe_is_a_fifth_refused_or_half_of_it_a_quarter_of_an_hour_late() -> None:
    """The one definition of severe."""
    assert severity(incident(refused(share=0.2))) is Severity.SEVERE
    assert severity(incident(refused(share=0.19))) is Severity.WARNING
    assert severity(incident(late(share=0.5, by=15 * MINUTE))) is Severity.SEVERE
    assert severity(incident(late(share=0.49, by=HOUR))) is Severity.WARNING
    assert severity(incident(late(share=0.9, by=14 * MINUTE))) is Severity.WARNING
    assert severity(incident()) is Severity.GOOD


def test_an_advisory_alone_is_never_severe() -> None:
    """May is not is."""
    teller = Teller()
    teller.says(BASE, T0)
    assert teller.incident().severity is Severity.WARNING
    teller.says(replace(BASE, id="EX9", title="Search", symptom=Symptom.SEARCH_BROKEN), T0)
    assert teller.incident("2").severity is Severity.INFO


def test_it_gets_worse_when_it_becomes_severe() -> None:
    """Told once, whatever the share does next."""
    teller = Teller()
    teller.sees(refused(share=0.1), at=T0)
    assert reasons(teller.sees(refused(share=0.6), at=T0 + MINUTE)) == ["worse"]
    assert reasons(teller.sees(refused(share=0.1), at=T0 + 20 * MINUTE)) == []
    assert reasons(teller.sees(refused(share=0.6), at=T0 + 40 * MINUTE)) == []


def test_lateness_that_hovers_about_the_limit_is_not_told_as_worse() -> None:
    """Fifteen minutes now and then."""
    teller = Teller()
    teller.sees(late(share=0.6, by=12 * MINUTE), at=T0)
    for minute in range(20, 60, 10):
        assert reasons(teller.sees(late(share=0.6, by=16 * MINUTE), at=T0 + minute * MINUTE)) == []
        assert reasons(teller.sees(late(share=0.6, by=12 * MINUTE), at=T0 + (minute + 5) * MINUTE)) == []
    teller.sees(late(share=0.6, by=16 * MINUTE), at=T0 + 60 * MINUTE)
    assert reasons(teller.at(T0 + 70 * MINUTE)) == ["worse"]


def test_an_overdue_update_is_told_once() -> None:
    """Half an hour of grace."""
    teller = Teller()
    teller.says(replace(BASE, next_update=T0 + HOUR), T0)
    assert reasons(teller.at(T0 + HOUR + 29 * MINUTE)) == []
    assert reasons(teller.at(T0 + HOUR + 30 * MINUTE)) == ["overdue"]
    teller.says(replace(BASE, next_update=T0 + 2 * HOUR), T0 + 100 * MINUTE)
    assert reasons(teller.at(T0 + 5 * HOUR)) == []


def test_an_overdue_update_is_not_told_while_we_cannot_read() -> None:
    """It may have come."""
    teller = Teller()
    teller.says(replace(BASE, next_update=T0 + HOUR), T0)
    teller.blind(T0 + 50 * MINUTE)
    assert reasons(teller.at(T0 + 2 * HOUR)) == ["cannot see"]
    assert reasons(teller.back(T0 + 3 * HOUR)) == ["sees again", "overdue"]


def test_a_promise_that_was_broken_before_we_came_is_no_news() -> None:
    """First seen after its time."""
    teller = Teller()
    teller.says(replace(BASE, next_update=T0 - HOUR), T0)
    assert reasons(teller.at(T0 + HOUR)) == []


def test_no_longer_listed_is_told_and_is_not_resolved() -> None:
    """Gone is not the same as fixed."""
    teller = Teller()
    teller.says(BASE, T0)
    assert reasons(teller.drops(BASE.id, T0 + HOUR)) == ["no longer listed"]
    assert teller.incident().resolved is None


def test_what_is_not_listed_for_a_day_is_closed_without_a_ring() -> None:
    """Nobody says that it is over."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.drops(BASE.id, T0 + HOUR)
    found = teller.at(T0 + 26 * HOUR)
    assert quiet(found) == [("resolved", "no longer listed, and nobody says that it is over")]
    assert teller.at(T0 + 27 * HOUR) == []


def test_a_closed_advisory_may_leave_the_list_without_a_word() -> None:
    """That is what closed ones do."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(closed(BASE), T0 + HOUR)
    assert reasons(teller.drops(BASE.id, T0 + 2 * HOUR)) == []


def test_an_advisory_that_opens_again_reopens() -> None:
    """The same id, no longer closed."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(closed(BASE), T0 + HOUR)
    assert reasons(teller.says(BASE, T0 + 3 * HOUR)) == ["reopened"]


def test_new_advice_rings_and_no_advice_does_not() -> None:
    """People should know what to do now."""
    teller = Teller()
    teller.says(BASE, T0)
    better = replace(BASE, action=Action.USE_ANOTHER_CLIENT)
    assert reasons(teller.says(better, T0 + 2 * HOUR)) == ["advice changed"]
    assert reasons(teller.says(replace(BASE, action=Action.NOTHING), T0 + 4 * HOUR)) == []


def test_advice_that_changes_often_rings_once_an_hour() -> None:
    """The vendor tries this and that."""
    teller = Teller()
    teller.says(BASE, T0)
    better = replace(BASE, action=Action.USE_ANOTHER_CLIENT)
    assert reasons(teller.says(better, T0 + 20 * MINUTE)) == []
    assert reasons(teller.at(T0 + HOUR)) == ["advice changed"]


def test_a_false_alarm_of_the_vendors_ends_its_incident() -> None:
    """But only where nothing was measured."""
    teller = Teller()
    teller.says(BASE, T0)
    assert reasons(teller.says(replace(BASE, state=AdvisoryState.FALSE_ALARM), T0 + HOUR)) == ["resolved"]


def test_a_recovering_advisory_is_still_open() -> None:
    """Slow roll-outs last for days."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(replace(BASE, state=AdvisoryState.RECOVERING), T0 + HOUR)
    assert teller.incident().resolved is None


def test_a_reminder_comes_once_a_day_while_it_lasts() -> None:
    """Nothing was said for a day."""
    teller = Teller()
    teller.says(BASE, T0)
    assert reasons(teller.at(T0 + 23 * HOUR)) == []
    assert reasons(teller.at(T0 + DAY)) == ["reminder"]
    assert reasons(teller.at(T0 + DAY + HOUR)) == []
    assert reasons(teller.at(T0 + 2 * DAY)) == ["reminder"]


def test_small_troubles_are_not_reminded_of() -> None:
    """Search can be broken for weeks."""
    teller = Teller()
    teller.says(replace(BASE, symptom=Symptom.SEARCH_BROKEN), T0)
    assert reasons(teller.at(T0 + 3 * DAY)) == []


def test_a_severe_incident_that_nobody_takes_is_passed_on_step_by_step() -> None:
    """As often as there are destinations."""
    teller = Teller(rules=Rules(escalations=2))
    teller.sees(refused(), at=T0)
    assert reasons(teller.at(T0 + 29 * MINUTE)) == []
    assert reasons(teller.at(T0 + 30 * MINUTE)) == ["escalated"]
    assert teller.told[-1].about == ("1",)
    assert reasons(teller.at(T0 + HOUR)) == ["escalated"]
    assert reasons(teller.at(T0 + 2 * HOUR)) == []


def test_an_acknowledged_incident_is_not_passed_on() -> None:
    """Somebody is on it."""
    teller = Teller(rules=Rules(escalations=2))
    teller.sees(refused(), at=T0)
    teller.orders(Verb.ACK, T0 + 10 * MINUTE)
    assert reasons(teller.at(T0 + HOUR)) == []


def test_a_merge_waits_for_what_follows() -> None:
    """Two words within minutes are one."""
    teller = Teller(tally=REFUSING)
    teller.sees(late(direction=Direction.OUTBOUND), at=T0)
    found = teller.sees(late(), at=T0 + 2 * MINUTE)
    assert quiet(found) == [("worse", "waits to be told with what follows")]
    assert teller.at(T0 + 3 * MINUTE) == []
    assert reasons(teller.at(T0 + 10 * MINUTE)) == ["worse"]


def test_what_ended_is_told_again_when_it_ends_again() -> None:
    """Each reopening starts the telling afresh."""
    teller = Teller()
    teller.sees(late(), refused(), at=T0)
    teller.sees(over(late(), T0 + HOUR), over(refused(), T0 + HOUR), at=T0 + HOUR)
    teller.sees(refused(T0 + 90 * MINUTE, stretch="s2"), at=T0 + 90 * MINUTE)
    assert teller.rung() == ["opened", "resolved", "reopened"]
    assert "resolved" not in teller.incident().told
