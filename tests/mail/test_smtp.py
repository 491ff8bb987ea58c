import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiosmtpd import smtp as aiosmtpd
from pydantic import SecretStr

from bot.mail import (
    Accepted,
    FateUnknown,
    Mailbox,
    Names,
    NoAnswer,
    OwnTrouble,
    Refusal,
    Security,
    Server,
    SmtpSender,
    compose,
)
from bot.microsoft import GraphError
from tests.certificates import serving, write_certificate
from tests.mail.smtp_server import SmtpServer
from tests.mail.worlds import PROBE, SEAL, mailbox

LETTER = compose(PROBE, SEAL, sender=mailbox("alice"), receiver=mailbox("bob"))


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    """Serve on loopback."""
    async with SmtpServer() as running:
        yield running


def sender(server: SmtpServer, *, run_seconds: float = 5.0) -> SmtpSender:
    return SmtpSender(mailbox(smtp=server.port), run_seconds=run_seconds)


async def test_a_message_is_handed_over_once(server: SmtpServer) -> None:
    """With the server's words kept, and a polite goodbye."""
    assert await sender(server).send(LETTER) == Accepted(reply="250 2.0.0 taken as 42")
    (taken,) = server.taken
    assert SEAL.token(PROBE).encode() in taken
    assert server.commands[-1] == "QUIT"
    assert "MAIL FROM:<alice@test.example>" in server.commands[2]


@pytest.mark.parametrize(
    ("step", "reply", "stage"),
    [
        ("connect", "421 4.3.2 service not available", "connect"),
        ("connect", "554 5.3.0 no", "connect"),
        ("EHLO", "421 4.7.0 go away", "connect"),
        ("AUTH", "454 4.7.0 temporary authentication failure", "auth"),
        ("MAIL", "503 5.5.1 bad sequence of commands", "mail"),
        ("RCPT", "451 4.7.500 server busy", "rcpt"),
        ("RCPT", "550 5.4.1 recipient address rejected", "rcpt"),
        ("DATA", "451 4.3.0 not now", "data"),
        (".", "550 5.7.705 tenant has exceeded threshold", "data"),
    ],
)
async def test_a_refusal_says_at_which_step_and_keeps_the_servers_words(
    server: SmtpServer, step: str, reply: str, stage: str
) -> None:
    """The words are what people search for."""
    server.replies[step] = reply
    assert await sender(server).send(LETTER) == Refusal(stage=stage, reply=reply)
    assert server.taken == []


@pytest.mark.parametrize(
    ("step", "reply", "stage"),
    [
        ("AUTH", "535 5.7.3 authentication unsuccessful", "auth"),
        ("MAIL", "550 5.1.8 access denied, bad outbound sender", "mail"),
        ("RCPT", "552 5.2.2 mailbox full", "rcpt"),
    ],
)
async def test_trouble_of_the_canarys_own_is_told_apart(server: SmtpServer, step: str, reply: str, stage: str) -> None:
    """With what to do about it."""
    server.replies[step] = reply
    outcome = await sender(server).send(LETTER)
    assert isinstance(outcome, OwnTrouble)
    assert (outcome.stage, outcome.reply) == (stage, reply)
    assert outcome.advice


@pytest.mark.parametrize(
    ("step", "stage"),
    [("connect", "connect"), ("EHLO", "connect"), ("AUTH", "auth"), ("MAIL", "mail"), ("RCPT", "rcpt")],
)
async def test_a_line_cut_before_the_message_went_out_means_that_no_server_answered(
    server: SmtpServer, step: str, stage: str
) -> None:
    """The message is not on its way."""
    server.cut = {step}
    outcome = await sender(server).send(LETTER)
    assert isinstance(outcome, NoAnswer)
    assert outcome.stage == stage


@pytest.mark.parametrize("step", ["DATA", "."])
async def test_a_line_cut_while_the_message_went_out_leaves_its_fate_unknown(server: SmtpServer, step: str) -> None:
    """It may arrive, so it is tracked and never sent again."""
    server.cut = {step}
    assert isinstance(await sender(server).send(LETTER), FateUnknown)
    assert sum(command == "DATA" for command in server.commands) == 1


@pytest.mark.parametrize(("step", "kind"), [("connect", NoAnswer), ("MAIL", NoAnswer), (".", FateUnknown)])
async def test_a_server_that_says_nothing_is_given_up_after_the_limit(
    server: SmtpServer, step: str, kind: type[object]
) -> None:
    """The whole run has one."""
    server.mute = {step, "QUIT"}
    assert isinstance(await sender(server, run_seconds=0.05).send(LETTER), kind)


async def test_nobody_listening_is_no_answer(unused_tcp_port: int) -> None:
    """The connection was refused, not the message."""
    outcome = await SmtpSender(mailbox(smtp=unused_tcp_port)).send(LETTER)
    assert isinstance(outcome, NoAnswer)
    assert outcome.stage == "connect"


async def unknown(_: str) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


async def test_a_name_that_nobody_knows_is_no_answer() -> None:
    """.invalid never resolves."""
    nowhere = Server(host="mail.invalid", port=587, security=Security.STARTTLS)
    outcome = await SmtpSender(Mailbox(name="a", address="a@x.example", smtp=nowhere), Names(unknown)).send(LETTER)
    assert outcome == NoAnswer(stage="connect", error="[Errno -2] mail.invalid: Name or service not known")


