"""Every way to fail, by real servers: exim takes the messages, dovecot keeps them, a proxy breaks the line."""

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.mail import ImapInbox, Mailbox, Security, Server, SmtpSender
from bot.types import (
    Arrived,
    Bounced,
    Direction,
    Duplicated,
    Observation,
    Refused,
    Route,
    Sent,
    SourceBlind,
    Unreachable,
)
from bot.watch import Canary, Line, MailboxWatch, Tools
from tests.mail import rig
from tests.mail.proxy import Proxy
from tests.mail.worlds import SEAL, SECRET, chance

LIMIT = 20.0


class MachineClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC)

    async def sleep(self, length: timedelta) -> None:
        await asyncio.sleep(length.total_seconds())


@pytest.fixture(scope="module")
def servers() -> Iterator[rig.Rig]:
    """Run both servers once for all tests of this file."""
    with rig.running() as real:
        yield real


class World:
    """Alice sends through the proxy; one route to each recipient, named as the recipient."""

    def __init__(self, servers: rig.Rig, proxy: Proxy) -> None:
        self.servers, self.proxy = servers, proxy
        self.clock = MachineClock()

    def mailbox(self, name: str, *, password: str = SECRET) -> Mailbox:
        plain = Security.PLAIN
        return Mailbox(
            name=name,
            address=f"{name}@{rig.DOMAIN}",
            user=f"{name.partition('+')[0]}@{rig.DOMAIN}",
            smtp=Server(host="127.0.0.1", port=self.proxy.port, security=plain),
            imap=Server(host="127.0.0.1", port=self.servers.imap, security=plain),
            secret=SecretStr(password),
        )

    async def send(self, to: str, *, run_seconds: float = 10.0) -> list[Observation]:
        alice = self.mailbox("alice")
        # exim offers no sign-in here: it trusts loopback.
        trusted = Mailbox(name="alice", address=alice.address, smtp=alice.smtp)
        route = Route(name=to, direction=Direction.OUTBOUND, vantage="here")
        tools = Tools(seal=SEAL, clock=self.clock, chance=chance_of(to))
        canary = Canary(
            [Line(route=route, sender=trusted, receiver=self.mailbox(to))],
            {"alice": SmtpSender(trusted, run_seconds=run_seconds)},
            tools,
        )
        return list(await canary.send(to, self.clock.now()))

    async def look(self, name: str, *, route: str) -> list[Observation]:
        """Look into a mailbox until something is told."""
        inbox = ImapInbox(self.mailbox(name))
        watch = MailboxWatch(name, inbox, seal=SEAL, clock=self.clock, arriving=[route])
        try:
            async with asyncio.timeout(LIMIT):
                async for told in watch.follow(poll=timedelta(seconds=0.2)):
                    if told:
                        return list(told)
        finally:
            await inbox.close()
        raise AssertionError


def chance_of(name: str) -> random.Random:
    luck = chance()
    luck.seed(f"{name} {time.time_ns()}")
    return luck


@pytest.fixture
async def world(servers: rig.Rig) -> AsyncIterator[World]:
    """Put a proxy before the real servers."""
    async with Proxy(servers.smtp) as proxy:
        yield World(servers, proxy)


async def test_a_message_travels_and_is_measured(world: World) -> None:
    """By the time at which dovecot told of it, with exim in its way, and is deleted afterwards."""
    (sent,) = await world.send("bob")
    (arrived,) = await world.look("bob", route="bob")
    assert isinstance(sent, Sent)
    assert isinstance(arrived, Arrived)
    assert (arrived.route, arrived.probe, arrived.folder) == ("bob", sent.probe, "inbox")
    assert timedelta() < arrived.latency < timedelta(seconds=5)
    left = ImapInbox(world.mailbox("bob"))
    assert await left.letters() == []
    await left.close()


async def test_a_message_that_waits_in_a_queue_is_late_and_the_queues_server_is_named(world: World) -> None:
    """Exim keeps it until its next run."""
    await world.send("late")
    (arrived,) = await world.look("late", route="late")
    assert isinstance(arrived, Arrived)
    assert arrived.held_by in {"mx.test.example", socket.gethostname()}


