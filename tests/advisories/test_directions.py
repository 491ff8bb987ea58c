"""Whose mail is hit."""

import pytest

from bot.advisories.directions import direction
from bot.types import Direction, Symptom
from tests.advisories.samples import seen


@pytest.mark.parametrize(
    ("title", "way"),
    [
        ("Delays sending email", Direction.OUTBOUND),
        ("Delays with email to external recipients", Direction.OUTBOUND),
        ("Delays receiving email from external senders", Direction.INBOUND),
        ("Delays with messages sent by external users", Direction.INBOUND),
        ("Delays with messages from Adobe", Direction.INBOUND),
        ("Delays sending and receiving email", Direction.BOTH),
        ("Delays with inbound and outbound email", Direction.BOTH),
        ("Delays with email to colleagues", Direction.INTERNAL),
        ("Delays with email within the organization", Direction.INTERNAL),
        ("Email arrives late", Direction.INBOUND),
        ("Email is late", Direction.BOTH),
    ],
)
def test_late_mail_has_the_way_that_is_named(title: str, way: Direction) -> None:
    assert direction(seen(title), Symptom.DELAYED) is way


def test_a_scope_tells_before_an_explanation_does() -> None:
    facts = seen(
        "Good email is held", "More info: They reach recipients late.\nScope of impact: All who send or receive."
    )
    assert direction(facts, Symptom.QUARANTINED) is Direction.BOTH


@pytest.mark.parametrize(
    ("symptom", "title", "way"),
    [
        (Symptom.BOUNCED, "Email is returned", Direction.OUTBOUND),
        (Symptom.BOUNCED, "External senders get an NDR when they write to users", Direction.INBOUND),
        (Symptom.BOUNCED, "Users received an NDR", Direction.OUTBOUND),
        (Symptom.SEND_FAILS, "Users can't send mail they received", Direction.OUTBOUND),
        (Symptom.SPAM_MISSED, "Users send spam", Direction.INBOUND),
        (Symptom.SEARCH_BROKEN, "Users can't search received mail", Direction.NONE),
        (Symptom.CLIENT_ONLY, "Users can't receive mail by IMAP", Direction.INBOUND),
        (Symptom.CLIENT_ONLY, "Users can't send mail from Outlook for Mac", Direction.OUTBOUND),
        (Symptom.CLIENT_ONLY, "Users can't open Outlook for Mac", Direction.NONE),
    ],
)
def test_a_symptom_limits_the_way(symptom: Symptom, title: str, way: Direction) -> None:
    assert direction(seen(title), symptom) is way
