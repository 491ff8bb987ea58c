"""Submission servers."""

import asyncio
import binascii
import logging
import ssl
from base64 import b64decode
from typing import cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.demo.mail.faults import AT_SUBMISSION, Trouble
from bot.demo.mail.keys import Keys
from bot.demo.mail.mailbox import Account
from bot.demo.mail.network import Network

_LARGEST_MESSAGE = 1_000_000
# aiosmtpd 1.4.6 warns at every login about an attribute that only itself sets.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Submission:
    """What aiosmtpd asks at each step of a session."""

    def __init__(self, network: Network, keys: Keys) -> None:
        """Take messages from those with ``keys`` into ``network``."""
        self._network = network
        self._keys = keys

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        """Check a name and password of AUTH PLAIN or LOGIN."""
        return _result(self._keys.by_password(given.login.decode(), given.password.decode()))

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  aiosmtpd's name for it
        """Check a bearer token of AUTH XOAUTH2."""
        if len(args) > 1:
            try:
                response = b64decode(args[1])
            except binascii.Error:
                return AuthResult(success=False, handled=False)
            return _result(self._keys.by_xoauth2(response))
        answer = await server.challenge_auth("")
        return _result(self._keys.by_xoauth2(answer) if isinstance(answer, bytes) else None)

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name for it
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Let people send as themselves."""
        if not session.authenticated:
            return "530 5.7.57 Client not authenticated to send mail"
        if str(session.auth_data) != address.lower():
            return "550 5.7.60 Client does not have permissions to send as this sender"
        envelope.mail_from = address
        return "250 2.1.0 Sender OK"

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name for it
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or let the message meet its fault."""
        lane = self._network.lane(envelope.mail_from or "", address)
        if lane is None:
            return "550 5.1.1 No such recipient here"
        fault = self._network.faults.hit(lane.route.name, AT_SUBMISSION)
        if fault and fault.trouble is Trouble.HANG_UP:
            # A stream by contract, though uvloop's is no subclass of asyncio.Transport.
            cast("asyncio.Transport", server.transport).abort()
        if fault:
            return fault.reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a message on its way."""
        if self._network.full:
            return "452 4.3.1 Insufficient system resources"
        for recipient in envelope.rcpt_tos:
            self._network.submit(envelope.mail_from or "", recipient, envelope.original_content or b"")
        return "250 2.0.0 OK, queued"


def submission_protocol(submission: Submission, hostname: str, context: ssl.SSLContext | None) -> SMTP:
    """Make the protocol of one connection; with a TLS context STARTTLS has to come before AUTH."""
    return SMTP(
        submission,
        hostname=hostname,
        ident="ESMTP",
        data_size_limit=_LARGEST_MESSAGE,
        tls_context=context,
        require_starttls=context is not None,
        auth_require_tls=context is not None,
        authenticator=submission.authenticate,
        loop=asyncio.get_running_loop(),
    )


def _result(account: Account | None) -> AuthResult:
    if account is None:
        return AuthResult(success=False, handled=False)
    return AuthResult(success=True, auth_data=account.address)
