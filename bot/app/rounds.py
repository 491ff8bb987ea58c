"""What a worker does for a tenant again and again: each a task of the runner, with its limit and its count."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.app.eyes import Eyes
from bot.jobs import Args
from bot.jobs.runner import Runner
from bot.pipeline import Pipeline
from bot.types import Clock, Observation
from bot.watch import StatusFeed
from bot.watch.status_pages import Listing

PAGE = timedelta(minutes=2)
CALENDAR = timedelta(minutes=1)
"""A round begins as often as the settings say; this is how soon a change that is not shown is looked up again."""
LIMITS: Mapping[str, timedelta] = {
    "probe": timedelta(minutes=3),
    "tick": timedelta(minutes=1),
    "feed": timedelta(minutes=3),
    "late": timedelta(minutes=1),
    "news": timedelta(minutes=1),
    "calendar": timedelta(minutes=2),
    "page": timedelta(minutes=1),
}


def _unheard(_: str) -> None:
    """Tell nobody."""


@dataclass(slots=True, kw_only=True)
class Rounds:
    """One round of each kind; ``args`` name the tenant, and what is looked at of it."""

    pipeline: Pipeline
    clock: Clock
    poll_every: timedelta
    pages: Mapping[str, StatusFeed]
    eyes: dict[str, Eyes] = field(default_factory=dict)
    """Of the tenants that are watched now."""
    listings: dict[str, Listing] = field(default_factory=dict)
    """What each page said when it was read last."""
    probing: Callable[[], bool] = lambda: True
    """False while no test message is to be sent."""
    taken: Callable[[str], None] = _unheard
    """Is told of which tenant something was taken in."""

    def register(self, runner: Runner) -> None:
        """Say what each task does."""
        for task, run in {
            "probe": self.probe,
            "tick": self.tick,
            "feed": self.feed,
            "late": self.late,
            "news": self.news,
            "calendar": self.calendar,
            "page": self.page,
        }.items():
            runner.register(task, run, LIMITS[task])

    async def take(self, tenant: str, seen: Sequence[Observation]) -> None:
        """Take in what was seen; raises StoreError, and keeps it then."""
        if seen:
            self.taken(tenant)
            await self.pipeline.take(tenant, seen)

    async def feed(self, args: Args) -> None:
        """Read one tenant's service health."""
        eyes = self._eyes(args)
        if eyes and eyes.feed:
            await self.take(eyes.tenant, await eyes.feed.look(self.clock.now()))

    async def late(self, args: Args) -> None:
        """Say of one tenant that a calendar is long due, or without a name that its service health is."""
        eyes, name = self._eyes(args), str(args["what"])
        if eyes and (behind := eyes.calendars[name] if name else eyes.feed):
            await self.take(eyes.tenant, behind.unread(self.clock.now()))

    def every(self, tenant: str, calendar: str) -> timedelta:
        """Tell how often a tenant's calendar is to be tried, or without a name its service health to be read."""
        return self.eyes[tenant].calendars[calendar].every if calendar else self.poll_every

    async def probe(self, args: Args) -> None:
        """Send one test message."""
        eyes, route = self._eyes(args), str(args["what"])
        if eyes and self.probing():
            await self.take(eyes.tenant, await eyes.canary.send(route, self.clock.now()))

    async def calendar(self, args: Args) -> None:
        """Try one calendar, or look again for a change that was not shown yet."""
        eyes = self._eyes(args)
        seen = await eyes.calendars[str(args["what"])].look(self.clock.now()) if eyes and self.probing() else ()
        if eyes:
            await self.take(eyes.tenant, seen)

    async def tick(self, args: Args) -> None:
        """Let time pass for one tenant."""
        await self.pipeline.tick(str(args["tenant"]))

    async def page(self, args: Args) -> None:
        """Read one public status page, for every tenant."""
        name = str(args["what"])
        self.listings[name] = await self.pages[name].read()

    async def news(self, args: Args) -> None:
        """Tell one tenant what is new on the public pages."""
        eyes = self._eyes(args)
        if eyes:
            now, said = self.clock.now(), self.listings.items()
            await self.take(eyes.tenant, [one for name, listing in said for one in eyes.pages[name].take(listing, now)])

    def _eyes(self, args: Args) -> Eyes | None:
        return self.eyes.get(str(args["tenant"]))
