"""IMAP sessions, with real clients."""

import asyncio
import imaplib
import random
from base64 import b64encode
from collections.abc import AsyncIterator

import aioimaplib
import pytest

from bot.demo.authority import Authority
from bot.demo.clock import StoryClock
from bot.demo.mail.system import MailSystem, mail_system
from tests.demo.conftest import NOON
from tests.demo.imap.conftest import letter

LIMIT = 5
TOKEN = "known"


class Served:
    """The mailbox of the first route's recipient, behind its server."""

    def __init__(self, system: MailSystem) -> None:
        """Take a system that runs."""
        box = system.lanes[0].recipient
        self.account = system.accounts[box]
        self.door = system.doors[box.provider, box.vantage]

    async def connect(self) -> aioimaplib.IMAP4:
        """Connect without logging in."""
        client = aioimaplib.IMAP4("127.0.0.1", self.door.imap.port, timeout=LIMIT)
        await client.wait_hello_from_server()
        return client

    async def inbox(self) -> aioimaplib.IMAP4:
        """Log in and open the inbox."""
        client = await self.connect()
        await client.login(self.account.address, self.account.password)
        await client.select("INBOX")
        return client

    def receive(self, *numbers: int) -> None:
        """Put letters into the inbox."""
        for number in numbers:
            self.account.inbox.add(letter(number), NOON)


@pytest.fixture
async def box(clock: StoryClock, rng: random.Random) -> AsyncIterator[Served]:
    """Serve mailboxes without TLS."""
    async with mail_system(clock=clock, rng=rng, knows_token=lambda token: token == TOKEN) as system:
        yield Served(system)


async def test_a_message_is_found_read_and_removed(box: Served) -> None:
    """A canary's whole work, with aioimaplib."""
    box.receive(1, 2)
    client = await box.inbox()
    found = await client.uid_search('UNSEEN HEADER X-Probe "id-2"')
    assert found.lines[0] == b"2"
    read = await client.uid("fetch", "2", "(INTERNALDATE BODY.PEEK[])")
    assert bytes(read.lines[1]) == letter(2)
    assert (await client.uid("store", "2", "+FLAGS (\\Deleted)")).result == "OK"
    assert (await client.expunge()).lines[0] == b"2 EXPUNGE"
    assert (await client.logout()).result == "OK"
    assert [stored.uid for stored in box.account.inbox.messages] == [1]


async def test_the_standard_librarys_client_gets_through(box: Served) -> None:
    """In a thread, with its own ways."""
    box.receive(1, 2)

    def look() -> list[object]:
        with imaplib.IMAP4("127.0.0.1", box.door.imap.port, timeout=LIMIT) as client:
            client.authenticate("PLAIN", lambda _: f"\0{box.account.address}\0{box.account.password}".encode())
            return [
                client.list()[1],
                client.select("INBOX", readonly=True)[1],
                client.search(None, "HEADER", "Subject", '"Probe 2"')[1],
                client.fetch("2", "(RFC822.HEADER)")[1][0],
                client.noop()[0],
            ]

    folders, count, found, header, noop = await asyncio.to_thread(look)
    assert folders == [b'() "/" "INBOX"', b'(\\Junk) "/" "Junk Email"']
    assert (count, found, noop) == ([b"2"], [b"2"], "OK")
    assert isinstance(header, tuple)
    assert header[1].startswith(b"From: canary2@")


async def test_clients_get_through_by_tls(clock: StoryClock, rng: random.Random, authority: Authority) -> None:
    """From the first byte, with a certificate that they check."""
    async with mail_system(clock=clock, rng=rng, authority=authority) as system:
        box = Served(system)
        client = aioimaplib.IMAP4_SSL(
            "localhost", box.door.imap.port, timeout=LIMIT, ssl_context=authority.client_context()
        )
        await client.wait_hello_from_server()
        assert (await client.login(box.account.address, box.account.password)).result == "OK"
        await client.logout()


async def test_idle_tells_of_a_message_at_once(box: Served) -> None:
    """Without being asked again."""
    client = await box.inbox()
    idle = await client.idle_start(timeout=LIMIT)
    box.receive(1)
    assert await client.wait_server_push() == [b"1 EXISTS"]
    client.idle_done()
    async with asyncio.timeout(LIMIT):
        await idle
    assert (await client.search("ALL")).lines[0] == b"1"
    await client.logout()


