"""Mails to those whom no chat reaches, by real servers and by broken ones."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from pydantic import SecretStr

from bot.mail import Mailbox, Security, Server
from bot.outbox import DoubtedError, SendError
from bot.types import Kind
from handlers.email.send import DOUBTFUL, EmailSender
from tests.handlers.examples import TestClock, delivery, message
from tests.mail import rig
from tests.mail.real import MachineClock
from tests.mail.smtp_server import SmtpServer

TO = "oncall@test.example"
SECRET = "hunter2-hunter2"


def sender(port: int, to: str = TO, *, security: Security = Security.PLAIN, secret: str | None = None) -> EmailSender:
    """Give a sender by the server on a port of this machine."""
    server = Server(host="127.0.0.1", port=port, security=security)
    password = SecretStr(secret) if secret else None
    box = Mailbox(name="alerts", address="alerts@bot.example", smtp=server, secret=password)
    return EmailSender(box, to, clock=TestClock(), run_seconds=5)


async def refused(server: SmtpServer, *, doubts: int = 0, **how: str) -> SendError:
    """Send by a server that is not well, and give what came of it."""
    with pytest.raises(SendError) as caught:
        await sender(server.port, **how).send(delivery(doubts=doubts))  # type: ignore[arg-type]  # a secret
    return caught.value


def read(raw: bytes) -> EmailMessage:
    """Read what a server was given."""
    letter = message_from_bytes(raw, policy=SMTP)
    assert isinstance(letter, EmailMessage)
    return letter


def arrived(servers: rig.Rig) -> Iterator[EmailMessage]:
    """Read what dovecot keeps for the one on call."""
    for path in (servers.folder / "dovecot" / "mail" / TO / "new").glob("*"):
        yield read(path.read_bytes())


async def test_a_mail_arrives_by_real_servers(servers: rig.Rig) -> None:
    """Through exim into dovecot's mailbox, whole, and with a reply in its thread."""
    mailer = sender(servers.smtp)
    head = await mailer.send(delivery())
    below = delivery(Kind.REPLY, head=head, key="later", said=message(headline=("Sending works again.",)))
    assert await mailer.send(below) == head
    async with asyncio.timeout(20):
        while len(list(arrived(servers))) < 2:
            await MachineClock().sleep(timedelta(milliseconds=50))
    first, second = sorted(arrived(servers), key=lambda one: str(one["In-Reply-To"] or ""))
    assert first["Subject"] == "🔴 Sending mail fails."
    assert first["Message-ID"] == head.id == "<key-of-head@bot.example>"
    assert second["In-Reply-To"] == second["References"] == head.id
    assert first["Auto-Submitted"] == "auto-generated"
    text, html = first.iter_parts()
    assert "What to do: Resend what bounced, after the fix." in text.get_content()
    assert "<h1>Sending mail fails.</h1>" in html.get_content()


async def test_nobody_there_shuts_the_address(servers: rig.Rig) -> None:
    """Exim says that there is no such user."""
    with pytest.raises(SendError, match="no such user here") as caught:
        await sender(servers.smtp, "reject@test.example").send(delivery())
    assert caught.value.shut


async def test_a_server_that_asks_to_wait_is_tried_again(servers: rig.Rig) -> None:
    """Greylisting passes."""
    with pytest.raises(SendError, match="451") as caught:
        await sender(servers.smtp, "grey@test.example").send(delivery())
    assert not caught.value.permanent
    assert not caught.value.unknown


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(servers: rig.Rig) -> None:
    """The mail stays here."""
    with pytest.raises(SendError, match="tls") as caught:
        await sender(servers.smtp, security=Security.STARTTLS).send(delivery())
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("step", "reply", "permanent", "shut"),
    [
        ("connect", "421 4.3.2 not now", False, False),
        ("MAIL", "550 5.7.1 you may not send here", True, True),
        ("RCPT", "452 4.2.2 full for now", False, False),
        ("RCPT", "550 5.1.1 nobody", True, True),
        (".", "554 5.6.0 content refused", True, False),
        (".", "451 4.3.0 try later", False, False),
    ],
)
async def test_the_reply_decides_whether_another_try_can_help(
    step: str, reply: str, *, permanent: bool, shut: bool
) -> None:
    """By its first digit, and by where it was said."""
    async with SmtpServer() as server:
        server.replies[step] = reply
        error = await refused(server)
    assert (error.permanent, error.shut, error.unknown) == (permanent, shut, False)
    assert reply.partition(" ")[2] in str(error)


async def test_where_the_line_breaks_after_the_last_line_it_is_sent_once_more_and_no_third_time() -> None:
    """With the same Message-ID, by which the second copy can be known."""
    async with SmtpServer() as server:
        server.cut.add(".")
        first = await refused(server)
        second = await refused(server, doubts=1)
        third = await refused(server, doubts=2)
    assert [(one.unknown, one.retry_after) for one in (first, second)] == [(True, DOUBTFUL)] * 2
    assert isinstance(third, DoubtedError)
    assert len(server.taken) == 2
    assert len({read(raw)["Message-ID"] for raw in server.taken}) == 1


async def test_where_the_line_breaks_before_nothing_was_sent() -> None:
    """It is simply tried again."""
    async with SmtpServer() as server:
        server.cut.add("RCPT")
        error = await refused(server)
    assert (error.unknown, error.permanent) == (False, False)


async def test_no_server_is_no_answer() -> None:
    """It may be back."""
    async with SmtpServer() as server:
        port = server.port
    with pytest.raises(SendError, match="no answer") as caught:
        await sender(port).send(delivery())
    assert not caught.value.permanent


async def test_a_refused_password_shuts_the_address_and_is_never_shown() -> None:
    """Somebody has to mend it."""
    async with SmtpServer() as server:
        server.replies["AUTH"] = "535 5.7.8 wrong password"
        error = await refused(server, secret=SECRET)
    assert error.shut
    assert SECRET not in str(error)
    assert SECRET not in repr(error.__context__)


@pytest.mark.parametrize("evil", ["Hi\r\nBcc: all@contoso.com", "Hi\nSubject: x", "Hi\r\n\r\n<b>body</b>", "a\x00b"])
async def test_no_words_become_a_header(evil: str) -> None:
    """Nor a body of their own."""
    async with SmtpServer() as server:
        await sender(server.port).send(delivery(said=message(headline=(evil,))))
    letter = read(server.taken[0])
    assert letter["Bcc"] is None
    assert len(letter.get_all("Subject", [])) == 1
    assert letter.get_content_type() == "multipart/alternative"


async def test_untrusted_words_are_shown_as_they_are() -> None:
    """In the part that a browser draws."""
    async with SmtpServer() as server:
        await sender(server.port).send(delivery(said=message(vendor=("<script>alert(1)</script> & more",))))
    _, html = read(server.taken[0]).iter_parts()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html.get_content()


async def test_what_waited_is_told_in_one_mail() -> None:
    """With the time of each."""
    late = delivery(said=message(), earlier=(delivery(said=message(headline=("Mail is late.",), incident="2"), id=6),))
    async with SmtpServer() as server:
        await sender(server.port).send(late)
    text, _ = read(server.taken[0]).iter_parts()
    assert "This waited to be told:" in text.get_content()
    assert "2023-07-18 05:09 UTC Mail is late." in text.get_content()
