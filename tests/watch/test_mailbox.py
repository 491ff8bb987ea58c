import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import Message

import pytest

from bot.mail import Letter, MailError, Probe, compose
from bot.mail.headers import parse
from bot.types import Arrived, Bounced, Duplicated, Leg, SourceBack, SourceBlind, Where
from bot.watch import MailboxWatch
from tests.mail.test_bounces import FAILED, dsn, plain
from tests.mail.worlds import NOON, PROBE, SEAL, StillClock, mailbox

LETTER = compose(PROBE, SEAL, sender=mailbox("alice"), receiver=mailbox("bob")).as_bytes()


class FakeInbox:
    """A mailbox in memory; ``error`` is raised by the calls named in ``broken``."""

    def __init__(self, clock: StillClock) -> None:
        self.clock = clock
        self.new: list[tuple[str, bytes]] = []
        self.listed = 0
        self.all: dict[str, bytes] = {}
        self.broken: set[str] = set()
        self.can_tell = True
        self.news = asyncio.Event()

    def put(self, raw: bytes, folder: str = "inbox") -> None:
        self.new.append((folder, raw))
        self.news.set()

    def _try(self, call: str) -> None:
        if call in self.broken:
            raise MailError("The mailbox bob cannot be read: no")

    async def letters(self) -> Sequence[Letter]:
        self._try("letters")
        new, self.new = self.new, []
        found = []
        for folder, raw in new:
            key = str(self.listed)
            self.listed += 1
            self.all[key] = raw
            headers = parse(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            found.append(Letter(key=key, folder=folder, headers=headers, told=self.clock.now()))
        return found

    async def whole(self, letter: Letter) -> Message:
        self._try("whole")
        return parse(self.all[letter.key])

    async def delete(self, letter: Letter) -> None:
        self._try("delete")
        del self.all[letter.key]

    async def wait(self) -> bool:
        self._try("wait")
        if self.can_tell:
            self.news.clear()
            await self.news.wait()
        return self.can_tell

    async def close(self) -> None:
        """Nothing to let go."""


class World:
    """A watch over a mailbox in memory, five seconds after the probe was sent."""

    def __init__(self) -> None:
        self.clock = StillClock(NOON + timedelta(seconds=5))
        self.inbox = FakeInbox(self.clock)
        self.watch = MailboxWatch("bob", self.inbox, seal=SEAL, clock=self.clock, arriving=["outbound-eu"], tenant="t")


@pytest.fixture
def world() -> World:
    """Begin anew."""
    return World()


async def test_a_test_message_has_arrived_and_is_deleted(world: World) -> None:
    """With its time by our clock, and its folder."""
    world.inbox.put(LETTER, folder="junk")
    assert await world.watch.look(NOON) == [
        Arrived(
            at=NOON + timedelta(seconds=5), tenant="t", route="outbound-eu", probe=PROBE.id,
            latency=timedelta(seconds=5), folder="junk",
        )
    ]  # fmt: skip
    assert world.inbox.all == {}


async def test_an_arrival_says_where_its_time_went_and_whose_clock_is_wrong(world: World) -> None:
    """Three seconds until the provider had it, by the clock of a server; the next one's clock is wrong."""
    stamp = "Received: from a.example by {by} with ESMTPS; Mon, 23 Nov 2026 {time} +0000\r\n"
    hops = stamp.format(by="mx.contoso.example", time="11:58:00") + stamp.format(by="out.example", time="12:00:03")
    world.inbox.put(hops.encode() + LETTER)
    (arrived,) = await world.watch.look(NOON)
    assert isinstance(arrived, Arrived)
    assert arrived.legs == (
        Leg(by="out.example", where=Where.OURS, seconds=3),
        Leg(by="out.example", where=Where.BETWEEN, seconds=0),
        Leg(by="mx.contoso.example", where=Where.MAILBOX, seconds=2),
    )
    assert (arrived.skew_by, arrived.skew_seconds) == ("mx.contoso.example", -123)


async def test_other_peoples_mail_is_left_alone(world: World) -> None:
    """A mailbox need not be the canary's alone."""
    world.inbox.put(b"From: carol@x\r\nSubject: Lunch?\r\n\r\nhi")
    assert await world.watch.look(NOON) == []
    assert len(world.inbox.all) == 1


async def test_a_second_copy_is_told_as_such_and_deleted(world: World) -> None:
    """The same message may arrive twice, in another folder even."""
    world.inbox.put(LETTER)
    world.inbox.put(LETTER, folder="junk")
    first, second = await world.watch.look(NOON)
    assert isinstance(first, Arrived)
    copy = Duplicated(at=NOON + timedelta(seconds=5), tenant="t", route="outbound-eu", probe=PROBE.id, folder="junk")
    assert second == copy
    world.inbox.put(LETTER)
    assert await world.watch.look(NOON) == [replace(copy, folder="inbox")]
    assert world.inbox.all == {}


async def test_a_letter_that_is_listed_again_is_no_copy(world: World) -> None:
    """It could not be deleted, and the server gave it again."""
    world.inbox.broken = {"delete"}
    world.inbox.put(LETTER)
    (arrived,) = await world.watch.look(NOON)
    assert isinstance(arrived, Arrived)
    world.inbox.listed = 0
    world.inbox.put(LETTER)
    assert await world.watch.look(NOON) == []


async def test_a_message_that_arrives_after_its_report_is_no_copy(world: World) -> None:
    """Some servers report what another one delivers."""
    world.inbox.put(dsn(FAILED))
    world.inbox.put(LETTER)
    (bounced,) = await world.watch.look(NOON)
    assert isinstance(bounced, Bounced)


async def test_a_message_after_any_deadline_is_still_told(world: World) -> None:
    """A day late is late, not lost."""
    world.clock.time += timedelta(days=1)
    world.inbox.put(LETTER)
    (arrived,) = await world.watch.look(NOON)
    assert isinstance(arrived, Arrived)
    assert arrived.latency == timedelta(days=1, seconds=5)


async def test_a_message_of_another_route_did_not_arrive_here(world: World) -> None:
    """A copy forwarded to the wrong mailbox proves nothing about its route."""
    other = Probe(id="00" * 8, route="internal", sent=NOON)
    world.inbox.put(compose(other, SEAL, sender=mailbox("a"), receiver=mailbox("b")).as_bytes())
    assert await world.watch.look(NOON) == []


async def test_a_report_of_failure_is_a_bounce_of_its_probe(world: World) -> None:
    """Whatever route it was of: reports come to the sender."""
    world.inbox.put(dsn(FAILED))
    assert await world.watch.look(NOON) == [
        Bounced(
            at=NOON + timedelta(seconds=5), tenant="t", route="outbound-eu", probe=PROBE.id,
            status="5.1.1", reply="550 5.1.1 no such user",
        )
    ]  # fmt: skip
    assert world.inbox.all == {}


async def test_a_delay_notice_is_no_bounce_and_is_deleted(world: World) -> None:
    """The message may still arrive, and its bounce may still come."""
    world.inbox.put(plain("Warning: message 1abc delayed 24 hours", "You do not need to resend your message."))
    assert await world.watch.look(NOON) == []
    assert world.inbox.all == {}
    world.inbox.put(dsn(FAILED))
    assert len(await world.watch.look(NOON)) == 1


async def test_a_report_about_somebody_elses_message_is_left_alone(world: World) -> None:
    """It has no token of ours."""
    world.inbox.put(dsn(FAILED, original="Subject: hello\n\nworld"))
    assert await world.watch.look(NOON) == []
    assert len(world.inbox.all) == 1


async def test_a_report_that_cannot_be_read_is_left_alone(world: World) -> None:
    """The other messages of the look are told all the same."""
    world.inbox.broken = {"whole"}
    world.inbox.put(dsn(FAILED))
    world.inbox.put(LETTER)
    (found,) = await world.watch.look(NOON)
    assert isinstance(found, Arrived)


async def test_a_message_that_cannot_be_deleted_is_told_all_the_same(world: World) -> None:
    """Tidying up is not measuring."""
    world.inbox.broken = {"delete"}
    world.inbox.put(LETTER)
    assert len(await world.watch.look(NOON)) == 1


async def test_a_mailbox_that_cannot_be_read_is_told_once_and_its_return_once(world: World) -> None:
    """Not seeing is not the same as nothing there."""
    world.inbox.broken = {"letters"}
    assert await world.watch.look(NOON) == [
        SourceBlind(
            at=NOON,
            tenant="t",
            source="mailbox:bob",
            error="The mailbox bob cannot be read: no",
            routes=("outbound-eu",),
        )
    ]
    assert not world.watch.readable
    assert await world.watch.look(NOON) == []
    world.inbox.broken = set()
    (back,) = await world.watch.look(NOON)
    assert isinstance(back, SourceBack)
    assert world.watch.readable


async def test_following_looks_again_when_the_server_tells(world: World) -> None:
    """And knows to the moment when the message came."""
    following = world.watch.follow()
    assert await anext(following) == []
    world.clock.time = NOON + timedelta(seconds=60)
    waiting = asyncio.ensure_future(anext(following))
    await asyncio.wait([waiting], timeout=0)
    world.inbox.put(LETTER)
    (arrived,) = await waiting
    assert isinstance(arrived, Arrived)
    assert arrived.latency == timedelta(seconds=60)
    await following.aclose()


@pytest.mark.parametrize("broken", [set(), {"letters"}, {"wait"}])
async def test_following_polls_where_the_server_cannot_tell_or_fails(world: World, broken: set[str]) -> None:
    """On the clock that it was given."""
    world.inbox.can_tell = False
    world.inbox.broken = broken
    following = world.watch.follow(poll=timedelta(seconds=7))
    await anext(following)
    await anext(following)
    assert world.clock.slept == [timedelta(seconds=7)]
    await following.aclose()


def test_what_was_told_is_remembered_within_bounds(world: World) -> None:
    """A year of messages must not fill the memory."""
    for number in range(12_000):
        assert world.watch._is_new(Probe(id=f"{number:016x}", route="outbound-eu", sent=NOON), "1")
    assert len(world.watch._told) == 10_000
