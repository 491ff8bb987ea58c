"""How messages travel between the providers: drawn delays on the story's clock, and faults."""

import asyncio
import random
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime, timedelta

from bot.demo.mail.bounce import Failure, bounce
from bot.demo.mail.delays import healthy_delay
from bot.demo.mail.faults import UNDER_WAY, MailFault, MailFaults, Trouble
from bot.demo.mail.hops import Passage, stamped
from bot.demo.mail.lanes import WATCHED, Box, Lane
from bot.demo.mail.mailbox import Account
from bot.types import Clock

MOST_IN_FLIGHT = 5000
_QUEUE_EMPTIES_WITHIN_S = 120.0


class Network:
    """Takes submitted messages and puts them into mailboxes, later."""

    def __init__(
        self, *, clock: Clock, rng: random.Random, lanes: Sequence[Lane], accounts: Mapping[Box, Account]
    ) -> None:
        """Begin with nothing under way and nothing broken."""
        self.faults = MailFaults(rng)
        self._clock = clock
        self._rng = rng
        self._accounts = accounts
        self._boxes = {box.address: box for box in accounts}
        self._lanes = {(lane.sender.provider, lane.recipient.provider, lane.route.vantage): lane for lane in lanes}
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def in_flight(self) -> int:
        """How many messages are under way, held ones included and lost ones not."""
        return len(self._under_way)

    @property
    def full(self) -> bool:
        """Whether no more messages can be taken."""
        return self.in_flight >= MOST_IN_FLIGHT

    def lane(self, sender: str, recipient: str) -> Lane | None:
        """Find the lane for two addresses; None where no mail can go."""
        one, other = self._boxes.get(sender.lower()), self._boxes.get(recipient.lower())
        if one is None or other is None:
            return None
        return self._lanes.get((one.provider, other.provider, one.vantage))

    def submit(self, sender: str, recipient: str, raw: bytes) -> None:
        """Take a message; ``KeyError`` for addresses nobody has."""
        lane = self.lane(sender, recipient)
        if lane is None:
            raise KeyError(recipient)
        ends = self._boxes[sender.lower()], self._boxes[recipient.lower()]
        self._start(self._carry(lane, ends, raw))

    async def landed(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def close(self) -> None:
        """Drop what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _start(self, carrying: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(carrying)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _carry(self, lane: Lane, ends: tuple[Box, Box], raw: bytes) -> None:
        submitted = self._clock.now()
        fault = self.faults.hit(lane.route.name, UNDER_WAY)
        if fault and fault.trouble is Trouble.LOSE:
            return
        way = healthy_delay(lane, submitted, self._rng) * (fault.factor if fault else 1)
        await self._clock.sleep(way)
        if fault and fault.trouble is Trouble.DELAY:
            await self._hold(fault)
        if fault and fault.trouble is Trouble.BOUNCE:
            self._bounce(fault, ends, raw)
            return
        self._store(ends, raw, submitted, way, junk=fault is not None and fault.trouble is Trouble.JUNK)

    async def _hold(self, fault: MailFault) -> None:
        """Keep a message in the queue for its own delay, or until the fault is mended and the queue empties."""
        turn = asyncio.create_task(self._clock.sleep(fault.delay * self._rng.uniform(0.6, 1.4)))
        mended = asyncio.create_task(fault.mended.wait())
        try:
            await asyncio.wait({turn, mended}, return_when=asyncio.FIRST_COMPLETED)
            if not turn.done():
                await self._clock.sleep(timedelta(seconds=self._rng.uniform(0, _QUEUE_EMPTIES_WITHIN_S)))
        finally:
            turn.cancel()
            mended.cancel()

    def _bounce(self, fault: MailFault, ends: tuple[Box, Box], raw: bytes) -> None:
        sender, recipient = ends
        now = self._clock.now()
        failure = Failure(original=raw, recipient=recipient.address, reply=fault.reply, reporter=sender.domain, at=now)
        self._accounts[sender].inbox.add(bounce(failure), now)

    def _store(self, ends: tuple[Box, Box], raw: bytes, submitted: datetime, way: timedelta, *, junk: bool) -> None:
        sender, recipient = ends
        now = self._clock.now()
        # The watched provider is where mail waits: before it hands over what goes out, after it took what comes in.
        handed_over = now if sender.provider == WATCHED else submitted + way / 2
        passage = Passage(sender=sender, recipient=recipient, submitted=submitted, handed_over=handed_over, stored=now)
        account = self._accounts[recipient]
        (account.junk if junk else account.inbox).add(stamped(raw, passage), now)