async def test_idle_tells_what_came_before_it_began(box: Served) -> None:
    """Nothing falls between two commands."""
    client = await box.inbox()
    box.receive(1)
    idle = await client.idle_start(timeout=LIMIT)
    assert await client.wait_server_push() == [b"1 EXISTS"]
    client.idle_done()
    async with asyncio.timeout(LIMIT):
        await idle
    await client.logout()


async def test_a_token_opens_a_mailbox(box: Served) -> None:
    """As Exchange Online wants it; an unknown one does not."""
    client = await box.connect()
    assert (await client.xoauth2(box.account.address, TOKEN)).result == "OK"
    await client.logout()
    other = await box.connect()
    assert (await other.xoauth2(box.account.address, "unknown")).result == "NO"
    await other.logout()


async def test_a_wrong_password_is_refused(box: Served) -> None:
    """With the code that says why."""
    client = await box.connect()
    answer = await client.login(box.account.address, "wrong")
    assert answer.result == "NO"
    assert b"AUTHENTICATIONFAILED" in answer.lines[-1]
    await client.logout()


async def talk(box: Served, *lines: bytes) -> bytes:
    """Say some lines in one go and listen until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", box.door.imap.port)
    writer.write(b"".join(line + b"\r\n" for line in (*lines, b"z LOGOUT")))
    async with asyncio.timeout(LIMIT):
        said = await reader.read()
    writer.close()
    return said


def login(box: Served) -> bytes:
    """Write the login."""
    return f"a LOGIN {box.account.address} {box.account.password}".encode()


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"b CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE"),
        (b"b SELECT Holiday", b"b NO no folder Holiday"),
        (b"b DANCE", b"b BAD unknown command DANCE"),
        (b"b FETCH 1 UID", b"b BAD"),
        (b"b LOGIN onlyname", b"b BAD"),
        (b"(", b"* BAD"),
        (b"b NOOP", b"b OK NOOP completed"),
    ],
)
async def test_what_the_server_says(box: Served, line: bytes, answer: bytes) -> None:
    """To good commands and bad ones, and it goes on after both."""
    said = await talk(box, login(box), line)
    assert answer in said
    assert said.endswith(b"* BYE see you\r\nz OK LOGOUT completed\r\n")


async def test_nothing_is_shown_before_a_login(box: Served) -> None:
    """Whatever is asked."""
    assert b"b BAD log in first" in await talk(box, b"b SELECT INBOX")


async def test_a_login_may_come_in_literals_or_with_its_first_answer(box: Served) -> None:
    """Both are forms that clients use."""
    name, password = box.account.address.encode(), box.account.password.encode()
    literals = b"a LOGIN {%d+}\r\n%s {%d+}\r\n%s" % (len(name), name, len(password), password)
    assert b"a OK" in await talk(box, literals)
    response = b64encode(b"\0" + name + b"\0" + password)
    assert b"a OK" in await talk(box, b"a AUTHENTICATE PLAIN " + response)
    assert b"a BAD" in await talk(box, b"a AUTHENTICATE GSSAPI AAAA")


async def test_another_session_sees_what_one_removes(box: Served) -> None:
    """At its next command."""
    box.receive(1, 2)
    one, other = await box.inbox(), await box.inbox()
    await one.uid("store", "1", "+FLAGS.SILENT (\\Deleted)")
    await one.expunge()
    assert (await other.noop()).lines[0] == b"1 EXPUNGE"
    for client in (one, other):
        assert (await client.close()).result == "OK"
        await client.logout()


async def test_a_session_ends_when_the_door_is_shut(box: Served) -> None:
    """Even one that is in IDLE."""
    reader, writer = await asyncio.open_connection("127.0.0.1", box.door.imap.port)
    writer.write(login(box) + b"\r\nb SELECT INBOX\r\nc IDLE\r\n")
    async with asyncio.timeout(LIMIT):
        await reader.readuntil(b"+ idling\r\n")
        box.door.shut()
        assert await reader.read() == b""
    writer.close()
