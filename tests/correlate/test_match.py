from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.correlate.match import agrees, looks_alike, match, plain_title, rare_words, same_cause, same_title
from bot.types import AdvisoryState, Claim, Direction, Incident, Reading, Symptom
from tests.correlate.build import BASE, DAY, HOUR, LATENESS, SENDING, T0, closed, late, over, refused

CFM = "An influx of free/busy Control Flow Messages (CFM) held up the queue."
CFM_TOO = "A feature update sent many free/busy Control Flow Messages (CFM) to servers."


def incident(*readings: Reading) -> Incident:
    claims = tuple(Claim(reading=r, first_seen=T0, changed=T0, closed_seen=closing(r)) for r in readings)
    return Incident(id="1", opened=T0, began=T0, claims=claims)


def closing(reading: Reading) -> datetime | None:
    return T0 if reading.state is AdvisoryState.RESOLVED else None


@pytest.mark.parametrize(
    ("reading", "held", "by"),
    [
        pytest.param(replace(SENDING, quotes=(BASE.id,)), BASE, "quoted", id="an id that a post names joins"),
        pytest.param(SENDING, replace(BASE, quotes=(SENDING.id,)), "quoted", id="whichever of the two names it"),
        pytest.param(replace(SENDING, cause=CFM), replace(BASE, cause=CFM_TOO), "cause", id="rare words join"),
        pytest.param(replace(SENDING, title=BASE.title), BASE, "title", id="the same title joins"),
        pytest.param(SENDING, BASE, "", id="nothing in common does not join"),
    ],
)
def test_an_advisory_belongs_to_an_incident_by_the_strongest_sign(reading: Reading, held: Reading, by: str) -> None:
    """The signs are tried strongest first."""
    assert match(reading, incident(held), T0, T0) == by


def test_the_same_title_within_a_week_of_the_end_is_the_same_fault() -> None:
    """A false resolved comes back under a new id."""
    old = incident(closed(BASE)).claims[0]
    again = replace(BASE, id="EX2", start=T0 + 2 * DAY)
    assert same_title(again, old, T0 + 2 * DAY)
    assert not same_title(replace(again, start=T0 + 8 * DAY), old, T0 + 8 * DAY)


def test_titles_join_only_advisories_about_mail() -> None:
    """Chat and mail can bear the same words."""
    held = incident(BASE).claims[0]
    assert not same_title(replace(BASE, id="TM1", is_mail=False), held, T0)
    assert not same_title(replace(BASE, id="EX2", title=""), held, T0)


@pytest.mark.parametrize(
    "title",
    [
        "Some users may be unable to access their mailbox",
        "Users may have been unable to access their mailbox",
        "Users are unable to access their mailbox.",
    ],
)
def test_hedges_and_tenses_do_not_make_a_new_title(title: str) -> None:
    """Vendors reword a title from post to post."""
    assert plain_title(title) == plain_title(BASE.title)


def test_a_rare_abbreviation_weighs_as_two_words() -> None:
    """Nobody writes CFM by chance."""
    assert same_cause("The CFM interceptor failed", "A flood of CFM met the interceptor")
    assert not same_cause("A change to the free/busy service", "The free/busy feature was updated")


def test_boilerplate_is_not_a_shared_cause() -> None:
    """Every closed advisory promises a report within five business days."""
    closing_words = "We'll publish a post-incident report within five business days."
    assert not same_cause(f"A certificate expired. {closing_words}", f"A disk was full. {closing_words}")
    assert rare_words(closing_words) == frozenset()


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        pytest.param(SENDING, True, id="same symptom, direction and time"),
        pytest.param(LATENESS, True, id="a queue of the same direction"),
        pytest.param(replace(SENDING, direction=Direction.NONE), True, id="no direction named"),
        pytest.param(replace(SENDING, direction=Direction.INBOUND), False, id="the other direction"),
        pytest.param(BASE, False, id="a symptom that test messages cannot show"),
        pytest.param(replace(SENDING, start=T0 + 900 * DAY), True, id="a start in the future cannot be true"),
        pytest.param(replace(SENDING, end=T0 - 9 * HOUR), False, id="over long before our trouble began"),
        pytest.param(replace(SENDING, is_mail=False), False, id="not about mail"),
    ],
)
def test_test_messages_agree_by_symptom_direction_and_time(reading: Reading, *, expected: bool) -> None:
    """What the canaries saw joins what the vendor says."""
    found = (over(refused(), T0 + HOUR),)
    assert agrees(reading, found, T0 + 10 * HOUR, T0) is expected


def test_an_advisory_that_stands_for_weeks_is_not_about_what_begins_now() -> None:
    """An old advisory of the same kind is another story."""
    old = replace(LATENESS, start=T0 - 20 * DAY, modified=T0 - 2 * DAY)
    assert not agrees(old, (late(),), T0 + HOUR, T0 - 20 * DAY)
    assert agrees(replace(old, modified=T0), (late(),), T0 + HOUR, T0 - 20 * DAY)


def test_alike_titles_and_near_ids_are_shown_and_not_joined() -> None:
    """Two faults of one morning."""
    held = incident(BASE).claims[0]
    near = replace(BASE, id="EX1000400", title="Mail search fails", symptom=Symptom.SEARCH_BROKEN)
    alike = replace(BASE, id="EX2", title="Users may be unable to access any mailbox")
    far = replace(near, id="EX2000000")
    assert looks_alike(near, held)
    assert looks_alike(alike, held)
    assert not looks_alike(far, held)
    assert not looks_alike(replace(near, is_mail=False), held)
    assert not looks_alike(near, replace(held, gone=T0 + timedelta(minutes=1)))
    assert match(near, incident(BASE), T0, T0) == ""


def test_an_advisory_that_begins_long_after_our_trouble_is_another_story() -> None:
    """Seen when it was posted."""
    found = (over(refused(), T0 + HOUR),)
    start = T0 + 9 * HOUR
    assert not agrees(replace(SENDING, start=start), found, T0 + 10 * HOUR, start)
