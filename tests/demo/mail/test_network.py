"""Messages on their way, on a loop where waiting takes no time."""

import asyncio
import random
from datetime import timedelta

import pytest

from bot.demo.clock import StoryClock
from bot.demo.mail.delays import healthy_delay
from bot.demo.mail.faults import MailFault, Trouble
from bot.demo.mail.lanes import Lane, boxes, lanes
from bot.demo.mail.mailbox import Account, Stored
from bot.demo.mail.network import MOST_IN_FLIGHT, Network
from tests.demo.conftest import NOON
from tests.demo.loops import without_waiting

LANES = {lane.route.name: lane for lane in lanes()}
RAW = b"From: canary\r\nSubject: probe\r\nMessage-ID: <1@x>\r\n\r\nbody\r\n"


class Roads:
    """A network on the running loop's time, at real speed."""

    def __init__(self, rng: random.Random) -> None:
        """Begin at noon."""
        self.clock = StoryClock(NOON, ticks=asyncio.get_running_loop().time)
        self.accounts = {box: Account(address=box.address, password="pw") for box in boxes(lanes())}
        self.network = Network(clock=self.clock, rng=rng, lanes=lanes(), accounts=self.accounts)

    def send(self, lane: Lane) -> None:
        """Send one message along a lane."""
        self.network.submit(lane.sender.address, lane.recipient.address, RAW)

    def received(self, lane: Lane) -> list[Stored]:
        """Give what is in the recipient's inbox."""
        return self.accounts[lane.recipient].inbox.messages

    def break_(self, trouble: Trouble, *, delay: timedelta = timedelta(), factor: float = 1.0) -> MailFault:
        """Break all mail to the outside."""
        fault = MailFault(trouble=trouble, routes=("outbound-eu",), delay=delay, factor=factor, reply="550 5.4.1 no")
        self.network.faults.switch_on(fault)
        return fault


OUT = LANES["outbound-eu"]


@without_waiting
async def test_a_message_takes_the_drawn_delay(rng: random.Random) -> None:
    """To the millisecond, and its headers say so."""
    roads = Roads(rng)
    wanted = healthy_delay(OUT, NOON, random.Random(1))  # noqa: S311  the same chance as the network's
    roads.send(OUT)
    assert roads.network.in_flight == 1
    await roads.network.landed()
    (stored,) = roads.received(OUT)
    assert abs(stored.received - NOON - wanted) < timedelta(milliseconds=1)
    assert len(stored.headers.get_all("Received") or []) == 3
    assert roads.network.in_flight == 0


@without_waiting
async def test_a_lost_message_is_never_heard_of_again(rng: random.Random) -> None:
    """Nothing arrives and nothing comes back."""
    roads = Roads(rng)
    roads.break_(Trouble.LOSE)
    roads.send(OUT)
    await roads.network.landed()
    assert not any(account.inbox.messages for account in roads.accounts.values())


@without_waiting
async def test_a_bounce_comes_back_to_the_sender(rng: random.Random) -> None:
    """And nothing arrives."""
    roads = Roads(rng)
    roads.break_(Trouble.BOUNCE)
    roads.send(OUT)
    await roads.network.landed()
    (report,) = roads.accounts[OUT.sender].inbox.messages
    assert report.headers["X-Failed-Recipients"] == OUT.recipient.address
    assert roads.received(OUT) == []


@without_waiting
async def test_junk_is_sorted_out_at_the_end(rng: random.Random) -> None:
    """It is there, and not where people look."""
    roads = Roads(rng)
    roads.break_(Trouble.JUNK)
    roads.send(OUT)
    await roads.network.landed()
    assert roads.received(OUT) == []
    assert len(roads.accounts[OUT.recipient].junk.messages) == 1


@without_waiting
async def test_a_slow_way_takes_its_factor(rng: random.Random) -> None:
    """Ten times the drawn delay."""
    roads = Roads(rng)
    roads.break_(Trouble.SLOW, factor=10)
    roads.network.faults.hit = lambda *_: roads.network.faults.on[0]  # type: ignore[method-assign]  # draws nothing
    wanted = healthy_delay(OUT, NOON, random.Random(1)) * 10  # noqa: S311  the same chance as the network's
    roads.send(OUT)
    await roads.network.landed()
    assert abs(roads.received(OUT)[0].received - NOON - wanted) < timedelta(milliseconds=1)


@without_waiting
async def test_delayed_messages_come_within_their_spread(rng: random.Random) -> None:
    """Between 0.6 and 1.4 times the delay, and a healthy way on top."""
    roads = Roads(rng)
    roads.break_(Trouble.DELAY, delay=timedelta(minutes=20))
    for _ in range(30):
        roads.send(OUT)
    await roads.network.landed()
    took = [stored.received - NOON for stored in roads.received(OUT)]
    assert min(took) > timedelta(minutes=12)
    assert max(took) < timedelta(minutes=30)
    assert max(took) - min(took) > timedelta(minutes=5)


@without_waiting
async def test_what_is_held_back_leaves_soon_after_the_fault_is_mended(rng: random.Random) -> None:
    """The queue empties within two minutes."""
    roads = Roads(rng)
    fault = roads.break_(Trouble.DELAY, delay=timedelta(hours=10))
    for _ in range(10):
        roads.send(OUT)
    await roads.clock.sleep(timedelta(hours=1))
    assert roads.network.in_flight == 10
    roads.network.faults.switch_off(fault)
    await roads.network.landed()
    assert all(
        timedelta(hours=1) < stored.received - NOON < timedelta(hours=1, minutes=2, seconds=1)
        for stored in roads.received(OUT)
    )


@without_waiting
async def test_other_routes_do_not_notice(rng: random.Random) -> None:
    """A fault to the outside leaves what comes in alone."""
    roads = Roads(rng)
    roads.break_(Trouble.LOSE)
    for lane in LANES.values():
        roads.send(lane)
    await roads.network.landed()
    assert {name for name, lane in LANES.items() if not roads.received(lane)} == {"outbound-eu"}


@without_waiting
async def test_mail_to_nobody_is_not_taken(rng: random.Random) -> None:
    """Neither from strangers."""
    roads = Roads(rng)
    assert roads.network.lane(OUT.sender.address, "nobody@fabrikam.example") is None
    assert roads.network.lane("nobody@contoso.example", OUT.recipient.address) is None
    with pytest.raises(KeyError):
        roads.network.submit(OUT.sender.address, "nobody@fabrikam.example", RAW)


@without_waiting
async def test_the_network_has_a_bound_and_can_be_closed(rng: random.Random) -> None:
    """What is under way then is dropped."""
    roads = Roads(rng)
    for _ in range(MOST_IN_FLIGHT):
        roads.send(OUT)
    assert roads.network.full
    await roads.network.close()
    assert roads.network.in_flight == 0
    assert roads.received(OUT) == []
