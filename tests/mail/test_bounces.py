import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail import compose
from bot.mail.bounces import Action, may_be_report, read_report
from bot.mail.headers import parse
from tests.mail.worlds import PROBE, SEAL, mailbox

ORIGINAL = (
    compose(PROBE, SEAL, sender=mailbox("alice"), receiver=mailbox("bob")).as_bytes().decode().replace("\r\n", "\n")
)
HEADERS = ORIGINAL.partition("\n\n")[0]


def dsn(fields: str, *, subject: str = "Undeliverable: test", original: str = ORIGINAL) -> bytes:
    return f"""\
From: MAILER-DAEMON@mx.example
To: alice@test.example
Subject: {subject}
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{fields}
--b
Content-Type: message/rfc822

{original}
--b--
""".replace("\n", "\r\n").encode()


FAILED = "Final-Recipient: rfc822; bob@test.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user"


def test_a_report_of_failure_gives_status_the_servers_words_and_our_probe() -> None:
    """The original message inside says which one it was."""
    report = read_report(parse(dsn(FAILED)))
    assert report is not None
    assert (report.action, report.status, report.reply) == (Action.FAILED, "5.1.1", "550 5.1.1 no such user")
    assert SEAL.find(report.text) == PROBE


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        pytest.param(
            "failed", "4.4.7", Action.FAILED, id="an expired message is final although its code begins with 4"
        ),
        pytest.param("delayed", "4.4.7", Action.DELAYED, id="the same code in a delay notice is not"),
        pytest.param("Failed (bad mailbox)", "5.2.1", Action.FAILED, id="a comment behind the action"),
        pytest.param("FAILED", "5.0.0", Action.FAILED, id="in capitals"),
        pytest.param("delivered", "2.0.0", Action.DELIVERED, id="a success report"),
        pytest.param("relayed", "2.0.0", Action.RELAYED, id="handed on to a server that sends no reports"),
    ],
)
def test_the_action_decides_and_not_the_first_digit(action: str, status: str, expected: Action) -> None:
    """RFC 3464 section 2.3.3."""
    report = read_report(parse(dsn(f"Final-Recipient: rfc822; b@x\nAction: {action}\nStatus: {status}")))
    assert report is not None
    assert (report.action, report.status) == (expected, status)


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        pytest.param(
            "5.0.0", "550 5.7.705 threshold exceeded", "5.7.705", id="the server's own code is better than none"
        ),
        pytest.param("5.0.0", "550 no", "5.0.0", id="where it gave no code"),
        pytest.param("5.4.4", "550 5.7.1 no", "5.4.4", id="what the report says is kept"),
        pytest.param("5.10.0", "550 5.7.1 no", "5.10.0", id="a ten is no nought"),
    ],
)
def test_a_status_that_says_nothing_gives_way_to_the_servers_answer(status: str, answer: str, expected: str) -> None:
    """People search for the code, and whether to send again depends on it."""
    report = read_report(parse(dsn(f"Action: failed\nStatus: {status}\nDiagnostic-Code: smtp; {answer}")))
    assert report is not None
    assert report.status == expected


def test_a_failure_is_found_behind_other_recipients() -> None:
    """A report has a group of fields for each recipient."""
    other = "Final-Recipient: rfc822; c@x\nAction: delivered\nStatus: 2.0.0"
    report = read_report(parse(dsn(f"{other}\n\n{FAILED}")))
    assert report is not None
    assert report.action is Action.FAILED


def test_the_probe_is_found_when_only_headers_are_returned() -> None:
    """text/rfc822-headers instead of the whole message."""
    raw = dsn(FAILED, original=HEADERS).replace(b"message/rfc822", b"text/rfc822-headers")
    report = read_report(parse(raw))
    assert report is not None
    assert SEAL.find(report.text) == PROBE


def test_a_report_of_exchange_online_is_read() -> None:
    """Its Diagnostic-Code has no space, its status three figures, its text the remote server's words."""
    fields = (
        "Final-Recipient: rfc822;bob@test.example\nAction: failed\nStatus: 5.7.705\n"
        "Diagnostic-Code: smtp;550 5.7.705 Access denied, tenant has exceeded threshold\n"
        " [XX1.prod.outlook.com]\nX-Display-Name: Bob"
    )
    report = read_report(parse(dsn(fields)))
    assert report is not None
    assert (report.status, report.reply[:46]) == ("5.7.705", "550 5.7.705 Access denied, tenant has exceeded")


