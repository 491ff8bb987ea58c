"""Submission, with real clients."""

import asyncio

import aiosmtplib
import pytest

from bot.demo.clock import StoryClock
from bot.demo.mail.faults import BAD_SEQUENCE, MailFault, Trouble
from bot.demo.mail.network import MOST_IN_FLIGHT
from tests.demo.mail.conftest import TOKEN, Post


async def test_a_submitted_message_arrives_as_it_was_written(post: Post) -> None:
    """Dots at the start of lines included."""
    await post.send(subject="probe 7")
    await post.system.network.landed()
    assert post.subjects() == ["probe 7"]
    (stored,) = post.system.accounts[post.lanes["outbound-eu"].recipient].inbox.messages
    assert stored.raw.endswith(b"hello\r\n.a dot at the start\r\n")


async def test_the_standard_librarys_client_gets_through(post: Post) -> None:
    """In a thread, with its own way to log in."""
    await asyncio.to_thread(post.send_by_smtplib)
    await post.system.network.landed()
    assert post.subjects() == ["probe"]


async def test_both_clients_get_through_by_starttls(tls_post: Post) -> None:
    """With a certificate that they check."""
    await tls_post.send()
    await asyncio.to_thread(tls_post.send_by_smtplib)
    await tls_post.system.network.landed()
    assert len(tls_post.subjects()) == 2


async def test_without_tls_there_is_no_login_where_tls_is_wanted(tls_post: Post) -> None:
    """The server says so before a password is sent."""
    tls_post.authority = None
    with pytest.raises(aiosmtplib.SMTPException):
        await tls_post.send()


async def test_a_wrong_password_is_refused(post: Post) -> None:
    """At the login, with the usual code."""
    with pytest.raises(aiosmtplib.SMTPAuthenticationError) as caught:
        await post.send(password="wrong")
    assert caught.value.code == 535


async def connected(post: Post, route: str = "outbound-eu") -> aiosmtplib.SMTP:
    """Connect without logging in."""
    smtp = aiosmtplib.SMTP(hostname="localhost", port=post.port(route), start_tls=False, local_hostname="canary")
    await smtp.connect()
    await smtp.ehlo()
    return smtp


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
async def test_both_ways_to_give_a_password(post: Post, mechanism: str) -> None:
    """PLAIN and LOGIN."""
    smtp, sender = await connected(post), post.lanes["outbound-eu"].sender
    answer = await getattr(smtp, mechanism)(sender.address, post.system.accounts[sender].password)
    assert answer.code == 235
    await smtp.quit()


@pytest.mark.parametrize(("token", "code"), [(TOKEN, 235), ("unknown", 535)])
async def test_a_token_in_place_of_a_password(post: Post, token: str, code: int) -> None:
    """As Exchange Online wants it."""
    smtp = await connected(post)
    try:
        answered = (await smtp.auth_xoauth2(post.lanes["outbound-eu"].sender.address, token)).code
    except aiosmtplib.SMTPAuthenticationError as error:
        answered = error.code
    assert answered == code
    smtp.close()


async def test_a_token_may_come_after_a_challenge(post: Post) -> None:
    """Some clients send the mechanism first."""
    smtp = await connected(post)
    assert (await smtp.execute_command(b"AUTH", b"XOAUTH2")).code == 334
    assert (await smtp.execute_command(b"bm8gdG9rZW4=")).code == 535
    assert (await smtp.execute_command(b"AUTH", b"XOAUTH2", b"!")).code == 535
    smtp.close()


async def test_nobody_sends_without_a_name_or_under_another(post: Post) -> None:
    """The server checks both at MAIL."""
    smtp, sender = await connected(post), post.lanes["outbound-eu"].sender
    with pytest.raises(aiosmtplib.SMTPSenderRefused) as caught:
        await smtp.mail(sender.address)
    assert caught.value.code == 530
    await smtp.login(sender.address, post.system.accounts[sender].password)
    with pytest.raises(aiosmtplib.SMTPSenderRefused) as caught:
        await smtp.mail("somebody@contoso.example")
    assert caught.value.code == 550
    await smtp.mail(sender.address)
    with pytest.raises(aiosmtplib.SMTPRecipientRefused) as unknown:
        await smtp.rcpt("nobody@fabrikam.example")
    assert unknown.value.code == 550
    smtp.close()


async def test_a_refusal_has_the_reply_that_was_asked_for(post: Post) -> None:
    """Only on the routes that are broken, and until they are mended."""
    post.system.faults.switch_on(MailFault(trouble=Trouble.REFUSE, routes=("outbound-eu",)))
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
        await post.send()
    (refused,) = caught.value.recipients
    assert f"{refused.code} {refused.message}" == BAD_SEQUENCE
    await post.send("internal-eu")
    post.system.faults.mend_all()
    await post.send()


async def test_a_server_that_hangs_up_says_nothing(post: Post) -> None:
    """The client sees a broken connection in the middle."""
    post.system.faults.switch_on(MailFault(trouble=Trouble.HANG_UP, routes=("outbound-eu",)))
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await post.send()


async def test_a_full_network_takes_no_more(post: Post, clock: StoryClock) -> None:
    """With the reply of a server under pressure."""
    clock.run_at(0)
    lane = post.lanes["outbound-eu"]
    for _ in range(MOST_IN_FLIGHT):
        post.system.network.submit(lane.sender.address, lane.recipient.address, b"\r\n\r\n")
    with pytest.raises(aiosmtplib.SMTPDataError) as caught:
        await post.send()
    assert caught.value.code == 452
