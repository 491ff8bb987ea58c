from dataclasses import replace

from bot.types import Change, Symptom, Tally, Verb
from bot.words import catalogue, tell, text
from bot.words.facts import tests_now as said_of_tests
from tests.correlate.build import (
    BASE,
    DAY,
    HOUR,
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
    refused,
)


def facts(found: list[Change]) -> list[str]:
    return [text(fact, catalogue("en")) for fact in tell(found[0]).facts]


def basis(found: list[Change]) -> str:
    return text(tell(found[0]).basis, catalogue("en"))


def test_measured_numbers_and_no_adjectives() -> None:
    """Since when, how many of how many, how late, what the server said."""
    assert facts(Teller().sees(late(), refused(), at=T0 + 12 * MINUTE)) == [
        "It began at about Mar 2 08:00 UTC, 12 minutes ago.",
        "6 of the last 10 test messages were refused. The server's answer: 503 5.5.1.",
        "8 of the last 20 test messages were late. They take about 18 minutes; 9 seconds is usual.",
    ]


def test_a_new_symptom_is_told_since_its_own_beginning() -> None:
    """Refused since a minute, late since the morning."""
    teller = Teller()
    teller.sees(late(), at=T0)
    found = teller.sees(late(), other(Symptom.LOST, T0 + 5 * HOUR), at=T0 + 5 * HOUR + MINUTE)
    assert facts(found)[:2] == [
        "It began at about Mar 2 13:00 UTC, 1 minute ago.",
        "5 of the last 10 test messages are missing. The server's answer: 5.4.1.",
    ]


def test_the_last_ten_minutes_are_held_against_the_vendors_word() -> None:
    """Numbers of now, not of the whole day."""
    teller = Teller(tally=Tally(sent=40, arrived=30, refused=8, bounced=1, late=1))
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    assert facts(teller.says(closed(SENDING), T0 + 2 * HOUR))[1] == (
        "Of 40 test messages in the last ten minutes, 8 were refused, 1 bounced, and 1 was late."
    )


def test_without_bad_messages_of_late_the_whole_is_told() -> None:
    """A reminder in a quiet moment."""
    teller = Teller(tally=WELL)
    teller.sees(refused(), at=T0)
    assert facts(teller.at(T0 + DAY))[1].startswith("6 of the last 10 test messages were refused.")


def test_how_long_it_lasted_is_told_at_the_end() -> None:
    """And that messages arrive now."""
    teller = Teller(tally=WELL)
    teller.sees(refused(), at=T0)
    assert facts(teller.sees(over(refused(), T0 + 5 * HOUR), at=T0 + 5 * HOUR)) == [
        "It lasted 5 hours: from Mar 2 08:00 UTC to 13:00 UTC.",
        "In the last ten minutes 40 test messages arrived, all on time.",
    ]


def test_the_code_that_the_vendor_names_helps_people_to_find_theirs() -> None:
    """Where no server gave us one."""
    teller = Teller(tally=REFUSING)
    teller.sees(late(), at=T0)
    slow = replace(SENDING, symptom=Symptom.DELAYED, codes=("451 4.7.500", "<b>"))
    assert facts(teller.says(slow, T0 + HOUR))[-1] == "The error may read 451 4.7.500."


def test_a_finding_without_numbers_is_told_without_them() -> None:
    """Nothing is made up."""
    finding = refused()
    bare = replace(finding, evidence=replace(finding.evidence, bad=0, of=0, reply=""))
    assert facts(Teller().sees(bare, at=T0 + MINUTE)) == ["It began at about Mar 2 08:00 UTC, 1 minute ago."]
    slow = replace(late(), evidence=replace(late().evidence, late_median=None))
    assert facts(Teller().sees(slow, at=T0 + MINUTE))[1] == "8 of the last 20 test messages were late."


def test_how_we_know_is_said() -> None:
    """Measured, said only, or said and not seen."""
    assert basis(Teller().sees(refused(), at=T0)) == "We know this from our own test messages."
    assert basis(Teller().says(BASE, T0)) == (
        "Our test messages do not cover this. We know it only from Microsoft, and it may not hit everybody."
    )
    assert basis(Teller(tally=WELL).says(SENDING, T0)) == (
        "Our own test messages arrive normally: 40 in the last ten minutes."
    )
    teller = Teller()
    teller.says(BASE, T0)
    assert basis(teller.says(closed(BASE), T0 + HOUR)) == (
        "Our test messages do not cover this, so we have only Microsoft's word for it."
    )


def test_our_own_tests_can_be_silent_or_in_trouble_too() -> None:
    """Each is said as it is."""
    words = catalogue("en")
    assert text(said_of_tests(None, words), words) == "We have no test messages of our own that could show it."
    assert text(said_of_tests(Tally(sent=10, arrived=5, refused=5), words), words) == (
        "Our own test messages show trouble too. Of 10 test messages in the last ten minutes, 5 were refused."
    )


def test_places_and_details_of_an_advisory_are_facts() -> None:
    """Where it is, and how late."""
    found = Teller().says(replace(BASE, places=("Europe", "Japan")), T0)
    assert facts(found) == ["Microsoft names Europe and Japan as the place."]


def test_who_is_on_it_and_what_is_muted_by_whom_and_why_is_told_until_it_ends() -> None:
    """Everybody who reads the message sees that it is in hand."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    assert facts(teller.orders(Verb.ACK, T0 + MINUTE))[-1] == "Ada is on it."
    muted = teller.orders(Verb.MUTE, T0, note="known to IT")
    assert facts(muted)[-2:] == ["Ada is on it.", "Ada muted this until 16:00 UTC. The reason: known to IT"]
    later = replace(muted[0], at=T0 + 8 * HOUR)
    assert facts([later])[-1] == "Ada is on it."
    assert "muted" not in str(facts(teller.orders(Verb.UNMUTE, T0 + 2 * MINUTE)))
    assert "Ada" not in str(facts(teller.sees(over(refused(), T0 + HOUR), at=T0 + 2 * HOUR)))