PLAIN = """\
From: {sender}
To: alice@test.example
Subject: {subject}
{more}Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

{body}

------ This is a copy of your message. ------

{headers}
"""


def plain(
    subject: str, body: str, *, sender: str = "Mail Delivery System <Mailer-Daemon@mx.example>", more: str = ""
) -> bytes:
    text = PLAIN.format(sender=sender, subject=subject, body=body, more=more, headers=HEADERS.replace("=", "=3D"))
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("raw", "action", "status", "reply"),
    [
        pytest.param(
            plain("Mail delivery failed: returning message to sender", "  bob@x\n    550 5.1.1 no such user"),
            Action.FAILED, "5.1.1", "550 5.1.1 no such user", id="exim of old",
        ),
        pytest.param(
            plain("failure notice", "Hi. This is the qmail-send program.\n<bob@x>:\n192.0.2.1 does not like recipient.\n"
                  "Remote host said: 554 5.7.1 Service unavailable"),
            Action.FAILED, "5.7.1", "554 5.7.1 Service unavailable", id="qmail",
        ),
        pytest.param(
            plain("Undeliverable: test", "Diagnostic information for administrators:\nRemote Server returned "
                  "'550 5.4.300 Message expired -> 451 4.7.500 Server busy'", sender="postmaster@contoso.example"),
            Action.FAILED, "5.4.300", "550 5.4.300 Message expired -> 451 4.7.500 Server busy'", id="Exchange, text alone",
        ),
        pytest.param(
            plain("Undeliverable: test", "Remote Server returned '< #5.1.10 smtp;550 5.1.10 RESOLVER.ADR.NotFound>'",
                  sender="MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example"),
            Action.FAILED, "5.1.10", "550 5.1.10 RESOLVER.ADR.NotFound>'", id="Exchange of old",
        ),
        pytest.param(
            plain("Warning: message 1abc delayed 24 hours", "You do not need to resend your message."),
            Action.DELAYED, "", "", id="a warning of exim",
        ),
        pytest.param(
            plain("Delivery Status Notification (Delay)", "451 4.3.2 busy"),
            Action.DELAYED, "4.3.2", "451 4.3.2 busy", id="a delay notice with a code",
        ),
        pytest.param(
            plain("Mail delivery problem", "We will keep trying for two days."),
            Action.DELAYED, "", "", id="a delay notice by its words alone",
        ),
        pytest.param(
            plain("Problem", "550 mailbox gone", more="X-Failed-Recipients: bob@x\n"),
            Action.FAILED, "", "550 mailbox gone", id="a header names the recipients",
        ),
        pytest.param(
            plain("Returned", "552 5.2.2 full", sender="someone@x", more="Return-Path: <>\n"),
            Action.FAILED, "5.2.2", "552 5.2.2 full", id="an empty return path",
        ),
    ],
)  # fmt: skip
def test_reports_without_the_standard_parts_are_read(raw: bytes, action: Action, status: str, reply: str) -> None:
    """By their subject and the first reply that they quote."""
    message = parse(raw)
    assert may_be_report(message)
    report = read_report(message)
    assert report is not None
    assert (report.action, report.status, report.reply) == (action, status, reply)
    assert SEAL.find(report.text) == PROBE


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(plain("Lunch?", "At 550 Main Street", sender="carol@x"), id="an ordinary message"),
        pytest.param(plain("Automatic reply: test", "I am away", sender="bob@x", more="Return-Path: <>\n"), id="away"),
        pytest.param(dsn("Disposition: displayed", subject="Read: test"), id="a read receipt"),
        pytest.param(dsn("Action: dreamt\nStatus: 5.0.0", subject="Hello"), id="an action that nobody knows"),
    ],
)
def test_other_messages_are_no_reports(raw: bytes) -> None:
    """Nothing is said about them."""
    assert read_report(parse(raw)) is None


def test_our_own_token_is_never_taken_for_a_servers_reply() -> None:
    """A token may hold figures and a dash."""
    raw = plain("Undeliverable: ms1.x503-5.5.1", "no words")
    report = read_report(parse(raw))
    assert report is not None
    assert (report.status, report.reply) == ("", "")


@given(st.binary(max_size=2000), st.binary(max_size=500))
def test_any_bytes_are_read(raw: bytes, fields: bytes) -> None:
    """What strangers send may be broken in every way."""
    read_report(parse(raw))
    read_report(parse(dsn(FAILED).replace(b"Action: failed", fields)))
    read_report(parse(b"From: postmaster@x\r\nSubject: undeliverable\r\n" + raw))
