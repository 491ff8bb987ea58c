"""Reports of non-delivery, read with Python's own parser."""

from email import message_from_bytes, message_from_string
from email.message import Message

import pytest

from bot.demo.mail.bounce import Failure, bounce, enhanced_status
from tests.demo.conftest import NOON

ORIGINAL = (
    b"From: canary-eu@contoso.example\r\nTo: canary-eu@fabrikam.example\r\nSubject: probe 7\r\n"
    b"Message-ID: <7@contoso.example>\r\nX-Probe: 7\r\n\r\nThe body stays where it is.\r\n"
)
REPLY = "550 5.4.1 Recipient address rejected: Access denied"


@pytest.fixture
def report() -> Message:
    """Give a report, parsed."""
    failure = Failure(
        original=ORIGINAL,
        recipient="canary-eu@fabrikam.example",
        reply=REPLY,
        reporter="contoso.example",
        at=NOON,
    )
    return message_from_bytes(bounce(failure))


def parts(message: Message) -> list[Message]:
    """Give the parts of a message that has some."""
    payload = message.get_payload()
    assert isinstance(payload, list)
    return [part for part in payload if isinstance(part, Message)]


def test_it_is_a_report_from_nobody(report: Message) -> None:
    """So that nothing ever answers it."""
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    assert report["Return-Path"] == "<>"
    assert report["Auto-Submitted"] == "auto-replied"
    assert report["To"] == "canary-eu@contoso.example"


def test_it_says_of_whom_and_why(report: Message) -> None:
    """By recipient, final, with status and the server's words."""
    per_message, per_recipient = parts(parts(report)[1])
    assert per_message["Reporting-MTA"] == "dns; mx.contoso.example"
    assert per_recipient["Final-Recipient"] == "rfc822; canary-eu@fabrikam.example"
    assert per_recipient["Action"] == "failed"
    assert per_recipient["Status"] == "5.4.1"
    assert per_recipient["Diagnostic-Code"] == f"smtp; {REPLY}"


def test_it_carries_the_originals_headers_and_not_its_body(report: Message) -> None:
    """The message can be found by its id."""
    part = parts(report)[2]
    assert part.get_content_type() == "text/rfc822-headers"
    original = message_from_string(str(part.get_payload()))
    assert original["Message-ID"] == report["In-Reply-To"] == "<7@contoso.example>"
    assert original["X-Probe"] == "7"
    assert b"The body" not in report.as_bytes()


@pytest.mark.parametrize(
    ("reply", "status"),
    [(REPLY, "5.4.1"), ("550 no such user", "5.0.0"), ("451 4.7.500 busy", "4.7.500"), ("550", "5.0.0")],
)
def test_the_status_is_read_from_the_reply(reply: str, status: str) -> None:
    """Or is the general one of its first digit."""
    assert enhanced_status(reply) == status
