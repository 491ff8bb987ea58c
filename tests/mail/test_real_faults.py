"""From a real message's fate to what people are told: real servers, the real canary, detector, correlation and words.

Each evening has senders of its own, so that nobody reads a report that another test left behind.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from typing import TypeAlias

import pytest

from bot.mail import ImapInbox, Letter, Mailbox, Security, Server
from bot.mail.bounces import Action, read_report
from bot.types import Arrived, Bounced, Duplicated, SourceBack, SourceBlind
from tests.mail import fates
from tests.mail.proxy import Proxy
from tests.mail.real import LIMIT, World
from tests.mail.test_real_failures import REFUSALS, refused_at
from tests.mail.told import BLIND, DEADLINE, Evening
from tests.mail.worlds import SEAL

MINUTE = timedelta(minutes=1)
LATE_MINUTES = 5
CODE = re.compile(r"\d{3}( \d\.\d\.\d)?")
Break: TypeAlias = Callable[[World, Mailbox], Mailbox]


@asynccontextmanager
async def evening(
    world: World, to: str, *, sender: Mailbox | None = None, run_seconds: float = 10.0
) -> AsyncIterator[Evening]:
    """Begin an evening, and let go of its mailboxes at the end."""
    one = Evening(world, sender or world.trusted(f"{to}-writer"), to, run_seconds)
    try:
        yield one
    finally:
        await one.close()


def told(one: Evening) -> list[str]:
    """Give the headlines."""
    return [text.partition("\n")[0] for text in one.told]


@contextmanager
def let_go(world: World) -> Iterator[None]:
    """Let exim hand on what it holds."""
    world.servers.released.touch()
    try:
        yield
    finally:
        world.servers.released.unlink()


async def test_mail_that_arrives_is_nothing_to_tell(world: World) -> None:
    async with evening(world, "bobby") as quiet:
        await quiet.live(5, until=Arrived, looks="bobby")
        assert told(quiet) == []


@pytest.mark.parametrize("stage", REFUSALS)
async def test_what_is_refused_is_told(world: World, stage: str) -> None:
    """At whatever step, with the server's code; a fault of TLS has none."""
    sender, to = refused_at(stage, world)
    async with evening(world, to, sender=sender) as refused:
        await refused.live(3)
        assert told(refused) == [(fates.REFUSED_FOR_NOW if REFUSALS[stage][0] == "4" else fates.REFUSED).told]
        code = CODE.match(REFUSALS[stage])
        assert code is None or f"The server's answer: {code[0].strip()}" in refused.told[0]


async def test_what_is_refused_for_a_while_is_told_as_such(world: World) -> None:
    """It goes out by itself, so nobody is asked to send it again."""
    async with evening(world, "grey") as refused:
        await refused.live(3)
        assert told(refused) == [fates.REFUSED_FOR_NOW.told]
        assert "Leave it in the Outbox" in refused.told[0]


def nobody_listens(_: World, sender: Mailbox) -> Mailbox:
    return replace(sender, smtp=Server(host="127.0.0.1", port=1, security=Security.PLAIN))


def no_such_name(_: World, sender: Mailbox) -> Mailbox:
    return replace(sender, smtp=Server(host="mail.invalid", port=25, security=Security.STARTTLS))


def dropped(world: World, sender: Mailbox) -> Mailbox:
    world.proxy.fault = "drop"
    return sender


def silent(world: World, sender: Mailbox) -> Mailbox:
    world.proxy.fault = "hold"
    return sender


@pytest.mark.parametrize("breaks", [nobody_listens, no_such_name, dropped, silent])
async def test_a_server_that_cannot_be_reached_is_told(world: World, breaks: Break) -> None:
    sender = breaks(world, world.trusted("alice"))
    async with evening(world, "bob", sender=sender, run_seconds=0.3 if breaks is silent else 10.0) as unreachable:
        await unreachable.live(3)
        assert told(unreachable) == [fates.UNREACHABLE.told]


@pytest.mark.parametrize(
    ("to", "answer"), [("bounce", "5.7.705"), ("plainbounce", "5.1.1")], ids=["RFC 3464", "as qmail writes it"]
)
async def test_what_bounces_is_told(world: World, to: str, answer: str) -> None:
    """By the report that came to the sender's mailbox, with the server's answer in it."""
    async with evening(world, to) as bounced:
        await bounced.live(3, until=Bounced, looks=bounced.sender.name)
        assert told(bounced) == [fates.BOUNCED.told]
        assert f"The server's answer: {answer}" in bounced.told[0]


async def first_message_in(world: World, name: str) -> Message:
    """Wait for a message, read it, and leave it there."""
    inbox = ImapInbox(world.mailbox(name), world.clock)
    try:
        async with asyncio.timeout(LIMIT):
            while not (letters := await inbox.letters()):
                await inbox.wait()
        return await inbox.whole(letters[0])
    finally:
        await inbox.close()


