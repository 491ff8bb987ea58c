"""One tenant as a worker watches it: its machine wound up, its eyes open, its mailboxes followed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from bot.app.eyes import Eyes, Tooling, open_eyes
from bot.app.followers import Followers, Take
from bot.app.loops import Loops
from bot.app.tenants import Tenants
from bot.pipeline import Pipeline
from bot.store import Store
from bot.watch import StatusFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Opens tenants, one like the other."""

    tooling: Tooling
    tenants: Tenants
    store: Store
    pipeline: Pipeline
    loops: Loops
    pages: Mapping[str, StatusFeed]

    @asynccontextmanager
    async def open(self, tenant: str, take: Take) -> AsyncIterator[Eyes]:
        """Have a tenant's eyes open within the block; ``take`` is given what its mailboxes hold. Raises StoreError."""
        await self.pipeline.wind(tenant)
        own = replace(self.tooling, settings=self.tenants.view(tenant).settings)
        async with aclosing(open_eyes(own, tenant, self.pages)) as eyes:
            await self._remember(eyes)
            async with self.loops.running(*Followers(eyes=eyes, take=take).loops()):
                try:
                    yield eyes
                finally:
                    await self.pipeline.release(tenant)

    async def _remember(self, eyes: Eyes) -> None:
        """Tell the watchers how things stood before, so that what ended since does not go unnoticed."""
        blind = {one.source for one in self.pipeline.snapshot(eyes.tenant).sources if one.blind_since}
        async with self.store.read() as tx:
            listed = {
                feed.name: {one.id: one.issue for one in await tx.advisories.listed(eyes.tenant, feed.name)}
                for feed in eyes.feeds
            }
        eyes.remember(listed, blind)
