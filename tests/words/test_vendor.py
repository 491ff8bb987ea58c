from dataclasses import replace

from bot.types import AdvisoryState, Change, Verb
from bot.words import catalogue, tell, text
from tests.correlate.build import (
    BASE,
    DAY,
    HOUR,
    LATENESS,
    MINUTE,
    REFUSING,
    SENDING,
    T0,
    Teller,
    closed,
    late,
    over,
    refused,
)


def vendor(found: list[Change]) -> str:
    return text(tell(found[0]).vendor, catalogue("en"))


def test_silence_is_said() -> None:
    """Nobody should look for an advisory that is not there."""
    assert vendor(Teller().sees(refused(), at=T0)) == "Microsoft has said nothing yet."


def test_silence_means_nothing_while_we_cannot_read() -> None:
    """It may have said a lot."""
    teller = Teller()
    teller.blind(T0)
    said = vendor(teller.sees(refused(), at=T0 + MINUTE))
    assert said == "We cannot read Microsoft's service health now, so we do not know what it says."


def test_silence_to_the_end_is_said_too() -> None:
    """For the record."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    assert vendor(teller.sees(over(refused(), T0 + HOUR), at=T0 + HOUR)) == "Microsoft never said anything about it."


def test_a_confirmation_says_how_long_after_us() -> None:
    """First-seen times are ours."""
    teller = Teller()
    teller.sees(refused(), at=T0 + 2 * MINUTE)
    said = vendor(teller.says(SENDING, T0 + 2 * HOUR + 34 * MINUTE))
    assert said == "Microsoft confirmed it 2 hours and 32 minutes after we told you (EX1000002)."


def test_a_second_symptom_is_counted_from_its_own_first_sight() -> None:
    """Late for fourteen hours, refused since two."""
    teller = Teller()
    teller.sees(late(), at=T0)
    teller.sees(late(), refused(T0 + 14 * HOUR), at=T0 + 14 * HOUR + 2 * MINUTE)
    said = vendor(teller.says(SENDING, T0 + 16 * HOUR + 2 * MINUTE))
    assert said == "Microsoft confirmed it 2 hours after we told you (EX1000002)."


def test_a_vendor_who_was_first_gets_the_credit() -> None:
    """It happens."""
    teller = Teller()
    teller.says(LATENESS, T0)
    found = teller.sees(late(T0 + HOUR), at=T0 + HOUR + 2 * MINUTE)
    assert vendor(found) == "Microsoft tells of it as EX1000003."
    end = teller.sees(over(late(T0 + HOUR), T0 + 3 * HOUR), at=T0 + 3 * HOUR)
    assert vendor(end).startswith("Microsoft reported it 1 hour and 2 minutes before our tests showed it (EX1000003).")


def test_a_claim_of_the_end_is_told_with_its_time() -> None:
    """Beside what we still see."""
    teller = Teller(tally=REFUSING)
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    said = vendor(teller.says(closed(SENDING, T0 + 90 * MINUTE), T0 + 2 * HOUR))
    assert said.endswith("Microsoft says that EX1000002 was fixed at 09:30 UTC.")


def test_an_end_without_a_time_or_in_the_future_is_told_without_one() -> None:
    """End times can be the time of the closing post, or wrong."""
    teller = Teller()
    teller.says(BASE, T0)
    assert vendor(teller.says(closed(BASE, T0 + DAY), T0 + HOUR)) == "Microsoft says that EX1000001 is fixed."


def test_the_promised_word_is_told_and_how_late_it_is() -> None:
    """Next update by nine."""
    teller = Teller()
    opened = teller.says(replace(BASE, next_update=T0 + HOUR), T0)
    assert vendor(opened) == (
        "Microsoft has no fix for EX1000001 yet. Microsoft promises its next word on EX1000001 for 09:00 UTC."
    )
    assert vendor(teller.at(T0 + 100 * MINUTE)) == (
        "Microsoft has no fix for EX1000001 yet. "
        "Microsoft promised its next word on EX1000001 for 09:00 UTC; it is 40 minutes overdue."
    )


def test_what_we_cannot_read_is_not_called_overdue() -> None:
    """It may have come while we were blind."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(replace(SENDING, next_update=T0 + HOUR), T0 + 10 * MINUTE)
    teller.blind(T0 + 50 * MINUTE)
    said = vendor(teller.sees(refused(), late(T0 + 2 * HOUR), at=T0 + 2 * HOUR))
    assert "overdue" not in said


