from dataclasses import replace

from bot.types import AdvisoryState, Direction, Severity, Symptom
from tests.correlate.build import (
    BASE,
    DAY,
    HOUR,
    LATENESS,
    MINUTE,
    REFUSING,
    SENDING,
    T0,
    WELL,
    Teller,
    closed,
    late,
    other,
    over,
    quiet,
    reasons,
    refused,
)


def test_a_finding_opens_an_incident_that_began_at_its_change_point() -> None:
    """We say since when, not since when we know."""
    teller = Teller()
    found = teller.sees(refused(), at=T0 + 3 * MINUTE)
    assert reasons(found) == ["opened"]
    assert teller.incident().began == T0
    assert teller.incident().opened == T0 + 3 * MINUTE
    assert teller.incident().severity is Severity.SEVERE


def test_one_stretch_is_one_incident_whatever_its_symptoms() -> None:
    """Late first, refused hours later."""
    teller = Teller()
    teller.sees(late(), at=T0 + 3 * MINUTE)
    found = teller.sees(late(), refused(T0 + 14 * HOUR), at=T0 + 14 * HOUR)
    assert reasons(found) == ["new symptom"]
    assert len(teller.book.incidents) == 1


def test_a_finding_that_was_over_before_we_knew_of_it_opens_nothing() -> None:
    """Seconds of trouble between two looks."""
    assert Teller().sees(over(refused(), T0 + MINUTE), at=T0 + 2 * MINUTE) == []


def test_it_is_over_by_measurement_though_the_vendor_is_silent() -> None:
    """Resolved means that messages flow again."""
    teller = Teller()
    teller.sees(refused(), at=T0 + 3 * MINUTE)
    found = teller.sees(over(refused(), T0 + HOUR), at=T0 + HOUR + MINUTE)
    assert reasons(found) == ["resolved"]
    assert teller.incident().severity is Severity.GOOD


def test_the_end_of_one_symptom_rings_when_there_is_something_to_do() -> None:
    """What bounced can now be sent again; mail is still late."""
    teller = Teller()
    teller.sees(late(), refused(), at=T0 + 3 * MINUTE)
    found = teller.sees(late(), over(refused(), T0 + HOUR), at=T0 + HOUR)
    assert reasons(found) == ["better"]
    assert found[0].why == "what bounced can be sent again"


def test_the_end_of_lateness_alone_is_recorded() -> None:
    """Nothing else to do, nothing to ring for."""
    teller = Teller()
    teller.sees(late(), refused(), at=T0 + 3 * MINUTE)
    found = teller.sees(over(late(), T0 + HOUR), refused(), at=T0 + HOUR)
    assert quiet(found) == [("better", "better, and nothing else to do")]
    assert teller.sees(over(late(), T0 + HOUR), refused(), at=T0 + HOUR + MINUTE) == []


def test_trouble_within_the_hour_after_its_end_is_the_same_trouble() -> None:
    """A network that flaps every half hour is one incident."""
    teller = Teller()
    teller.sees(refused(), at=T0 + 3 * MINUTE)
    teller.sees(over(refused(), T0 + 15 * MINUTE), at=T0 + 20 * MINUTE)
    again = refused(T0 + 30 * MINUTE, stretch="s2")
    assert reasons(teller.sees(again, at=T0 + 32 * MINUTE)) == ["reopened"]


def test_after_it_came_back_once_the_all_clear_waits() -> None:
    """Flapping is damped: no more all-clears and alarms every half hour."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.sees(over(refused(), T0 + 15 * MINUTE), at=T0 + 20 * MINUTE)
    for n in range(1, 5):
        again = refused(T0 + n * 30 * MINUTE, stretch=f"s{n + 1}")
        teller.sees(again, at=T0 + n * 30 * MINUTE)
        teller.sees(over(again, T0 + (n * 30 + 15) * MINUTE), at=T0 + (n * 30 + 20) * MINUTE)
    assert teller.rung() == ["opened", "resolved", "reopened"]
    assert reasons(teller.at(T0 + 166 * MINUTE)) == ["resolved"]


def test_hours_later_it_is_another_incident() -> None:
    """Two faults of one day."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.sees(over(refused(), T0 + HOUR), at=T0 + HOUR)
    assert reasons(teller.sees(late(T0 + 5 * HOUR, stretch="s2"), at=T0 + 5 * HOUR)) == ["opened"]
    assert teller.book.incidents[-1].id == "2"


