"""An evening of real mail, a test message each minute of its time, before the machine that tells people what is wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.machine import Machine
from bot.mail import ImapInbox, Mailbox
from bot.types import Change, Direction, Observation, Route, Rules
from bot.watch import MailboxWatch
from bot.words import plain, tell
from bot.words.catalogue import catalogue
from bot.words.message import text
from bot.words.way import oddities
from tests.detect.evenings import MINUTE, at, evening
from tests.mail.real import LIMIT, World
from tests.mail.worlds import SEAL

HEALTHY_MINUTES = 120
DEADLINE = timedelta(minutes=10)
BLIND = timedelta(minutes=3)
POLL_SECONDS = 0.05


@dataclass
class Evening:
    """Somebody writes to one recipient, after two hours that were well; the story's time runs ahead, nobody waits."""

    world: World
    sender: Mailbox
    to: str
    run_seconds: float = 10.0
    """The limit of handing one message over."""
    told: list[str] = field(default_factory=list)
    seen: list[Observation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.route = Route(name=self.to, direction=Direction.OUTBOUND, vantage="here", deadline=DEADLINE)
        self.machine = Machine([self.route], rules=Rules(blind=BLIND))
        self._canary = self.world.canary(self.sender, self.to, run_seconds=self.run_seconds)
        self._watches: dict[str, tuple[MailboxWatch, ImapInbox]] = {}
        shift = self.world.clock.now() - at(HEALTHY_MINUTES)
        for one in evening([self.route], minutes=HEALTHY_MINUTES):
            self.machine.observe(replace(one, at=one.at + shift))

    async def live(self, minutes: int, *, until: type[Observation] | None = None, looks: str = "") -> None:
        """Send each minute, and judge; look into a mailbox once each time, or until it told something of a kind."""
        for _ in range(minutes):
            self.take(await self._canary.send(self.to, self.world.clock.now()))
            if until:
                await self.hear(looks, until, self.count(until) + 1)
            elif looks:
                await self.look(looks)
            self.pass_time(MINUTE)

    async def hear(self, name: str, kind: type[Observation], number: int) -> None:
        """Look into a mailbox until so many things of a kind were seen."""
        async with asyncio.timeout(LIMIT):
            while self.count(kind) < number:
                await self.look(name)
                await asyncio.sleep(POLL_SECONDS)

    def count(self, kind: type[Observation]) -> int:
        """Count what was seen of a kind."""
        return sum(isinstance(one, kind) for one in self.seen)

    async def look(self, name: str) -> None:
        """Look once into a mailbox, as the bot does."""
        if name not in self._watches:
            inbox = ImapInbox(self.world.mailbox(name), self.world.clock)
            watch = MailboxWatch(name, inbox, seal=SEAL, clock=self.world.clock, arriving=[self.to])
            self._watches[name] = watch, inbox
        self.take(await self._watches[name][0].look(self.world.clock.now()))

    def pass_time(self, length: timedelta) -> None:
        """Let time pass in the story, and judge."""
        self.world.clock.ahead += length
        self._tell(self.machine.tick(self.world.clock.now()))

    def take(self, seen: Sequence[Observation]) -> None:
        """Give the machine what was seen."""
        self.seen += seen
        for one in seen:
            self._tell(self.machine.observe(one))

    def remarks(self) -> list[str]:
        """Give what is said besides of the messages that arrive."""
        now = self.machine.snapshot(self.world.clock.now())
        words = catalogue("en")
        return [text(one, words) for one in oddities(now.directions, (), words) if one]

    async def close(self) -> None:
        """Let go of the mailboxes."""
        for _, inbox in self._watches.values():
            await inbox.close()

    def _tell(self, changes: Sequence[Change]) -> None:
        self.told += [plain(tell(change)) for change in changes if change.rings]
