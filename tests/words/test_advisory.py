"""One advisory in plain words."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.advisories import read
from bot.types import Action, AdvisoryState, Client, Direction, Reading, Symptom, Topic
from bot.words.advisory import explain
from tests.advisories.samples import TOLD, issue

VENDORS_OWN = (
    r"some users|may be (impacted|affected)|impact|infrastructure|telemetry|mitigat|remediat|degradation|\bNDR\b"
)
MOST_WORDS = 75
READING = Reading(
    id="EX1",
    source="microsoft",
    title="Late mail",
    service="Exchange Online",
    is_mail=True,
    symptom=Symptom.DELAYED,
    direction=Direction.INBOUND,
    action=Action.WAIT,
    state=AdvisoryState.ONGOING,
    status="serviceDegradation",
)


def said(**changes: object) -> str:
    return explain(replace(READING, **changes))  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param(
            {},
            "Incoming mail is late. It comes by itself, so please wait. Nobody needs to send it twice.",
            id="what is wrong, and what to do",
        ),
        pytest.param(
            {"lateness": timedelta(minutes=90), "places": ("Europe", "Japan"), "state": AdvisoryState.RECOVERING},
            "Incoming mail is late. Microsoft names delays of 1 hour and 30 minutes. It comes by itself, so please wait. "
            "Nobody needs to send it twice. It is getting better. Microsoft sees it in Europe and Japan.",
            id="how late, where, and that it mends",
        ),
        pytest.param(
            {"symptom": Symptom.BOUNCED, "action": Action.RESEND_BOUNCED, "codes": ("550 5.4.1",)},
            "Mail to you bounces: people outside get it back, although the address is right. The error is 550 5.4.1. "
            "This is not your fault. Call if it is urgent. Once mail gets through, ask the senders to resend what bounced.",
            id="a bounce of what others send",
        ),
        pytest.param(
            {"state": AdvisoryState.PRE_ALERT, "action": Action.NOTHING},
            "Microsoft is checking a possible fault. Nothing is confirmed yet. If it is real: Incoming mail is late. "
            "You need to do nothing.",
            id="not confirmed",
        ),
        pytest.param(
            {"state": AdvisoryState.RESOLVED, "action": Action.NOTHING},
            "Incoming mail was late. This is fixed, and what was held up has arrived. You need to do nothing.",
            id="over",
        ),
        pytest.param(
            {
                "state": AdvisoryState.RESOLVED,
                "symptom": Symptom.BOUNCED,
                "direction": Direction.OUTBOUND,
                "action": Action.RESEND_BOUNCED,
            },
            "Mail that you sent bounced: it came back as undelivered. This is fixed. "
            "What bounced does not go out by itself: resend it now.",
            id="over, and something is left to do",
        ),
        pytest.param(
            {"state": AdvisoryState.FALSE_ALARM},
            "This was a false alarm: Microsoft says that no customer was hit. You need to do nothing.",
            id="a false alarm",
        ),
        pytest.param(
            {
                "symptom": Symptom.CLIENT_ONLY,
                "direction": Direction.NONE,
                "action": Action.USE_ANOTHER_CLIENT,
                "failing": (Client.MAC,),
                "topics": (Topic.FUNCTION,),
                "title": "Users may be unable to save signatures in Outlook for Mac",
            },
            "Microsoft says about mail: people may be unable to save signatures in Outlook for Mac. "
            "For now, use Outlook on the web, Outlook on the computer, and mobile apps on the phone.",
            id="one function of one program",
        ),
        pytest.param(
            {
                "symptom": Symptom.CLIENT_ONLY,
                "direction": Direction.NONE,
                "action": Action.USE_ANOTHER_CLIENT,
                "failing": (Client.PHONE,),
                "topics": (Topic.NOTICES, Topic.FUNCTION),
            },
            "Notices about new mail do not come in mobile apps on the phone. The mail itself does. "
            "For now, use Outlook on the web and Outlook on the computer.",
            id="mail comes and nothing rings",
        ),
        pytest.param(
            {"symptom": Symptom.CLIENT_ONLY, "action": Action.USE_ANOTHER_CLIENT, "failing": (Client.IMAP,)},
            "New mail does not show in mail programs that use IMAP. No mail is lost. "
            "For now, use Outlook on the web, Outlook on the computer, and mobile apps on the phone.",
            id="one way in fails",
        ),
        pytest.param(
            {"symptom": Symptom.QUARANTINED, "action": Action.CHECK_QUARANTINE, "topics": (Topic.LINKS,)},
            "Good mail to you is taken for spam or phishing by mistake, and held in quarantine. "
            "This is about mail with certain links. "
            "If you miss a message, look in quarantine and check the junk folder.",
            id="which mail it is",
        ),
        pytest.param(
            {"is_mail": False, "symptom": Symptom.OTHER, "product": "Microsoft Teams"},
            "Microsoft reports a problem with Microsoft Teams. It is not about mail. You need to do nothing.",
            id="another product",
        ),
        pytest.param(
            {"is_mail": False, "symptom": Symptom.ADMIN_ONLY, "state": AdvisoryState.RESOLVED},
            "Only admins noticed this, in their own tools and reports (Exchange Online). "
            "It is fixed, and it was not about mail. You need to do nothing.",
            id="admins alone",
        ),
        pytest.param(
            {"is_mail": False, "symptom": Symptom.OTHER, "topics": (Topic.ANNOUNCEMENT,)},
            "This announces a change, such as a new feature. Nothing is broken. You need to do nothing.",
            id="an announcement",
        ),
        pytest.param(
            {"is_mail": False, "symptom": Symptom.OTHER, "source": "Slack", "product": "Slack"},
            "Slack reports a problem. It is not about mail. You need to do nothing.",
            id="another vendor",
        ),
    ],
)
def test_an_advisory_is_told_word_for_word(changes: Mapping[str, object], text: str) -> None:
    assert said(**changes) == text


def every_reading() -> list[Reading]:
    """Give every mix of what decides the words."""
    mixes = product((True, False), Symptom, Direction, Action, AdvisoryState)
    keys = ("is_mail", "symptom", "direction", "action", "state")
    return [replace(READING, **dict(zip(keys, mix, strict=True))) for mix in mixes]  # type: ignore[arg-type]  # by name


def test_every_mix_has_words() -> None:
    assert all(explain(reading).endswith(".") for reading in every_reading())


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_has_words_with_every_symptom_and_state(topic: Topic) -> None:
    mixes = product(Symptom, Action, (AdvisoryState.ONGOING, AdvisoryState.RESOLVED), (True, False))
    for symptom, action, state, is_mail in mixes:
        assert said(symptom=symptom, action=action, state=state, is_mail=is_mail, topics=(topic,)).endswith(".")


@pytest.mark.parametrize("row", TOLD, ids=lambda row: row["title"])
def test_texts_are_short_and_free_of_the_vendors_language(row: Mapping[str, str]) -> None:
    text = explain(read(issue(row)))
    assert len(text.split()) <= MOST_WORDS
    assert not re.search(VENDORS_OWN, text, re.IGNORECASE)


def test_late_mail_is_never_to_be_sent_again_and_lost_mail_is() -> None:
    for direction in Direction:
        late = said(direction=direction, action=Action.WAIT)
        lost = said(direction=direction, symptom=Symptom.BOUNCED, action=Action.RESEND_BOUNCED)
        assert "resend" not in late
        assert re.search(r"resend|sent again", lost)


def test_names_that_strangers_wrote_carry_no_markup() -> None:
    text = said(is_mail=False, symptom=Symptom.OTHER, service="<!channel> *Teams* [x](http://y)", source="<@U1>")
    assert not re.search(r"[<>*\[\]()|@]", text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"topics": (Topic.BLOCK_LIST,), "symptom": Symptom.BOUNCED}, "filter has blocked Microsoft's address."),
        ({"topics": (Topic.ZIP,), "symptom": Symptom.SEND_FAILS}, "A file that is put in a zip file gets through."),
        ({"topics": (Topic.RESTART,), "symptom": Symptom.CLIENT_ONLY}, "It may help to restart Outlook."),
        ({"topics": (Topic.OUTSIDE,)}, "This is about mail from people outside."),
        ({"parties": ("Gmail",)}, "This is about mail from Gmail."),
    ],
)
def test_what_helps_to_know_it_is_added(changes: Mapping[str, object], sentence: str) -> None:
    assert sentence in said(**changes)


def test_the_other_side_is_named_once() -> None:
    assert "outside" not in said(topics=(Topic.OUTSIDE,), parties=("Gmail",))


def test_what_no_sentence_of_ours_fits_is_told_in_the_vendors_title_without_its_language() -> None:
    odd = {"symptom": Symptom.OTHER, "action": Action.RETRY_LATER}
    told = said(title="Some users may be unable to see <b>contacts</b>", **odd)
    assert told.startswith("Microsoft says about mail: people may be unable to see b contacts /b.")
    assert said(title="Users' views may be impacted", **odd).startswith(
        "Microsoft reports a problem with a part of mail."
    )


@pytest.mark.parametrize("language", ["de", "fr", "es", "ja"])
def test_nothing_stays_english_in_another_language(language: str) -> None:
    english = {explain(reading) for reading in every_reading()[::7]}
    assert not english & {explain(reading, language=language) for reading in every_reading()[::7]}
