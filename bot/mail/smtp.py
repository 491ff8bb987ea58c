"""Submission by SMTP, one step at a time, so that a failure says where it happened."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias

import aiosmtplib
from pydantic import SecretStr

from bot.egress import EgressError
from bot.mail.mailbox import Mailbox, Security, Server
from bot.mail.names import Names
from bot.mail.outcomes import Accepted, FateUnknown, NoAnswer, Outcome, Outgoing, OwnTrouble, Refusal
from bot.mail.trouble import hushed, own_trouble
from bot.microsoft import GraphError
from bot.microsoft.http import mail_trust

STEP_SECONDS = 20.0
# Below the minute after which a sending is too old to be evidence.
RUN_SECONDS = 45.0
QUIT_SECONDS = 2.0

Step: TypeAlias = tuple[str, Callable[[], Awaitable[object]]]


class SmtpSender:
    """Hands messages of one mailbox to its submission server, one connection a message as people's programs do."""

    def __init__(self, mailbox: Mailbox, names: Names | None = None, *, run_seconds: float = RUN_SECONDS) -> None:
        """Take a mailbox that has an SMTP server, and names to share with others; raises ValueError if it has none."""
        if mailbox.smtp is None:
            raise ValueError(f"The mailbox {mailbox.name} has no SMTP server")
        self._mailbox = mailbox
        self._server = mailbox.smtp
        self._names = names or Names()
        self._run_seconds = run_seconds
        self._context = mail_trust(mailbox.ca_bundle)

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over once, within the limit of a run; never raises for what a server does."""
        client = _client(self._server, self._mailbox, self._context)
        stage = "connect"
        try:
            async with asyncio.timeout(self._run_seconds):
                for name, step in self._steps(client, message):
                    stage = name
                    reply = await step()
            return Accepted(reply=_words(reply))
        except aiosmtplib.SMTPResponseException as error:
            return self._refused(stage, f"{error.code} {error.message}")
        except (GraphError, EgressError) as error:
            return OwnTrouble(stage=stage, reply=str(error), advice="")
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return _broken(stage, error)
        finally:
            await _leave(client)

    def _steps(self, client: aiosmtplib.SMTP, message: Outgoing) -> Iterator[Step]:
        yield "connect", lambda: self._names.find(self._server.host)
        yield "connect", lambda: _connect(client, self._server)
        yield "connect", client.ehlo
        if self._server.security is Security.STARTTLS:
            yield "tls", client.starttls
        if self._mailbox.secret is not None:
            yield "auth", lambda: self._sign_in(client)
        yield "mail", lambda: client.mail(str(message["From"]))
        yield "rcpt", lambda: client.rcpt(str(message["To"]))
        yield "data", lambda: client.data(message.as_bytes())

    async def _sign_in(self, client: aiosmtplib.SMTP) -> None:
        secret, login = self._mailbox.secret, self._mailbox.login
        if secret is None:
            return
        word = (secret if isinstance(secret, SecretStr) else await secret()).get_secret_value()
        try:
            await (client.login if isinstance(secret, SecretStr) else client.auth_xoauth2)(login, word)
        except aiosmtplib.SMTPResponseException as error:
            error.message = hushed(error.message, login, word)
            raise

    def _refused(self, stage: str, reply: str) -> Outcome:
        advice = own_trouble(stage, reply, self._mailbox.name)
        if advice:
            return OwnTrouble(stage=stage, reply=reply, advice=advice)
        return Refusal(stage=stage, reply=reply)


def _client(server: Server, mailbox: Mailbox, context: ssl.SSLContext) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security is Security.TLS,
        start_tls=False,
        tls_context=context,
        timeout=STEP_SECONDS,
        # Without a name given, aiosmtplib asks the resolver for this machine's, which can take long.
        local_hostname=mailbox.domain,
    )


async def _connect(client: aiosmtplib.SMTP, server: Server) -> object:
    if server.reach is None:
        return await client.connect()
    return await client.connect(sock=await server.reach(server.host, server.port), port=None)


def _broken(stage: str, error: Exception) -> Outcome:
    said = " ".join(str(error).split()) or type(error).__name__
    if stage == "data":
        return FateUnknown(error=said)
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return Refusal(stage="tls", reply=said)
    if isinstance(error, aiosmtplib.SMTPException) and not isinstance(error, OSError):
        # The server is there and lacks what we need: STARTTLS or AUTH.
        return Refusal(stage=stage, reply=said)
    return NoAnswer(stage=stage, error=said)


async def _leave(client: aiosmtplib.SMTP) -> None:
    with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        async with asyncio.timeout(QUIT_SECONDS):
            if client.is_connected:
                await client.quit()
    client.close()


def _words(reply: object) -> str:
    return f"{reply.code} {reply.message}" if isinstance(reply, aiosmtplib.SMTPResponse) else ""