def test_gone_is_not_fixed() -> None:
    """Its audience was narrowed."""
    teller = Teller()
    teller.says(BASE, T0)
    said = vendor(teller.drops(BASE.id, T0 + HOUR))
    assert said == "EX1000001 has not been listed for us since 09:00 UTC. Gone is not the same as fixed."


def test_a_fix_under_way_and_a_false_alarm_have_their_own_words() -> None:
    """The states of an advisory."""
    teller = Teller()
    assert vendor(teller.says(replace(BASE, state=AdvisoryState.RECOVERING), T0)) == (
        "Microsoft says that a fix is under way (EX1000001)."
    )
    ended = teller.says(replace(BASE, state=AdvisoryState.FALSE_ALARM), T0 + HOUR)
    assert vendor(ended) == "Microsoft says that EX1000001 was a false alarm."


def test_a_first_notice_in_an_incident_is_only_looking() -> None:
    """It joined by what the test messages saw."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(replace(SENDING, state=AdvisoryState.PRE_ALERT), T0 + HOUR)
    found = teller.sees(refused(), late(T0 + 2 * HOUR), at=T0 + 2 * HOUR)
    assert "Microsoft" in vendor(found)
    assert teller.rung() == ["opened", "new symptom"]


def test_a_join_says_by_what_it_is_known() -> None:
    """An id, a cause, a title."""
    teller = Teller()
    teller.says(BASE, T0)
    quoted = vendor(teller.says(replace(SENDING, quotes=(BASE.id,)), T0 + HOUR))
    assert quoted.startswith("Microsoft's own posts link EX1000002 with EX1000001.")
    cause = "An influx of free/busy Control Flow Messages (CFM)."
    teller.says(replace(BASE, cause=cause), T0 + HOUR)
    caused = vendor(teller.says(replace(LATENESS, cause=cause), T0 + 2 * HOUR))
    assert caused.startswith("Microsoft gives EX1000003 the same cause as EX1000001 and EX1000002.")
    titled = vendor(teller.says(replace(BASE, id="EX9"), T0 + 3 * HOUR))
    assert titled.startswith("EX9 bears the same title as EX1000002 and EX1000003.")


def test_what_was_closed_too_early_is_called_so() -> None:
    """A new id, a day later."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(closed(BASE), T0 + HOUR)
    found = teller.says(replace(BASE, id="EX9", start=T0 + DAY), T0 + DAY)
    assert "Microsoft had called EX1000001 fixed too early." in vendor(found)


def test_a_join_by_a_person_names_them() -> None:
    """Not the machine's doing."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(SENDING, T0 + HOUR)
    said = vendor(teller.orders(Verb.JOIN, T0 + 2 * HOUR, advisory=SENDING.id))
    assert "Ada added EX1000002 to this incident." in said
    assert "Much alike" not in said


def test_what_looks_alike_is_named_as_such() -> None:
    """Related, not the same."""
    teller = Teller()
    teller.says(BASE, T0)
    found = teller.says(replace(BASE, id="EX1000400", title="Users may be unable to access a mailbox"), T0 + HOUR)
    assert vendor(found).endswith("Much alike, but not shown to be the same fault: EX1000001.")


def test_an_advisory_that_stays_open_after_the_end_is_named() -> None:
    """Mail flows; the vendor has not noticed."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    assert vendor(teller.sees(over(refused(), T0 + 2 * HOUR), at=T0 + 2 * HOUR)).endswith(
        "Microsoft has not closed EX1000002 yet."
    )


def test_an_incident_that_became_a_part_says_nothing_more() -> None:
    """It is told elsewhere."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(SENDING, T0 + HOUR)
    teller.says(replace(SENDING, quotes=(BASE.id,)), T0 + 2 * HOUR)
    part = [change for change in teller.told if change.incident and change.incident.part_of]
    message = tell(part[0])
    assert text(message.headline, catalogue("en")) == "This is part of another fault and is told there (number 1)."
    assert (message.advice, message.facts, message.vendor, message.basis) == ((), (), (), ())
