"""The whole mail system: providers, doors, mailboxes and what travels between them."""

import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from bot.demo.authority import Authority
from bot.demo.mail.door import Door
from bot.demo.mail.faults import MailFaults
from bot.demo.mail.keys import Keys
from bot.demo.mail.lanes import PROVIDERS, VANTAGES, Box, Lane, boxes, lanes
from bot.demo.mail.mailbox import Account
from bot.demo.mail.network import Network
from bot.types import Clock


class MailSystem:
    """Three providers with a door in each region; ``network`` carries the mail and ``faults`` break it."""

    def __init__(
        self,
        *,
        clock: Clock,
        rng: random.Random,
        authority: Authority | None = None,
        knows_token: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Make the mailboxes; nothing listens yet."""
        self.lanes: Sequence[Lane] = lanes()
        self.accounts: Mapping[Box, Account] = {box: _account(box, rng) for box in boxes(self.lanes)}
        self.network = Network(clock=clock, rng=rng, lanes=self.lanes, accounts=self.accounts)
        self.doors: Mapping[tuple[str, str], Door] = {
            (provider, vantage): Door(
                f"mx-{vantage}.{provider}.example",
                network=self.network,
                keys=self._keys(provider, knows_token),
                authority=authority,
            )
            for provider in PROVIDERS
            for vantage in VANTAGES
        }

    @property
    def faults(self) -> MailFaults:
        """The switches for mail on its routes; ``doors`` have their own."""
        return self.network.faults

    @property
    def submitting(self) -> int:
        """How many connections to submission servers are open."""
        return sum(door.smtp.visitors for door in self.doors.values())

    async def open(self) -> None:
        """Open all doors."""
        for door in self.doors.values():
            await door.open()

    async def close(self) -> None:
        """Shut all doors and drop what is under way."""
        for door in self.doors.values():
            door.shut()
        await self.network.close()

    def cut_off(self, vantage: str) -> None:
        """Let nobody in this region reach anything, as when its own line is down."""
        for (_, region), door in self.doors.items():
            if region == vantage:
                door.shut()

    def _keys(self, provider: str, knows_token: Callable[[str], bool]) -> Keys:
        here = {account.address: account for box, account in self.accounts.items() if box.provider == provider}
        return Keys(accounts=here, knows_token=knows_token)


@asynccontextmanager
async def mail_system(
    *,
    clock: Clock,
    rng: random.Random,
    authority: Authority | None = None,
    knows_token: Callable[[str], bool] = lambda _: False,
) -> AsyncIterator[MailSystem]:
    """Run a mail system until the end of the block; with an authority its servers want TLS."""
    system = MailSystem(clock=clock, rng=rng, authority=authority, knows_token=knows_token)
    try:
        await system.open()
        yield system
    finally:
        await system.close()


def _account(box: Box, rng: random.Random) -> Account:
    return Account(address=box.address, password=f"{rng.getrandbits(64):016x}")
