from dataclasses import replace

from bot.correlate import Book
from bot.types import AdvisoryState, Post, Severity, Symptom, Verb
from tests.correlate.build import (
    BASE,
    DAY,
    HOUR,
    LATENESS,
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

CFM = "An influx of free/busy Control Flow Messages (CFM) held up the queue."
CFM_TOO = "A feature update sent many free/busy Control Flow Messages (CFM) to servers."


def test_an_advisory_about_mail_opens_an_incident() -> None:
    """The vendor alone is enough."""
    teller = Teller()
    assert reasons(teller.says(BASE, T0)) == ["opened"]
    assert teller.incident().severity is Severity.WARNING


def test_what_is_not_about_mail_is_listed_and_rings_nobody() -> None:
    """Chat, administrators, first notices, reports that follow."""
    teller = Teller()
    first = replace(BASE, id="MO1", state=AdvisoryState.PRE_ALERT, symptom=Symptom.OTHER)
    others = [
        replace(BASE, id="TM1", is_mail=False),
        replace(BASE, id="EX7", symptom=Symptom.ADMIN_ONLY),
        first,
        replace(closed(BASE), id="EX8", title="x", status="postIncidentReviewPublished"),
    ]
    assert [change for reading in others for change in teller.says(reading, T0)] == []
    assert len(teller.book.listed) == 4


def test_a_first_notice_opens_once_it_is_confirmed() -> None:
    """A pre-alert becomes an advisory."""
    teller = Teller()
    teller.says(replace(BASE, state=AdvisoryState.PRE_ALERT), T0)
    assert reasons(teller.says(BASE, T0 + HOUR)) == ["opened"]
    assert teller.book.listed == ()


def test_the_same_advisory_again_is_no_news() -> None:
    """Feeds are polled every few minutes."""
    teller = Teller()
    teller.says(BASE, T0)
    assert teller.says(replace(BASE, modified=T0 + MINUTE), T0 + MINUTE) == []


def test_a_new_post_is_shown_and_not_rung() -> None:
    """Words without news."""
    teller = Teller()
    teller.says(BASE, T0)
    found = teller.says(replace(BASE, posts=(Post(at=T0, text="We look."),)), T0 + MINUTE)
    assert quiet(found) == [("updated", "an advisory changed")]


def test_a_quoted_advisory_joins_and_says_so() -> None:
    """Three tickets about one fault are one incident."""
    teller = Teller()
    teller.says(BASE, T0)
    found = teller.says(replace(SENDING, quotes=(BASE.id,)), T0 + HOUR)
    assert reasons(found) == ["joined"]
    assert found[0].about == (SENDING.id,)
    assert len(teller.book.incidents) == 1


def test_two_incidents_that_were_both_told_can_become_one() -> None:
    """The root cause often comes late."""
    teller = Teller()
    teller.says(replace(BASE, cause=CFM), T0)
    teller.says(LATENESS, T0 + HOUR)
    assert teller.rung() == ["opened", "opened"]
    found = teller.says(replace(LATENESS, cause=CFM_TOO), T0 + 2 * HOUR)
    assert reasons(found) == ["joined"]
    assert found[0].incident is not None
    assert found[0].incident.id == "1"
    assert teller.incident("2").part_of == "1"
    assert quiet(found) == [("joined", "a part of incident 1")]
    assert teller.at(T0 + 3 * HOUR) == []


def test_a_false_resolved_comes_back_under_the_old_incident() -> None:
    """A new id, the same title, the next day."""
    teller = Teller()
    teller.says(BASE, T0)
    assert reasons(teller.says(closed(BASE), T0 + HOUR)) == ["resolved"]
    again = replace(BASE, id="EX1000099", start=T0 + DAY)
    found = teller.says(again, T0 + DAY)
    assert reasons(found) == ["reopened"]
    assert teller.incident().reopened == 1
    assert len(teller.book.incidents) == 1


def test_another_symptom_of_a_resolved_fault_is_told_as_joined() -> None:
    """Calendars the day after, by rare words of the root cause."""
    teller = Teller()
    teller.says(replace(LATENESS, cause=CFM), T0)
    teller.says(closed(replace(LATENESS, cause=CFM)), T0 + HOUR)
    stale = replace(BASE, id="EX9", title="Free/busy is stale", symptom=Symptom.CALENDAR_STALE, cause=CFM_TOO)
    assert reasons(teller.says(stale, T0 + DAY)) == ["joined"]
    assert teller.incident().resolved is None


def test_after_a_week_it_is_another_fault() -> None:
    """Nothing joins what is forgotten."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(closed(BASE), T0 + HOUR)
    teller.at(T0 + 8 * DAY)
    late_start = replace(BASE, id="EX9", start=T0 + 9 * DAY, modified=T0 + 9 * DAY)
    assert reasons(teller.says(late_start, T0 + 9 * DAY)) == ["opened"]
    assert teller.book.incidents[-1].id == "2"


def test_the_vendors_start_moves_and_ours_does_not() -> None:
    """Times are back-dated and change later."""
    teller = Teller()
    teller.says(BASE, T0)
    assert reasons(teller.says(replace(BASE, start=T0 - DAY), T0 + HOUR)) == []
    assert teller.incident().began == T0
    assert teller.incident().claims[0].first_seen == T0


def test_an_advisory_that_comes_back_on_the_list_is_not_gone() -> None:
    """An audience can be widened again."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.drops(BASE.id, T0 + HOUR)
    assert teller.incident().claims[0].gone == T0 + HOUR
    teller.says(BASE, T0 + 2 * HOUR)
    assert teller.incident().claims[0].gone is None
    assert teller.drops("EX404", T0 + 3 * HOUR) == []


def test_what_looks_alike_is_named_and_stays_apart() -> None:
    """Two mailbox faults of one morning."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(replace(BASE, id="EX1000400", title="Users may be unable to access mailboxes in one region"), T0 + HOUR)
    assert teller.incident("2").related == (BASE.id,)


def test_what_looks_like_yesterdays_fault_is_named_beside_it() -> None:
    """Two days, two components, both late."""
    teller = Teller()
    teller.says(replace(LATENESS, title="Delays in email delivery"), T0)
    teller.says(closed(replace(LATENESS, title="Delays in email delivery")), T0 + HOUR)
    teller.sees(late(T0 + DAY), at=T0 + DAY)
    start = T0 + DAY
    second = replace(LATENESS, id="EX1000300", title="Delays sending and receiving email", start=start, modified=start)
    assert reasons(teller.says(second, T0 + DAY + HOUR)) == ["vendor confirms"]
    assert teller.incident("2").related == (LATENESS.id,)


def test_a_parted_advisory_never_joins_again_by_itself() -> None:
    """A person knows better."""
    teller = Teller()
    teller.says(BASE, T0)
    quoting = replace(SENDING, quotes=(BASE.id,))
    teller.says(quoting, T0 + HOUR)
    assert reasons(teller.orders(Verb.PART, T0 + 2 * HOUR, advisory=SENDING.id)) == ["parted"]
    found = teller.says(replace(quoting, codes=("550 5.7.1",)), T0 + 3 * HOUR)
    assert reasons(found) == []
    assert [len(incident.claims) for incident in teller.book.incidents] == [1, 1]


def test_an_advisory_joins_what_the_test_messages_saw() -> None:
    """Agreement of symptom, direction and time."""
    teller = Teller()
    teller.sees(refused(), at=T0 + 2 * MINUTE)
    assert reasons(teller.says(SENDING, T0 + 3 * HOUR)) == ["vendor confirms"]
    assert teller.incident().claims[0].joined_by == "canary"


def test_an_incident_with_measurements_takes_in_one_without_by_a_late_agreement() -> None:
    """The advisory opened its own, until its text says what the test messages saw."""
    teller = Teller()
    teller.says(replace(SENDING, symptom=Symptom.OTHER), T0)
    teller.sees(refused(T0 + HOUR), at=T0 + HOUR + 2 * MINUTE)
    assert teller.rung() == ["opened", "opened"]
    found = teller.says(SENDING, T0 + 2 * HOUR)
    assert reasons(found) == ["joined"]
    assert len(teller.incident().findings) == 1


def test_what_came_back_and_was_measured_first_is_put_to_its_old_incident() -> None:
    """Late again the next day; then a new id with the old title."""
    teller = Teller()
    teller.sees(late(), at=T0)
    teller.says(LATENESS, T0 + HOUR)
    teller.sees(over(late(), T0 + 2 * HOUR), at=T0 + 2 * HOUR)
    teller.says(closed(LATENESS), T0 + 3 * HOUR)
    teller.sees(late(T0 + DAY, stretch="s2"), at=T0 + DAY)
    again = replace(LATENESS, id="EX1009999", start=T0 + DAY, modified=T0 + DAY)
    found = teller.says(again, T0 + DAY + HOUR)
    assert len(reasons(found)) == 1
    assert found[0].incident is not None
    assert (found[0].incident.id, teller.incident("2").part_of) == ("1", "1")


def test_the_book_survives_being_written_down() -> None:
    """JSON and back."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.sees(refused(), at=T0 + 2 * MINUTE)
    teller.orders(Verb.ACK, T0 + HOUR)
    assert Book.load(teller.book.dump()) == teller.book