def test_a_finding_joins_the_advisory_that_said_so_before() -> None:
    """The vendor was first, for once."""
    teller = Teller()
    teller.says(LATENESS, T0)
    found = teller.sees(late(T0 + HOUR), at=T0 + HOUR + MINUTE)
    assert reasons(found) == ["worse"]
    assert found[0].about == ("measured",)
    assert len(teller.book.incidents) == 1


def test_a_finding_makes_one_of_two_advisories_about_it() -> None:
    """Both said what the test messages begin to see."""
    teller = Teller()
    teller.says(LATENESS, T0)
    teller.says(replace(LATENESS, id="EX2000000", title="Mail waits"), T0 + MINUTE)
    teller.sees(late(T0 + HOUR), at=T0 + HOUR + MINUTE)
    assert teller.incident("2").part_of == "1"
    assert len(teller.incident().claims) == 2


def test_trouble_that_comes_back_while_the_advisory_stands_is_the_same() -> None:
    """The vendor never closed it."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    teller.sees(over(refused(), T0 + 2 * HOUR), at=T0 + 2 * HOUR)
    assert teller.rung()[-1] == "resolved"
    assert reasons(teller.sees(refused(T0 + 20 * HOUR, stretch="s2"), at=T0 + 20 * HOUR)) == ["reopened"]


def test_the_vendors_fixed_is_held_against_the_last_ten_minutes() -> None:
    """It says fixed, and test messages still fail."""
    teller = Teller()
    teller.sees(refused(), at=T0, tally=REFUSING)
    teller.says(SENDING, T0 + HOUR)
    assert reasons(teller.says(closed(SENDING), T0 + 2 * HOUR)) == ["vendor says fixed"]
    assert reasons(teller.at(T0 + 3 * HOUR)) == []


def test_the_vendors_fixed_is_not_contradicted_by_a_quiet_queue() -> None:
    """It may be right: the last messages got through."""
    teller = Teller()
    teller.sees(refused(), at=T0, tally=WELL)
    teller.says(SENDING, T0 + HOUR)
    assert reasons(teller.says(closed(SENDING), T0 + 2 * HOUR)) == []


def test_an_advisory_closed_for_one_symptom_says_nothing_of_another() -> None:
    """Sending was fixed indeed; mail is still late."""
    teller = Teller()
    teller.sees(late(), refused(), at=T0, tally=REFUSING)
    teller.says(SENDING, T0 + HOUR)
    teller.sees(late(), over(refused(), T0 + 2 * HOUR), at=T0 + 2 * HOUR)
    assert reasons(teller.says(closed(SENDING), T0 + 3 * HOUR)) == []


def test_the_vendor_does_not_end_what_is_measured_nor_keep_open_what_is_over() -> None:
    """A false positive ends an advisory, not a measured fault."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    teller.says(closed(SENDING), T0 + 2 * HOUR)
    assert teller.incident().resolved is None
    teller.sees(over(refused(), T0 + 3 * HOUR), at=T0 + 3 * HOUR)
    assert teller.rung()[-1] == "resolved"


