"""Who comes and goes: the machine and the channels of each company, begun and ended while the bot runs."""

import asyncio
from dataclasses import dataclass, replace

from pydantic import SecretStr

from bot.app.addresses import addresses
from bot.app.tenants import Moved, Tenant, company
from bot.app.voices import Voices
from bot.outbox import Channels, Courier, SendError
from bot.outbox.courier import Stopped
from bot.pipeline import Pipeline
from bot.store import Deed, Store
from bot.subscribers import Subscribers
from bot.types import Clock, Delivery, Person

AT_ONCE = 200
"""So many companies are let in side by side: what they read and save is then done together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Follows the directory: channels before the machine that speaks through them, and after it at the end."""

    pipeline: Pipeline
    courier: Courier
    voices: Voices
    channels: dict[str, Channels]
    """As the courier reads them."""
    key: SecretStr
    """For the fingerprints of addresses."""

    async def follow(self, moved: Moved) -> None:
        """Begin, change and end what was moved; raises StoreError, and SettingsError for channels that cannot work."""
        there = (*moved.added, *moved.changed)
        for first in range(0, len(there), AT_ONCE):
            some = there[first : first + AT_ONCE]
            ended = await asyncio.gather(*map(self._admit, some), return_exceptions=True)
            for error in ended:
                if error is not None:
                    raise error
        await self.courier.reopen([one.name for one in there])
        for one in moved.removed:
            await self.pipeline.dismiss(one.name)
            self.channels.pop(one.name, None)

    async def _admit(self, tenant: Tenant) -> None:
        channels = self.voices.channels(tenant.settings)
        self.channels[tenant.name] = replace(channels, addresses=addresses(tenant.settings, self.key))
        await self.pipeline.admit(tenant.name, company(tenant))


def given_up(store: Store, clock: Clock, subscribers: Subscribers) -> Stopped:
    """Note what will never arrive; whoever is there no more is subscribed no more."""

    async def stopped(delivery: Delivery, error: SendError) -> None:
        person = Person.of(delivery.destination)
        if person and error.gone:
            await subscribers.end(person, str(error))
            return
        about = {"destination": delivery.destination, "delivery": delivery.id, "why": str(error)}
        async with store.begin() as tx:
            deed = Deed(at=clock.now(), who="mailstatus", what="gave a delivery up", about=about)
            await tx.audit.note(delivery.message.tenant, deed)

    return stopped
