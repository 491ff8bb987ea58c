"""What people feel."""

import pytest

from bot.advisories.symptoms import symptom
from bot.advisories.topics import failing
from bot.types import Client, Symptom
from tests.advisories.samples import seen


@pytest.mark.parametrize(
    ("title", "text", "felt"),
    [
        ("Users can't send email", "", Symptom.SEND_FAILS),
        ("Users can't send email", "More info: An error shows at once.", Symptom.SEND_FAILS),
        ("Users get an NDR when they send email", "", Symptom.BOUNCED),
        ("Delays sending email", "More info: Some get an NDR.", Symptom.DELAYED),
        ("Users can't receive email", "", Symptom.DELAYED),
        ("Users can't send or receive email", "", Symptom.DELAYED),
        ("External users can't send email to the organization", "", Symptom.BOUNCED),
        ("Users can't open their mailbox", "", Symptom.CANNOT_ACCESS_MAILBOX),
        ("Outlook is slow to load", "", Symptom.CANNOT_ACCESS_MAILBOX),
        ("Issues with Exchange Online", "", Symptom.CANNOT_ACCESS_MAILBOX),
        ("Users can't open their mailbox in Outlook mobile", "", Symptom.CLIENT_ONLY),
        (
            "Users can't open their mailbox in any client",
            "More info: Outlook mobile too.",
            Symptom.CANNOT_ACCESS_MAILBOX,
        ),
        ("Searches in Outlook on the web fail", "", Symptom.SEARCH_BROKEN),
        ("Good email is quarantined", "", Symptom.QUARANTINED),
        ("Spam reaches the inbox", "", Symptom.SPAM_MISSED),
        ("Quarantine notifications aren't sent", "", Symptom.OTHER),
        ("Shared calendars are out of date", "", Symptom.CALENDAR_STALE),
        ("Users can't open attachments", "", Symptom.OTHER),
        ("Something odd", "", Symptom.OTHER),
    ],
)
def test_the_shortest_text_that_tells_decides(title: str, text: str, felt: Symptom) -> None:
    facts = seen(title, text)
    assert symptom(facts, failing(facts)) is felt


def test_a_title_that_lists_all_gives_way_to_the_explanation() -> None:
    facts = seen("Users can't access mailboxes or send and receive email", "More info: Senders get an NDR.")
    assert symptom(facts, ()) is Symptom.BOUNCED


def test_an_impact_that_names_the_report_makes_a_failure_a_bounce() -> None:
    assert symptom(seen("Users can't send email", impact="Users get an NDR."), ()) is Symptom.BOUNCED


@pytest.mark.parametrize(
    ("failing_", "felt"),
    [
        ((Client.IMAP,), Symptom.CLIENT_ONLY),
        ((Client.PHONE, Client.MAC), Symptom.CLIENT_ONLY),
        ((Client.WEB, Client.DESKTOP), Symptom.CANNOT_ACCESS_MAILBOX),
        ((Client.WEB, Client.PHONE, Client.IMAP, Client.POP), Symptom.CANNOT_ACCESS_MAILBOX),
        ((), Symptom.CANNOT_ACCESS_MAILBOX),
    ],
)
def test_one_way_that_fails_leaves_the_others(failing_: tuple[Client, ...], felt: Symptom) -> None:
    assert symptom(seen("Users can't open their mailbox"), failing_) is felt