async def test_a_server_without_a_secret_is_used_without_a_sign_in(server: SmtpServer) -> None:
    """A relay within the company."""
    plain = mailbox(smtp=server.port, password=None)
    assert isinstance(await SmtpSender(plain).send(LETTER), Accepted)
    assert not any(command.startswith("AUTH") for command in server.commands)


async def test_a_server_that_offers_no_sign_in_refuses_it(server: SmtpServer) -> None:
    """Its words are ours, as it has none."""
    server.replies["EHLO"] = "250 hello"
    outcome = await sender(server).send(LETTER)
    assert isinstance(outcome, Refusal)
    assert (outcome.stage, "AUTH extension" in outcome.reply) == ("auth", True)


async def test_a_token_signs_in_by_xoauth2(server: SmtpServer) -> None:
    """The provider gives it anew for each message."""

    async def token() -> SecretStr:
        return SecretStr("t0ken")

    at = Server(host="127.0.0.1", port=server.port, security=Security.PLAIN)
    outcome = await SmtpSender(Mailbox(name="a", address="a@x.example", smtp=at, secret=token)).send(LETTER)
    assert isinstance(outcome, Accepted)
    assert server.commands[1].startswith("AUTH XOAUTH2 ")


async def test_a_token_that_is_not_given_is_the_canarys_own_trouble(server: SmtpServer) -> None:
    """No outage may be told of an expired secret."""

    async def token() -> SecretStr:
        raise GraphError("The client secret has expired")

    at = Server(host="127.0.0.1", port=server.port, security=Security.PLAIN)
    outcome = await SmtpSender(Mailbox(name="a", address="a@x.example", smtp=at, secret=token)).send(LETTER)
    assert outcome == OwnTrouble(stage="auth", reply="The client secret has expired", advice="")


async def test_starttls_that_is_refused_is_a_refusal_at_tls(server: SmtpServer) -> None:
    """And no password went over the line."""
    at = Server(host="127.0.0.1", port=server.port, security=Security.STARTTLS)
    outcome = await SmtpSender(Mailbox(name="a", address="a@x.example", smtp=at, secret=SecretStr("x"))).send(LETTER)
    assert outcome == Refusal(stage="tls", reply="454 4.7.0 not now")
    assert not any(command.startswith("AUTH") for command in server.commands)


async def test_starttls_that_is_not_offered_is_a_refusal_at_tls(server: SmtpServer) -> None:
    """Somebody in the middle may have taken it away."""
    server.replies["EHLO"] = "250 hello"
    at = Server(host="127.0.0.1", port=server.port, security=Security.STARTTLS)
    outcome = await SmtpSender(Mailbox(name="a", address="a@x.example", smtp=at, secret=SecretStr("x"))).send(LETTER)
    assert isinstance(outcome, Refusal)
    assert outcome.stage == "tls"


@pytest.mark.parametrize("trusted", [True, False])
async def test_implicit_tls_is_checked_against_the_given_authority(tmp_path: Path, *, trusted: bool) -> None:
    """A certificate that nobody vouches for is a refusal at TLS."""
    pem = write_certificate(tmp_path)
    async with SmtpServer(tls=serving(pem)) as server:
        at = Server(host="127.0.0.1", port=server.port)
        box = Mailbox(name="a", address="a@x.example", smtp=at, ca_bundle=pem if trusted else None)
        outcome = await SmtpSender(box).send(LETTER)
    if trusted:
        assert isinstance(outcome, Accepted)
    else:
        assert isinstance(outcome, Refusal)
        assert (outcome.stage, "certificate" in outcome.reply) == ("tls", True)


class Keeper:
    """Keeps messages of people who signed in."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: aiosmtpd.SMTP, session: aiosmtpd.Session, envelope: aiosmtpd.Envelope) -> str:  # noqa: ARG002, N802  # aiosmtpd calls it so
        assert session.ssl is not None
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        return "250 2.0.0 kept"


def sign_in(
    _server: aiosmtpd.SMTP, _session: aiosmtpd.Session, _envelope: aiosmtpd.Envelope, _mechanism: str, data: object
) -> aiosmtpd.AuthResult:
    assert isinstance(data, aiosmtpd.LoginPassword)
    return aiosmtpd.AuthResult(success=data.password == b"secret", handled=False)


@pytest.mark.parametrize(("password", "kind"), [("secret", Accepted), ("wrong", OwnTrouble)])
async def test_a_real_server_is_submitted_to_by_starttls_and_password(
    tmp_path: Path, password: str, kind: type[object]
) -> None:
    """aiosmtpd, which demands both."""
    pem, keeper = write_certificate(tmp_path), Keeper()
    running = await asyncio.get_running_loop().create_server(
        lambda: aiosmtpd.SMTP(
            keeper, tls_context=serving(pem), require_starttls=True, authenticator=sign_in, auth_required=True
        ),
        host="127.0.0.1",
        port=0,
    )
    async with running:
        at = Server(host="127.0.0.1", port=running.sockets[0].getsockname()[1], security=Security.STARTTLS)
        box = Mailbox(name="a", address="a@x.example", smtp=at, secret=SecretStr(password), ca_bundle=pem)
        outcome = await SmtpSender(box).send(LETTER)
    assert isinstance(outcome, kind)
    assert len(keeper.taken) == (password == "secret")


def test_a_mailbox_must_have_a_server() -> None:
    """Said when it is set up, not at the first message."""
    with pytest.raises(ValueError, match="has no SMTP server"):
        SmtpSender(mailbox("a"))
