import base64

import pytest

from bot.mail.trouble import graph_trouble, hushed, own_trouble


@pytest.mark.parametrize(
    ("stage", "reply", "word"),
    [
        ("auth", "535 5.7.3 Authentication unsuccessful", "cannot sign in"),
        ("auth", "535 5.7.139 SmtpClientAuthentication is disabled", "cannot sign in"),
        ("mail", "550 5.1.8 Access denied, bad outbound sender", "blocked"),
        ("data", "554 5.2.252 SendAsDenied; a@x not allowed", "own address"),
        ("mail", "530 5.7.57 Client not authenticated to send mail", "must sign in"),
        ("rcpt", "550 5.7.68 TenantInboundAttribution; Direct Send not allowed", "without a sign-in"),
        ("connect", "550 5.7.606 Access denied, banned sending IP", "address is blocked"),
        ("rcpt", "552 5.2.2 Mailbox full", "full"),
        ("data", "554 5.2.2 Submission quota exceeded", "quota"),
        ("data", "432 4.3.2 STOREDRV; sender thread limit exceeded", "throttled"),
    ],
)
def test_trouble_of_the_canarys_own_says_what_to_do(stage: str, reply: str, word: str) -> None:
    """No outage may be told of a wrong password."""
    advice = own_trouble(stage, reply, "alice")
    assert word in advice
    assert advice.endswith(".")


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("mail", "503 5.5.1 Bad sequence of commands"),
        ("rcpt", "451 4.7.500 Server busy. Please try again later"),
        ("connect", "421 4.3.2 Service not active"),
        ("data", "550 5.7.705 Access denied, tenant has exceeded threshold"),
        ("rcpt", "550 5.4.1 Recipient address rejected: Access denied"),
        ("auth", "454 4.7.0 Temporary authentication failure"),
        ("rcpt", "451 4.3.2 temporary server issue"),
    ],
)
def test_what_outages_said_stays_an_outage(stage: str, reply: str) -> None:
    """These were real ones."""
    assert not own_trouble(stage, reply, "alice")


@pytest.mark.parametrize("told", ["{}", "AUTH PLAIN {}", "user=a@x\1auth=Bearer {}\1\1"])
def test_a_secret_that_a_server_says_back_is_taken_out(told: str) -> None:
    """As it is, and in base64 as it was sent; the words around it stay."""
    forms = ["pass word", base64.b64encode(b"\0a@x\0pass word").decode(), base64.b64encode(b"pass word").decode()]
    for form in forms:
        said = hushed(f"535 5.7.8 you said {told.format(form)}", "a@x", "pass word")
        assert said == f"535 5.7.8 you said {told.format('…')}"


def test_a_reply_without_a_secret_stays_as_it_is() -> None:
    """Nor does an empty password eat the words."""
    assert hushed("535 5.7.3 no", "a@x", "") == "535 5.7.3 no"


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (429, "ApplicationThrottled", "The canary is throttled. Send less often with alice."),
        (507, "", "A mailbox of the canary is full or over its quota. Empty it."),
        (403, "ErrorQuotaExceeded", "A mailbox of the canary is full or over its quota. Empty it."),
        (404, "ErrorInvalidUser", "Exchange Online has no mailbox alice. Check its address, and its licence."),
        (403, "ErrorSendAsDenied", "The mailbox alice may not send as its own address. Allow it."),
        (500, "UnknownError", ""),
        (None, "", ""),
    ],
)
def test_what_graph_says_of_the_canary_itself_comes_with_what_to_do(status: int | None, code: str, advice: str) -> None:
    """A code says more than a status."""
    assert graph_trouble(status, code, "alice") == advice
