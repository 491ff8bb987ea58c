"""Destinations that cannot be reached: who is told in their stead, and what is said of it when they can be again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.jobs import Jobs
from bot.outbox.calls import call
from bot.outbox.channels import Channels
from bot.outbox.plan import notice, passed_on, path_of, stand_in
from bot.outbox.sender import SendError
from bot.store import Deed, Gap, Transaction
from bot.types import Delivery, Kind, Person, Reason, Text
from bot.words import gaps

PASS_ON_AFTER = timedelta(seconds=30)
"""A destination that takes nothing for so long has its fallback told; one that fails for good, at once."""
WORTH_SAYING = timedelta(minutes=2)
"""A gap that was shorter, and of which nobody else was told, is said to nobody."""
PROBE = timedelta(hours=1)
"""A destination that fails for good is tried again so often."""


async def try_now(jobs: Jobs, tenant: str, destination: str, now: datetime, tx: Transaction) -> None:
    """Have a destination that is shut tried at once: somebody says that it is mended."""
    gap = await tx.gaps.get(tenant, destination)
    if gap is not None:
        await tx.gaps.save(tenant, replace(gap, probe=now if gap.shut else None))
        await tx.deliveries.release(tenant, destination, now)
        await call(jobs, tenant, destination, transaction=tx)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is known of one tenant's channels; people who are told in person have no gaps, and nobody stands in."""

    jobs: Jobs
    excuse: Callable[[str, str, str], Text]
    channels: Channels
    """The tenant's own."""

    async def hold(self, tenant: str, destination: str, now: datetime, tx: Transaction) -> bool:
        """Where a destination is shut, keep what is due until the next probe and pass it on; False where it is not."""
        gap = await tx.gaps.get(tenant, destination)
        if gap is None or gap.probe is None or now >= gap.probe or gap.shut != self._address(destination):
            return False
        for delivery in await tx.deliveries.hold(tenant, destination, now, until=gap.probe):
            gap = await self._passed_on(gap, delivery, now, tx)
        await tx.gaps.save(tenant, gap)
        return True

    async def reopen(self, tenant: str, gap: Gap, now: datetime, tx: Transaction) -> None:
        """Have a destination tried at once that was shut at another address."""
        if gap.shut != self._address(gap.destination):
            await try_now(self.jobs, tenant, gap.destination, now, tx)

    async def lost(self, delivery: Delivery, error: SendError, due: datetime, now: datetime, tx: Transaction) -> None:
        """Note that a message was not taken and is due again; tell who stands in once it is time."""
        if delivery.kind is Kind.PICTURE or Person.of(delivery.destination):
            return
        tenant = delivery.message.tenant
        known = await tx.gaps.get(tenant, delivery.destination)
        gap = self._renewed(known or Gap(destination=delivery.destination, since=now, why=""), error, now)
        if gap.shut or due - gap.since >= PASS_ON_AFTER:
            gap = await self._passed_on(gap, delivery, now, tx)
        if gap.shut and not (known and known.shut):
            about = {"destination": gap.destination, "why": gap.why}
            await tx.audit.note(
                tenant, Deed(at=now, who="mailstatus", what="stopped trying a destination", about=about)
            )
            if not gap.stand_ins:
                await self._tell_neighbour(gap, delivery, now, tx)
        await tx.gaps.save(tenant, gap)

    async def regained(self, delivery: Delivery, now: datetime, tx: Transaction) -> None:
        """End the gap of a destination that took a message, say so there, and try at once what waits."""
        tenant, destination = delivery.message.tenant, delivery.destination
        gap = None if delivery.kind is Kind.PICTURE else await tx.gaps.get(tenant, destination)
        if gap is None:
            return
        await tx.gaps.end(tenant, destination)
        await tx.deliveries.release(tenant, destination, now)
        if gap.stand_ins or now - gap.since >= WORTH_SAYING:
            said = gaps.reached_again(
                now,
                now - gap.since,
                why=gap.why,
                stand_ins=gap.stand_ins,
                language=delivery.message.language,
                tenant=tenant,
            )
            await tx.deliveries.save([notice(said, destination, about=f"{destination} since {gap.since}")], now)

    async def pass_on(self, delivery: Delivery, why: str, now: datetime, tx: Transaction) -> str:
        """Tell whoever stands in, unless they are told anyway; give the name, empty where nobody does."""
        if delivery.kind in {Kind.EDIT, Kind.PICTURE} or delivery.message.reason is Reason.UPDATED:
            return ""
        name = stand_in(path_of(delivery), self.channels.fallbacks)
        message = delivery.message
        if name and not await tx.deliveries.tells(name, message):
            excuse = self.excuse(delivery.destination, why, message.language)
            heads = await tx.deliveries.heads(message.tenant, message.incident) if message.incident else ()
            edits = name not in self.channels.merging
            drafts = passed_on(delivery, name, excuse, now=now, has_head=name in heads, edits=edits)
            await tx.deliveries.save(drafts, now)
            await call(self.jobs, message.tenant, name, transaction=tx)
        return name or ""

    async def _passed_on(self, gap: Gap, delivery: Delivery, now: datetime, tx: Transaction) -> Gap:
        name = await self.pass_on(delivery, gap.why, now, tx)
        return replace(gap, stand_ins=tuple(dict.fromkeys([*gap.stand_ins, name]))) if name else gap

    def _renewed(self, gap: Gap, error: SendError, now: datetime) -> Gap:
        """Note the newest reason; a destination that was shut stays so until it takes something, or is changed."""
        address = self._address(gap.destination)
        shut = address if error.shut or gap.shut == address else ""
        return replace(gap, why=str(error), shut=shut, probe=now + PROBE if shut else None)

    async def _tell_neighbour(self, gap: Gap, delivery: Delivery, now: datetime, tx: Transaction) -> None:
        """Say once that a destination takes nothing any more, to the first that is not in a gap itself."""
        message = delivery.message
        broken = {one.destination for one in await tx.gaps.all(message.tenant)}
        names = [name for name in self.channels.neighbours.get(gap.destination, ()) if name not in broken]
        for name in names[:1]:
            said = gaps.shut(now, gap.destination, why=gap.why, language=message.language, tenant=message.tenant)
            await tx.deliveries.save([notice(said, name, about=f"{gap.destination} shut {gap.since}")], now)
            await call(self.jobs, message.tenant, name, transaction=tx)

    def _address(self, destination: str) -> str:
        return self.channels.addresses.get(destination, destination)