async def test_a_message_in_the_junk_folder_is_found_there(world: World) -> None:
    """And it is said."""
    await world.send("carol+Junk")
    (arrived,) = await world.look("carol+Junk", route="carol+Junk")
    assert isinstance(arrived, Arrived)
    assert arrived.folder == "junk"


async def test_a_report_comes_back_to_the_sender(world: World) -> None:
    """Exim writes it after it took the message."""
    (sent,) = await world.send("bounce")
    (bounced,) = await world.look("alice", route="back")
    assert isinstance(sent, Sent)
    assert isinstance(bounced, Bounced)
    assert (bounced.route, bounced.probe) == ("bounce", sent.probe)
    assert "5.7.705 tenant has exceeded threshold" in bounced.reply


async def test_a_message_that_arrives_twice_is_told_as_such(world: World) -> None:
    """The first copy has arrived, the second is one too many; both are deleted."""
    (sent,) = await world.send("twice")
    inbox = ImapInbox(world.mailbox("twice"))
    watch = MailboxWatch("twice", inbox, seal=SEAL, clock=world.clock, arriving=["twice"])
    told: list[Observation] = []
    async with asyncio.timeout(LIMIT):
        async for one in watch.follow(poll=timedelta(seconds=0.2)):
            told += one
            if len(told) == 2:
                break
    arrived, copy = told
    assert isinstance(sent, Sent)
    assert isinstance(arrived, Arrived)
    assert isinstance(copy, Duplicated)
    assert arrived.probe == copy.probe == sent.probe
    assert await inbox.letters() == []
    await inbox.close()


@pytest.mark.parametrize(
    ("to", "reply"),
    [("reject", "550 5.1.1 no such user here"), ("grey", "451 4.7.1 greylisted, try later")],
)
async def test_a_recipient_that_is_refused_is_told_with_exims_words(world: World, to: str, reply: str) -> None:
    """At the step where it said so."""
    sent, refused = await world.send(to)
    assert isinstance(sent, Sent)
    assert isinstance(refused, Refused)
    assert (refused.stage, refused.reply) == ("rcpt", reply)


async def test_a_full_mailbox_is_the_canarys_own_trouble(world: World) -> None:
    """Nobody but us filled it."""
    (blind,) = await world.send("full")
    assert isinstance(blind, SourceBlind)
    assert "Empty it" in blind.error


async def test_a_server_that_does_not_answer_is_unreachable(world: World) -> None:
    """After the limit of the run."""
    world.proxy.fault = "hold"
    _, lost = await world.send("bob", run_seconds=0.3)
    assert isinstance(lost, Unreachable)


async def test_a_line_cut_within_the_message_sends_nothing_twice(world: World) -> None:
    """Its fate is not known here; exim drops the half, so it never arrives."""
    world.proxy.fault = "cut_in_data"
    (sent,) = await world.send("dave")
    assert isinstance(sent, Sent)
    world.proxy.fault = ""
    (next_,) = await world.send("dave")
    (arrived,) = await world.look("dave", route="dave")
    assert isinstance(next_, Sent)
    assert isinstance(arrived, Arrived)
    assert arrived.probe == next_.probe


async def test_a_message_whose_answer_was_lost_arrives_all_the_same(world: World) -> None:
    """It was taken, only nobody heard so: had it been sent again, it would be there twice."""
    world.proxy.fault = "cut_after_data"
    (sent,) = await world.send("erin")
    (arrived,) = await world.look("erin", route="erin")
    assert isinstance(sent, Sent)
    assert isinstance(arrived, Arrived)
    assert arrived.probe == sent.probe


async def test_a_message_that_vanishes_is_not_told_as_arrived(world: World) -> None:
    """The mailbox is readable and empty: only the deadline can tell."""
    (sent,) = await world.send("lost")
    assert isinstance(sent, Sent)
    inbox = ImapInbox(world.mailbox("lost"))
    assert await inbox.letters() == []
    await inbox.close()


async def test_a_wrong_password_is_blindness_of_the_mailbox(world: World) -> None:
    """Dovecot's words are kept."""
    inbox = ImapInbox(world.mailbox("bob", password="wrong"))
    watch = MailboxWatch("bob", inbox, seal=SEAL, clock=world.clock, arriving=[])
    (blind,) = await watch.look(world.clock.now())
    assert isinstance(blind, SourceBlind)
    assert "AUTHENTICATIONFAILED" in blind.error