def test_what_test_messages_cannot_show_ends_by_the_vendors_word() -> None:
    """Mail flows again; mailboxes stay shut."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(replace(BASE, quotes=(SENDING.id,)), T0 + HOUR)
    teller.says(replace(SENDING, quotes=(BASE.id,)), T0 + HOUR)
    teller.sees(over(refused(), T0 + 3 * HOUR), at=T0 + 3 * HOUR)
    assert teller.rung()[-1] == "better"
    assert reasons(teller.says(closed(replace(BASE, quotes=(SENDING.id,))), T0 + 4 * HOUR)) == ["resolved"]


def test_a_confirmation_after_the_end_is_told_once() -> None:
    """The vendor admits what is over."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.sees(over(refused(), T0 + HOUR), at=T0 + HOUR)
    assert reasons(teller.says(closed(SENDING), T0 + 2 * HOUR)) == ["vendor confirms"]
    assert reasons(teller.at(T0 + 3 * HOUR)) == []


def test_a_report_that_follows_days_later_rings_nobody() -> None:
    """Post-incident reports are no news."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.sees(over(refused(), T0 + HOUR), at=T0 + HOUR)
    report = replace(closed(SENDING), status="postIncidentReviewPublished", modified=T0 + 3 * DAY)
    assert reasons(teller.says(report, T0 + 3 * DAY)) == []


def test_a_wider_direction_is_worse_and_a_narrower_one_is_not() -> None:
    """Outgoing first, then both ways."""
    teller = Teller()
    teller.sees(late(direction=Direction.OUTBOUND), at=T0)
    assert reasons(teller.sees(late(), at=T0 + HOUR)) == ["worse"]
    assert reasons(teller.sees(late(direction=Direction.INBOUND), at=T0 + 2 * HOUR)) == []


def test_late_that_turns_out_lost_is_a_new_symptom() -> None:
    """The advice changes: ask before you send again."""
    teller = Teller()
    teller.sees(late(), at=T0)
    assert reasons(teller.sees(late(), other(Symptom.LOST), at=T0 + HOUR)) == ["new symptom"]


def test_figures_are_renewed_without_a_ring() -> None:
    """The message in the channel is edited in place."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    assert teller.sees(refused(), at=T0 + 5 * MINUTE) == []
    assert quiet(teller.sees(refused(), at=T0 + 15 * MINUTE)) == [("updated", "figures renewed")]


def test_the_vendors_fixed_is_contradicted_whatever_it_called_the_trouble() -> None:
    """It said late, and test messages are refused."""
    teller = Teller()
    teller.sees(refused(), at=T0, tally=REFUSING)
    teller.says(LATENESS, T0 + HOUR)
    assert reasons(teller.says(closed(LATENESS), T0 + 2 * HOUR)) == ["vendor says fixed"]


def test_a_first_notice_after_the_end_is_no_confirmation() -> None:
    """It says nothing yet."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.sees(over(refused(), T0 + HOUR), at=T0 + HOUR)
    assert reasons(teller.says(replace(SENDING, state=AdvisoryState.PRE_ALERT), T0 + 2 * HOUR)) == []


def test_late_that_goes_on_as_lost_does_not_count_as_mended() -> None:
    """The same trouble under a graver name."""
    teller = Teller()
    teller.sees(late(), at=T0)
    lost = other(Symptom.LOST)
    assert reasons(teller.sees(lost, at=T0 + HOUR)) == ["new symptom"]
    assert [finding.symptom for finding in teller.incident().findings] == [Symptom.LOST]
    assert reasons(teller.sees(over(lost, T0 + 2 * HOUR), at=T0 + 2 * HOUR)) == ["resolved"]


def test_a_finding_that_is_named_no_more_is_over() -> None:
    """Such as after a restart without a memory."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    assert reasons(teller.sees(at=T0 + HOUR)) == ["resolved"]


def test_an_advisory_that_is_gone_draws_no_later_trouble_to_it() -> None:
    """Nobody says that it still stands."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    teller.drops(SENDING.id, T0 + 2 * HOUR)
    teller.sees(over(refused(), T0 + 3 * HOUR), at=T0 + 3 * HOUR)
    assert reasons(teller.sees(refused(T0 + 9 * HOUR, stretch="s2"), at=T0 + 9 * HOUR)) == ["opened"]
