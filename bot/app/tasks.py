"""What the bot does again and again, each as a task of the jobs port."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.app.eyes import Eyes
from bot.jobs import Args, Jobs
from bot.pipeline import Pipeline
from bot.store import Store
from bot.types import Clock

TICK = timedelta(seconds=5)
PAGE = timedelta(minutes=2)
ROLL_UP = timedelta(minutes=1)
RETIRE = timedelta(minutes=10)
FEED_LIMIT = timedelta(minutes=3)
PROBE_LIMIT = timedelta(minutes=3)
CALENDAR = timedelta(minutes=1)
"""A round begins as often as the settings say; this is how soon a change that is not shown is looked up again."""
CALENDAR_LIMIT = timedelta(minutes=2)
PAGE_LIMIT = timedelta(minutes=1)
TICK_LIMIT = timedelta(minutes=1)
RETIRED_AT_ONCE = 20
"""Batches of one run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """The watchers' runs, the passing of time, and the store's housekeeping."""

    jobs: Jobs
    store: Store
    pipeline: Pipeline
    eyes: Eyes
    clock: Clock
    poll_every: timedelta
    probing: Callable[[], bool] = lambda: True
    """False while no test message is to be sent."""

    def register(self) -> None:
        """Say what each task does and how often it runs."""
        self.jobs.register("feed", self.feed, limit=FEED_LIMIT)
        self.jobs.register("probe", self.probe, limit=PROBE_LIMIT)
        self.jobs.register("calendar", self.calendar, limit=CALENDAR_LIMIT)
        self.jobs.register("page", self.page, limit=PAGE_LIMIT)
        self.jobs.register("tick", self.tick, limit=TICK_LIMIT)
        self.jobs.register("roll_up", self.roll_up)
        self.jobs.register("retire", self.retire)
        for tenant in self.eyes.feeds:
            self.jobs.every("feed", {"tenant": tenant}, interval=self.poll_every)
        for name, line in self.eyes.lines.items():
            self.jobs.every("probe", {"route": name}, interval=line.route.interval, jitter=0.02)
        for name in self.eyes.calendars:
            self.jobs.every("calendar", {"calendar": name}, interval=CALENDAR)
        for name in self.eyes.pages:
            self.jobs.every("page", {"page": name}, interval=PAGE)
        for tenant in self.pipeline.tenants:
            self.jobs.every("tick", {"tenant": tenant}, interval=TICK)
        self.jobs.every("roll_up", {}, interval=ROLL_UP)
        self.jobs.every("retire", {}, interval=RETIRE)

    async def feed(self, args: Args) -> None:
        """Read one tenant's service health."""
        tenant = str(args["tenant"])
        await self.pipeline.take(tenant, await self.eyes.feeds[tenant].look(self.clock.now()))

    async def probe(self, args: Args) -> None:
        """Send one test message."""
        line = self.eyes.lines.get(str(args["route"]))
        if line is None or not self.probing():
            return
        seen = await self.eyes.canary.send(line.route.name, self.clock.now())
        await self.pipeline.take(line.route.tenant, seen)

    async def calendar(self, args: Args) -> None:
        """Try one calendar, or look again for a change that was not shown yet."""
        tenant, watch = self.eyes.calendars[str(args["calendar"])]
        seen = await watch.look(self.clock.now()) if self.probing() else ()
        if seen:
            await self.pipeline.take(tenant, seen)

    async def page(self, args: Args) -> None:
        """Read one public status page, for every tenant."""
        for tenant, page in self.eyes.pages[str(args["page"])].items():
            await self.pipeline.take(tenant, await page.look(self.clock.now()))

    async def tick(self, args: Args) -> None:
        """Let time pass for one tenant, and send what a first suspicion asks for."""
        tenant = str(args["tenant"])
        await self.pipeline.tick(tenant)
        near = [route for route in self.pipeline.suspects(tenant) if route in self.eyes.lines]
        for route in near:
            key = f"confirm:{route}"
            await self.jobs.enqueue("probe", {"route": route}, key=key, dedupe=key)

    async def roll_up(self, _: Args) -> None:
        """Sum up what is a minute old."""
        more = True
        while more:
            async with self.store.begin() as tx:
                more = await tx.rollups.roll_up(self.clock.now())

    async def retire(self, _: Args) -> None:
        """Delete what is too old, batch by batch, so that nobody waits for long."""
        for _batch in range(RETIRED_AT_ONCE):
            async with self.store.begin() as tx:
                if not await tx.rollups.retire(self.clock.now()):
                    return
