from dataclasses import replace

from bot.types import Verb
from tests.correlate.build import BASE, HOUR, SENDING, T0, Teller, quiet, reasons, refused


def test_an_acknowledgement_is_noted() -> None:
    """Somebody is on it."""
    teller = Teller()
    teller.says(BASE, T0)
    assert quiet(teller.orders(Verb.ACK, T0)) == [("updated", "acknowledged by Ada")]
    assert teller.incident().acknowledged_by == "Ada"


def test_a_mute_without_a_length_lasts_eight_hours_and_can_be_ended() -> None:
    """A working day; who wanted it, and why, is kept with it."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.orders(Verb.MUTE, T0, note="known")
    muted = teller.incident()
    assert (muted.muted_until, muted.muted_by, muted.muted_why) == (T0 + 8 * HOUR, "Ada", "known")
    teller.orders(Verb.UNMUTE, T0 + HOUR)
    assert teller.incident().muted_until is None


def test_what_is_not_there_changes_nothing() -> None:
    """A wrong number or id."""
    teller = Teller()
    teller.says(BASE, T0)
    assert teller.orders(Verb.ACK, T0, incident="9") == []
    assert teller.orders(Verb.PART, T0, advisory="EX404") == []
    assert teller.orders(Verb.JOIN, T0, advisory="EX404") == []
    assert teller.orders(Verb.JOIN, T0, advisory=BASE.id) == []


def test_the_only_advisory_of_an_incident_cannot_be_parted() -> None:
    """Nothing would be left."""
    teller = Teller()
    teller.says(BASE, T0)
    assert teller.orders(Verb.PART, T0, advisory=BASE.id) == []


def test_a_parted_advisory_is_an_incident_of_its_own() -> None:
    """The join is undone, and both say so."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    found = teller.orders(Verb.PART, T0 + 2 * HOUR, advisory=SENDING.id)
    assert reasons(found) == ["parted"]
    assert found[0].about == (SENDING.id, "2")
    assert teller.incident().related == (SENDING.id,)
    assert teller.incident("2").claims[0].joined_by == "Ada"
    assert reasons(teller.at(T0 + 2 * HOUR)) == []


def test_a_person_can_join_two_incidents() -> None:
    """The younger becomes a part of the older."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(SENDING, T0 + HOUR)
    assert reasons(teller.orders(Verb.JOIN, T0 + 2 * HOUR, advisory=SENDING.id)) == ["joined"]
    assert teller.incident("2").part_of == "1"
    assert reasons(teller.at(T0 + 2 * HOUR)) == []


def test_a_person_can_join_an_advisory_that_was_in_no_incident() -> None:
    """Not about mail, by our reading."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(replace(BASE, id="TM1", is_mail=False), T0)
    assert reasons(teller.orders(Verb.JOIN, T0, advisory="TM1")) == ["joined"]
    assert [claim.reading.id for claim in teller.incident().claims] == [BASE.id, "TM1"]


def test_what_was_parted_can_be_joined_again() -> None:
    """People change their minds."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(replace(SENDING, quotes=(BASE.id,)), T0)
    teller.orders(Verb.PART, T0 + HOUR, advisory=SENDING.id)
    assert reasons(teller.orders(Verb.JOIN, T0 + 2 * HOUR, advisory=SENDING.id)) == ["joined"]
    assert teller.book.apart == ()
