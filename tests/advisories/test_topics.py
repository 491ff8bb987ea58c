"""Which part, which way in, where, and how late."""

from datetime import timedelta

import pytest

from bot.advisories.topics import PLACES, failing, lateness, parties, places, topics, working
from bot.types import Client, Symptom, Topic
from bot.words.advisory_tables import PLACES as SAID
from tests.advisories.samples import seen


def test_title_and_impact_name_the_topic_before_the_explanation() -> None:
    facts = seen("Email with images is held", "More info: The attachment is scanned.")
    assert topics(facts, Symptom.QUARANTINED) == (Topic.IMAGES,)


def test_a_symptom_that_says_little_takes_the_topic_of_the_explanation() -> None:
    facts = seen("Trouble with mail", "More info: Attachments can't be opened.")
    assert Topic.ATTACHMENTS in topics(facts, Symptom.OTHER)
    assert topics(facts, Symptom.DELAYED) == ()


def test_a_locked_account_counts_wherever_it_is_named() -> None:
    facts = seen("Email bounces", "More info: They are on the Restricted entities page.")
    assert topics(facts, Symptom.BOUNCED) == (Topic.RESTRICTED,)


@pytest.mark.parametrize(
    ("title", "text", "fails", "works"),
    [
        ("Classic Outlook can't connect", "More info: Use Outlook on the web instead.", ["classic"], ["web"]),
        ("Outlook on the web can't load", "More info: Outlook mobile works.", ["web"], ["phone"]),
        ("Users can't read mail over IMAP", "", ["imap"], []),
        ("Mail can't be read", "More info: The Outlook desktop client fails. Users can use OWA.", ["desktop"], ["web"]),
        ("Mail can't be read", "", [], []),
    ],
)
def test_ways_that_fail_are_told_from_ways_that_work(
    title: str, text: str, fails: list[Client], works: list[Client]
) -> None:
    facts = seen(title, text)
    assert failing(facts) == tuple(fails)
    assert working(facts, failing(facts)) == tuple(works)


def test_places_come_from_scope_and_title() -> None:
    facts = seen("Users in Europe can't open Outlook", "Scope of impact: Users in Japan as well.")
    assert places(facts) == ("Europe", "Japan")


def test_every_place_can_be_said() -> None:
    assert {place for place, _ in PLACES} == set(SAID)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Delays of five to ten minutes.", timedelta(minutes=10)),
        ("Mail is delayed by up to 45 minutes.", timedelta(minutes=45)),
        ("Delays of one to three hours.", timedelta(hours=3)),
        ("Delays of up to 900 days.", None),
        ("We look again in 30 minutes.", None),
        ("Mail is delayed.", None),
    ],
)
def test_the_longest_delay_is_found(text: str, length: timedelta | None) -> None:
    assert lateness(seen("Mail", text)) == length


def test_the_other_side_is_named() -> None:
    assert parties("Mail from Adobe to Gmail and Adobe") == ("Adobe", "Gmail")
    assert parties("Mail from nobody") == ()
