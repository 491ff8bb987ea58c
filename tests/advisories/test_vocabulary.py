"""Many ways to say one thing meet in one word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisories.vocabulary import canonical, sentences


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Users can't send e-mail messages", "users cannot send mail"),
        ("Users may be unable to send emails", "users cannot send mail"),
        ("Users failed to open Outlook Web App", "users cannot open owa"),
        ("Users see errors when trying to access OWA", "users see cannot access owa"),
        ("a Non-Delivery Report (NDR)", "a ndr"),
        ("bounceback messages", "ndr"),
        ("delays, latency and messages that are queued", "late, late and mail that are late"),
        ("takes longer than usual", "late"),
        ("may take up to six hours to arrive", "may late to arrive"),
        ("Free-Busy", "free/busy"),
        ("the Internet Message Access Protocol (IMAP)", "the imap"),
        ("Exchange ActiveSync (EAS)", "activesync"),
        ("within your organization", "within-org"),
        ("co-workers", "colleagues"),
        ("phishing in the Junk Email folder", "phish in the junk"),
    ],
)
def test_synonyms_become_one_word(text: str, word: str) -> None:
    assert canonical(text) == word


def test_messages_are_mail_unless_people_chat() -> None:
    assert canonical("sending messages") == "send mail"
    assert canonical("sending chat messages in Teams") == "send chat messages in teams"
    assert canonical("sending messages", chat=True) == "send messages"
    assert canonical("message trace") == "message trace"


def test_text_is_cut_at_full_stops_and_lines() -> None:
    assert list(sentences("One. Two!\n\nThree 5.7.1 stays")) == ["One.", "Two!", "Three 5.7.1 stays"]


@given(st.text(max_size=300))
def test_any_text_is_brought_down(text: str) -> None:
    assert isinstance(canonical(text), str)
