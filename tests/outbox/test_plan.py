"""Which deliveries a message needs."""

from datetime import timedelta

import pytest

from bot.outbox.plan import passed_on, plan, stand_in
from bot.types import Destination, Kind, Person, Reason
from tests.handlers.examples import NOW, delivery, message

SLACK = Destination(name="it", platform="slack", edits=True)
TEAMS = Destination(name="office", platform="teams")


def kinds(*, rings: bool, heads: frozenset[str] = frozenset()) -> dict[str, list[Kind]]:
    """Plan for both platforms."""
    planned: dict[str, list[Kind]] = {"it": [], "office": []}
    for draft in plan(message(), [SLACK, TEAMS], heads=heads, rings=rings):
        planned[draft.destination].append(draft.kind)
    return planned


def test_the_first_ring_gives_every_destination_a_head() -> None:
    """One message an incident."""
    assert kinds(rings=True) == {"it": [Kind.HEAD, Kind.PICTURE], "office": [Kind.HEAD]}


def test_a_later_ring_is_a_reply_and_the_head_follows_where_it_can() -> None:
    """Teams' webhook edits nothing."""
    both = frozenset({"it", "office"})
    assert kinds(rings=True, heads=both) == {"it": [Kind.REPLY, Kind.EDIT, Kind.PICTURE], "office": [Kind.REPLY]}


def test_people_who_are_told_in_person_are_sent_no_picture() -> None:
    """Nobody looks for one there."""
    ana = Destination(name=Person(platform="slack", workspace="T1", id="U1").destination, platform="slack", edits=True)
    assert [draft.kind for draft in plan(message(), [ana], heads=frozenset(), rings=True)] == [Kind.HEAD]


def test_what_does_not_ring_changes_the_head_in_silence() -> None:
    """Where the platform edits, and has one."""
    assert kinds(rings=False, heads=frozenset({"it", "office"})) == {"it": [Kind.EDIT], "office": []}
    assert kinds(rings=False) == {"it": [], "office": []}


def test_a_destination_that_joins_late_gets_a_head() -> None:
    """It was added while the incident lasted."""
    assert kinds(rings=True, heads=frozenset({"it"}))["office"] == [Kind.HEAD]


def test_the_same_message_has_the_same_key_and_every_other_its_own() -> None:
    """So that what is drafted twice is saved once."""
    first = plan(message(), [SLACK, TEAMS], heads=["it"], rings=True)
    again = plan(message(), [SLACK, TEAMS], heads=["it"], rings=True)
    later = plan(message(at=NOW + timedelta(seconds=1)), [SLACK, TEAMS], heads=["it"], rings=True)
    assert [draft.key for draft in first] == [draft.key for draft in again]
    assert len({draft.key for draft in [*first, *later]}) == 8


@pytest.mark.parametrize(("reason", "drawn"), [(one, one in {Reason.OPENED, Reason.RESOLVED}) for one in Reason])
def test_a_picture_goes_with_the_beginning_and_the_end_alone(reason: Reason, *, drawn: bool) -> None:
    """In between, the words have the figures."""
    planned = plan(message(reason=reason), [SLACK], heads=["it"], rings=True)
    assert (planned[-1].kind is Kind.PICTURE) is drawn


def test_what_is_about_no_incident_has_no_picture() -> None:
    """There is nothing that it could show."""
    assert [one.kind for one in plan(message(incident=None), [SLACK], heads=(), rings=True)] == [Kind.HEAD]


def test_what_is_passed_on_says_why() -> None:
    """And is a head of its own there, once."""
    excuse = ("Told here because it cannot be reached.",)
    (draft,) = passed_on(delivery(Kind.REPLY), "office", excuse, now=NOW, has_head=False, edits=True)
    assert (draft.kind, draft.destination) == (Kind.HEAD, "office")
    assert draft.message.basis == ("Measured on 2 routes.", " ", *excuse)
    assert [draft] == passed_on(delivery(Kind.REPLY), "office", excuse, now=NOW, has_head=False, edits=True)
    assert draft.message.instead_of == ("it",)
    below = passed_on(delivery(Kind.REPLY), "office", excuse, now=NOW, has_head=True, edits=True)
    assert [one.kind for one in below] == [Kind.REPLY, Kind.EDIT]


FALLBACKS = {"it": ["other", "mail"], "other": ["it", "late"], "mail": ["mail", "other"]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(["it"], "other", id="the first of the list"),
        pytest.param(["it", "other"], "mail", id="its next, before the list of the one that stood in"),
        pytest.param(["it", "other", "mail"], "late", id="then the lists of those who stood in"),
        pytest.param(["it", "other", "mail", "late"], None, id="and nobody twice, whoever names whom"),
        pytest.param(["nobody"], None, id="no list, no way"),
    ],
)
def test_the_fallbacks_are_tried_in_their_order(path: list[str], expected: str | None) -> None:
    """One after another, without a circle."""
    assert stand_in(path, FALLBACKS) == expected
