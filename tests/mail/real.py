"""People at the real mail system: who sends to whom through the proxy, and who looks into which mailbox."""

import asyncio
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from bot.mail import ImapInbox, Mailbox, Security, Server, SmtpSender
from bot.types import (
    Direction,
    Observation,
    Route,
)
from bot.watch import Canary, Line, MailboxWatch, Tools
from tests.mail import rig
from tests.mail.proxy import Proxy
from tests.mail.worlds import SEAL, SECRET, chance

LIMIT = 20.0


class MachineClock:
    """The machine's own clock; a test may let a story's time run ahead of it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC) + self.ahead

    async def sleep(self, length: timedelta) -> None:
        await asyncio.sleep(length.total_seconds())


class World:
    """Alice sends through the proxy; one route to each recipient, named as the recipient."""

    def __init__(self, servers: rig.Rig, proxy: Proxy) -> None:
        self.servers, self.proxy = servers, proxy
        self.clock = MachineClock()
        self.imap = servers.imap

    def mailbox(self, name: str, *, password: str = SECRET) -> Mailbox:
        plain = Security.PLAIN
        return Mailbox(
            name=name,
            address=f"{name}@{rig.DOMAIN}",
            user=f"{name.partition('+')[0]}@{rig.DOMAIN}",
            smtp=Server(host="127.0.0.1", port=self.proxy.port, security=plain),
            imap=Server(host="127.0.0.1", port=self.imap, security=plain),
            secret=SecretStr(password),
        )

    async def send(self, to: str, *, run_seconds: float = 10.0) -> list[Observation]:
        return await self.send_from(self.trusted("alice"), to, run_seconds=run_seconds)

    def trusted(self, name: str) -> Mailbox:
        """Give a mailbox that sends without a sign-in: exim trusts loopback."""
        box = self.mailbox(name)
        return replace(box, secret=None)

    async def send_from(self, sender: Mailbox, to: str, *, run_seconds: float = 10.0) -> list[Observation]:
        return list(await self.canary(sender, to, run_seconds=run_seconds).send(to, self.clock.now()))

    def canary(self, sender: Mailbox, to: str, *, run_seconds: float = 10.0) -> Canary:
        """Make what sends from one mailbox to one recipient."""
        route = Route(name=to, direction=Direction.OUTBOUND, vantage="here")
        return Canary(
            [Line(route=route, sender=sender, receiver=self.mailbox(to))],
            {sender.name: SmtpSender(sender, run_seconds=run_seconds)},
            Tools(seal=SEAL, clock=self.clock, chance=chance_of(to)),
        )

    async def look(self, name: str, *, route: str) -> list[Observation]:
        """Look into a mailbox until something is told."""
        inbox = ImapInbox(self.mailbox(name), self.clock)
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