async def letters_in(world: World, name: str) -> Sequence[Letter]:
    """List what lies in a mailbox."""
    inbox = ImapInbox(world.mailbox(name), world.clock)
    try:
        return await inbox.letters()
    finally:
        await inbox.close()


async def test_a_notice_of_a_delay_is_no_bounce(world: World) -> None:
    """Exim writes one while it holds the message; it is taken out of the mailbox, and the message is looked for on."""
    async with evening(world, "held", sender=world.trusted("patient")) as held:
        await held.live(1)
        report = read_report(await first_message_in(world, "patient"))
        assert report is not None
        assert report.action is Action.DELAYED
        probe = SEAL.find(report.text)
        assert probe is not None
        await held.look("patient")
        assert held.count(Bounced) == 0
        assert await letters_in(world, "patient") == []
        with let_go(world):
            await held.hear("held", Arrived, 1)
        (arrived,) = (one for one in held.seen if isinstance(one, Arrived))
        assert arrived.probe == probe.id


async def test_what_is_late_is_told_while_it_is_under_way(world: World) -> None:
    """Exim holds it; once it is let go it arrives, late by as much as it was held."""
    async with evening(world, "held") as late:
        await late.live(LATE_MINUTES, looks="held")
        assert told(late) == [fates.LATE.told]
        assert late.count(Arrived) == 0
        with let_go(world):
            await late.hear("held", Arrived, LATE_MINUTES)
        took = sorted(one.latency for one in late.seen if isinstance(one, Arrived))
        assert took[-1] > (LATE_MINUTES - 1) * MINUTE
        late.pass_time(MINUTE)
        assert told(late) == [fates.LATE.told]


async def test_what_never_arrives_is_told_after_the_deadline(world: World) -> None:
    """Exim takes it and drops it: late at first, missing once the deadline of some has passed."""
    async with evening(world, "lost") as lost:
        await lost.live(DEADLINE // MINUTE, looks="lost")
        assert told(lost) == [fates.LATE.told]
        await lost.live(5, looks="lost")
        assert len(lost.told) == 2
        assert fates.MISSING.told in told(lost)[1]
        assert lost.count(Arrived) == 0


async def test_what_lands_in_junk_is_said(world: World) -> None:
    """It arrived, so it is no outage; it stands beside how mail is."""
    async with evening(world, "carol+Junk") as junk:
        await junk.live(3, until=Arrived, looks="carol+Junk")
        assert told(junk) == []
        assert fates.JUNK.told in junk.remarks()


async def test_what_arrives_twice_is_said(world: World) -> None:
    """As above."""
    async with evening(world, "twice") as twice:
        await twice.live(2, until=Duplicated, looks="twice")
        assert told(twice) == []
        assert fates.TWICE.told in twice.remarks()


@pytest.mark.parametrize(
    ("to", "password", "mend"),
    [
        ("frank", "wrong", "Check its user, password or app permissions."),
        ("full", "", "Empty it."),
        ("throttled", "", "Send less often with alice."),
    ],
)
async def test_the_canarys_own_trouble_is_no_outage(world: World, to: str, password: str, mend: str) -> None:
    """It is told as such once it lasts, and what mends it stands where operators look."""
    sender = world.mailbox("alice", password=password) if password else world.trusted("alice")
    async with evening(world, to, sender=sender) as own:
        await own.live(2)
        own.pass_time(BLIND)
        assert told(own) == [fates.OWN_TROUBLE.told]
        (blind,) = own.seen
        assert isinstance(blind, SourceBlind)
        assert mend in blind.error


async def test_a_full_mailbox_at_the_end_is_no_outage(world: World) -> None:
    """Dovecot has no room for it: exim's report says so, and nobody is told that mail bounces."""
    async with evening(world, "brimful") as own:
        await own.live(6, until=Bounced, looks=own.sender.name)
        assert told(own) == [fates.OWN_BOUNCE.told]


async def test_a_mailbox_that_cannot_be_looked_into_is_no_outage(world: World) -> None:
    """What is under way to it does not count as late, and what came meanwhile is found when it can be read again."""
    async with Proxy(world.servers.imap) as door, evening(world, "locked") as unread:
        world.imap, door.fault = door.port, "drop"
        await unread.live(1, looks="locked")
        unread.pass_time(BLIND)
        assert told(unread) == [fates.UNREADABLE.told]
        door.fault = ""
        await unread.hear("locked", Arrived, 1)
        unread.pass_time(MINUTE)
        assert told(unread) == [fates.UNREADABLE.told, fates.READABLE.told]
        assert unread.count(SourceBack) == 1
