"""What a tenant's file names is reached at public addresses alone; the operator's own file may name any."""

import asyncio
import socket
import ssl
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from pydantic import SecretStr

from bot.app.eyes import mailbox
from bot.app.voices import open_voices
from bot.egress import Reach, public_socket
from bot.egress.connect import connected
from bot.mail import Accepted, ImapInbox, Mailbox, MailError, Names, OwnTrouble, Server, SmtpSender, compose
from bot.outbox import SendError
from bot.settings.tenant_file import read_tenant
from handlers.teams.lane import Lane
from handlers.teams.send import Flow, TeamsSender
from tests.certificates import serving, write_certificate
from tests.handlers.examples import TestClock, delivery
from tests.mail.imap_server import ImapServer
from tests.mail.smtp_server import SmtpServer
from tests.mail.worlds import PROBE, SEAL, StillClock
from tests.mail.worlds import mailbox as box
from tests.settings.test_tenant_file import filed, operator

HOST, OTHER = "mx.contoso.com", "mx.fabrikam.com"
LETTER = compose(PROBE, SEAL, sender=box("alice"), receiver=box("bob"))
Talks: TypeAlias = Callable[[Server], Awaitable[str]]


async def _found(_host: str) -> None:
    """Find every name: it is public when it is asked for the first time."""


def leading(*addresses: str) -> Reach:
    """Connect as for a tenant, where every name leads to these."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return partial(public_socket, resolve=resolve)


async def here(_host: str, port: int) -> socket.socket:
    """Connect to this machine, as if the host were here."""
    return await connected("127.0.0.1", port)


def at(server: Server, ca_bundle: Path | None = None) -> Mailbox:
    """Give a mailbox at a server."""
    secret = SecretStr("secret")
    return Mailbox(
        name="alice", address="alice@test.example", smtp=server, imap=server, secret=secret, ca_bundle=ca_bundle
    )


async def by_smtp(server: Server) -> str:
    """Send a test message."""
    outcome = await SmtpSender(at(server), Names(_found)).send(LETTER)
    assert isinstance(outcome, OwnTrouble)
    return outcome.reply


async def by_imap(server: Server) -> str:
    """Look for test messages."""
    with pytest.raises(MailError) as caught:
        await ImapInbox(at(server), StillClock(), Names(_found)).letters()
    return str(caught.value)


def flow(server: Server) -> Flow:
    """Give a flow at a server."""
    url = SecretStr(f"https://{server.host}:{server.port}/x?sig=secret")
    return Flow(url=url, lane=Lane(TestClock()), reach=server.reach)


async def by_webhook(server: Server) -> str:
    """Post a card."""
    with pytest.raises(SendError) as caught:
        await TeamsSender(flow(server), clock=TestClock()).send(delivery())
    return str(caught.value)


CLIENTS: Mapping[str, Talks] = {"SMTP": by_smtp, "IMAP": by_imap, "a webhook": by_webhook}


@asynccontextmanager
async def listening(met: list[str], context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on loopback, and note who comes."""

    async def come(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append("met")
        writer.close()

    server = await asyncio.start_server(come, "127.0.0.1", 0, ssl=context)
    async with server:
        yield int(server.sockets[0].getsockname()[1])


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"]])
@pytest.mark.parametrize("client", CLIENTS)
async def test_a_tenants_name_that_leads_inside_meets_nobody(client: str, addresses: list[str]) -> None:
    """It was public when the file was read, and when it was looked up before the connection."""
    met: list[str] = []
    async with listening(met) as port:
        said = await CLIENTS[client](Server(host=HOST, port=port, reach=leading(*addresses)))
    assert f"{HOST} leads to a private address" in said
    assert "secret" not in said
    assert met == []


async def test_a_tenants_mail_goes_out_with_the_certificate_checked_for_the_name(tmp_path: Path) -> None:
    """Over a connection to an address, which no certificate is for."""
    pem = write_certificate(tmp_path, host=HOST)
    async with SmtpServer(serving(pem)) as server:
        there, other = (Server(host=host, port=server.port, reach=here) for host in (HOST, OTHER))
        assert isinstance(await SmtpSender(at(there, pem), Names(_found)).send(LETTER), Accepted)
        assert OTHER in str(await SmtpSender(at(other, pem), Names(_found)).send(LETTER))
        assert len(server.taken) == 1


async def test_a_tenants_mailbox_is_read_with_the_certificate_checked_for_the_name(tmp_path: Path) -> None:
    """The same for what looks for messages."""
    pem = write_certificate(tmp_path, host=HOST)
    async with ImapServer(serving(pem)) as server:
        inbox = ImapInbox(at(Server(host=HOST, port=server.port, reach=here), pem), StillClock(), Names(_found))
        assert list(await inbox.letters()) == []
        await inbox.close()
        other = ImapInbox(at(Server(host=OTHER, port=server.port, reach=here), pem), StillClock(), Names(_found))
        with pytest.raises(MailError, match=OTHER):
            await other.letters()


async def test_a_tenants_webhook_is_posted_to_with_the_certificate_checked(tmp_path: Path) -> None:
    """It is asked for by the name, and one that nobody trusts is refused before a word is said."""
    names, context = [], serving(write_certificate(tmp_path, host=HOST))
    context.sni_callback = lambda _line, name, _context: names.append(name)
    met: list[str] = []
    async with listening(met, context) as port:
        there = Server(host=HOST, port=port, reach=here)
        with pytest.raises(SendError, match="SSLError"):
            await TeamsSender(flow(there), clock=TestClock()).send(delivery())
    assert (names, met) == ([HOST], [])


OWN = """
[mailboxes.outside]
address = "canary@example.org"
smtp = "tls://smtp.example.org:465"
imap = "imap.example.org:993"
password_env = "OUTSIDE_PASSWORD"
[destinations.it]
platform = "teams"
url_env = "IT_URL"
"""


@pytest.mark.parametrize("whose", ["a tenant's", "the operator's"])
async def test_whose_file_it_is_decides(tmp_path: Path, whose: str) -> None:
    """The same tables: of a tenant's all are held to public addresses, of the operator's none."""
    settings = read_tenant(filed(tmp_path, OWN), operator()).settings
    if whose == "the operator's":
        settings = replace(operator(**tomllib.loads(OWN)), named=settings.named)
    outside = mailbox(settings, "outside", None)
    async with open_voices(settings, TestClock()) as voices:
        (hook,) = voices.channels(settings).senders.values()
    assert outside.smtp
    assert outside.imap
    assert isinstance(hook, TeamsSender)
    held = {outside.smtp.reach, outside.imap.reach, hook._flow.reach}
    assert held == ({public_socket} if whose == "a tenant's" else {None})
