from dataclasses import replace

import pytest

from bot.mail import compose, probe_of
from bot.mail.headers import parse
from bot.mail.letters import HEADER
from tests.mail.worlds import PROBE, SEAL, mailbox

LETTER = compose(PROBE, SEAL, sender=mailbox("alice"), receiver=mailbox("bob"))


def test_a_letter_says_plainly_what_it_is() -> None:
    """A person who opens it knows that nothing is to be done."""
    text = LETTER.get_content()
    assert "This is a test message. Nobody needs to read it" in text
    assert "deleted by itself" in text
    assert "outbound-eu" in text
    assert str(LETTER["Subject"]).startswith("[mailstatus] Test message")


def test_a_letter_asks_for_no_automatic_answer() -> None:
    """An out-of-office reply would only fill the mailbox."""
    assert LETTER["Auto-Submitted"] == "auto-generated"
    assert "OOF" in LETTER["X-Auto-Response-Suppress"]


def test_a_letter_is_known_again_after_it_travelled_as_bytes() -> None:
    """No header is folded or encoded so that the token breaks."""
    raw = LETTER.as_bytes()
    assert probe_of(parse(raw), SEAL) == PROBE
    assert max(map(len, raw.splitlines())) < 998
    assert b"=?" not in raw


def test_a_letter_is_known_by_its_subject_when_a_gateway_took_its_own_header_away() -> None:
    """Some gateways keep only the headers that they know."""
    raw = b"\r\n".join(line for line in LETTER.as_bytes().splitlines() if not line.startswith(HEADER.encode()))
    assert probe_of(parse(raw), SEAL) == PROBE


def test_an_automatic_reply_is_not_an_arrival() -> None:
    """It quotes the subject, token included."""
    reply = f"Subject: Automatic reply: {LETTER['Subject']}\r\n\r\nI am away"
    assert probe_of(parse(reply.encode()), SEAL) is None


def test_no_address_can_add_a_header() -> None:
    """A company's own file names the mailboxes; the settings refuse such an address already."""
    box = replace(mailbox("bob"), address="bob@test.example\r\nBcc: everybody@test.example")
    with pytest.raises(ValueError, match="The header To of a test message has a line break"):
        compose(PROBE, SEAL, sender=mailbox("alice"), receiver=box)
