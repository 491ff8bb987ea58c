"""Every way to fail, by real servers: exim takes the messages, dovecot keeps them, a proxy breaks the line."""

import asyncio
import socket
from datetime import timedelta

import pytest

from bot.mail import ImapInbox
from bot.types import (
    Arrived,
    Bounced,
    Duplicated,
    Observation,
    Refused,
    Sent,
    SourceBlind,
    Unreachable,
)
from bot.watch import MailboxWatch
from tests.mail.real import LIMIT, World
from tests.mail.worlds import SEAL


async def test_a_message_travels_and_is_measured(world: World) -> None:
    """By the time at which dovecot told of it, with exim in its way, and is deleted afterwards."""
    (sent,) = await world.send("bob")
    (arrived,) = await world.look("bob", route="bob")
    assert isinstance(sent, Sent)
    assert isinstance(arrived, Arrived)
    assert (arrived.route, arrived.probe, arrived.folder) == ("bob", sent.probe, "inbox")
    assert timedelta() < arrived.latency < timedelta(seconds=5)
    left = ImapInbox(world.mailbox("bob"), world.clock)
    assert await left.letters() == []
    await left.close()


async def test_a_message_that_waits_in_a_queue_is_late_and_the_queues_server_is_named(world: World) -> None:
    """Exim keeps it until its next run."""
    await world.send("late")
    (arrived,) = await world.look("late", route="late")
    assert isinstance(arrived, Arrived)
    longest = max(arrived.legs, key=lambda leg: leg.seconds)
    assert longest.by in {"mx.test.example", socket.gethostname()}


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
    inbox = ImapInbox(world.mailbox("twice"), world.clock)
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
    inbox = ImapInbox(world.mailbox("lost"), world.clock)
    assert await inbox.letters() == []
    await inbox.close()


async def test_a_wrong_password_is_blindness_of_the_mailbox(world: World) -> None:
    """Dovecot's words are kept."""
    inbox = ImapInbox(world.mailbox("bob", password="wrong"), world.clock)
    watch = MailboxWatch("bob", inbox, seal=SEAL, clock=world.clock, arriving=[])
    (blind,) = await watch.look(world.clock.now())
    assert isinstance(blind, SourceBlind)
    assert "AUTHENTICATIONFAILED" in blind.error
