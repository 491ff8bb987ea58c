"""The home tabs of those who opened theirs lately, shown anew when what they show has changed."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.store import StoreError
from bot.types import Clock, Person, Snapshot
from handlers.commands import Commands
from handlers.slack.api import SlackApi
from handlers.slack.controls import controls
from handlers.slack.home import strangers, view
from handlers.slack.locales import Locales
from handlers.slack.render import Block
from handlers.slack.trouble import SlackError

log = structlog.get_logger()

PUBLISH = "views.publish"
GAP = timedelta(seconds=1)
"""Slack allows a hundred tabs a minute in a workspace: this leaves forty to those who open or change theirs."""
FRESH = timedelta(hours=4)
"""Whoever opened the tab longer ago is not looking at it."""
MOST = 300
"""Tabs that are kept up: with one a second, each is at most five minutes old."""
NOBODYS = ("nobody's",)
"""Stands in the tab of those of whom it is not clear whose people they are."""
AFTER_FAILURE = timedelta(seconds=30)


@dataclass(slots=True, kw_only=True)
class Visitor:
    """Somebody who opened the tab; ``shows`` is what stood in it, None where that is not known."""

    whom: Person
    opened: datetime
    tried: datetime
    shows: Hashable = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Two tabs at once could land in the wrong order."""


class Homes:
    """Publishes tabs: at once for whoever asks, one a second for all others, the one that waited longest first.

    Nothing here shares a limit of Slack's, or a wait, with what is posted to channels.
    """

    def __init__(self, api: SlackApi, of: Callable[[Person], Commands | None], locales: Locales, clock: Clock) -> None:
        """Take whose mail a person asks about."""
        self._api = api
        self._of = of
        self._locales = locales
        self._clock = clock
        self._visitors: OrderedDict[Person, Visitor] = OrderedDict()
        self._held: dict[str, datetime] = {}

    async def show(self, whom: Person) -> None:
        """Show a person who is looking their tab, and keep it up from now on."""
        now = self._clock.now()
        visitor = self._visitors.setdefault(whom, Visitor(whom=whom, opened=now, tried=now))
        visitor.opened = now
        self._visitors.move_to_end(whom)
        if len(self._visitors) > MOST:
            self._visitors.popitem(last=False)
        await self._publish(visitor)

    def doubt(self, whom: Person | None) -> None:
        """Have a person's tab shown anew in its turn, if they opened it lately: what they typed may have changed it."""
        if whom and (visitor := self._visitors.get(whom)):
            visitor.shows = None

    async def run(self, beat: Callable[[], None]) -> None:
        """Keep all tabs up, for as long as the bot runs."""
        while True:
            beat()
            await self.refresh()
            await self._clock.sleep(GAP)

    async def refresh(self) -> None:
        """Show the one tab anew that has been out of date for longest, if there is any."""
        now = self._clock.now()
        for whom in [one.whom for one in self._visitors.values() if now - one.opened > FRESH]:
            del self._visitors[whom]
        if stale := self._stale(now):
            await self._publish(min(stale, key=lambda one: one.tried))

    def _stale(self, now: datetime) -> list[Visitor]:
        """Give the tabs that are out of date, but for those of workspaces that want to be left alone."""
        standings: dict[int, Hashable] = {}

        def stands(snapshot: Snapshot) -> Hashable:
            if id(snapshot) not in standings:
                standings[id(snapshot)] = standing(snapshot)
            return standings[id(snapshot)]

        waiting = [one for one in self._visitors.values() if self._held.get(one.whom.workspace, now) <= now]
        desks = [(one, self._of(one.whom)) for one in waiting]
        return [one for one, desk in desks if one.shows != (stands(desk.orders.snapshot()) if desk else NOBODYS)]

    async def _publish(self, visitor: Visitor) -> None:
        """Show how things stand at this moment; what cannot be shown is logged, and shown later."""
        whom, commands = visitor.whom, self._of(visitor.whom)
        known = await self._locales.learn(whom)
        async with visitor.turn:
            visitor.tried, visitor.shows = self._clock.now(), None
            language = known.language or (commands.language if commands else "en")
            shown, shows = await _shown(commands, whom, language, known.zone)
            try:
                await self._api.of(whom.workspace).call(PUBLISH, user_id=whom.id, view=shown)
            except SlackError as error:
                self._failed(whom, error)
            else:
                visitor.shows = shows

    def _failed(self, whom: Person, error: SlackError) -> None:
        log.warning("home_not_published", why=str(error))
        if error.permanent:
            self._visitors.pop(whom, None)
        else:
            self._held[whom.workspace] = self._clock.now() + (error.retry_after or AFTER_FAILURE)


def standing(snapshot: Snapshot) -> Hashable:
    """Give what is worth showing anew: all but the figures that change with every test message."""
    incidents = (
        (one.id, one.severity, one.resolved, one.shown, one.last_rung, one.acknowledged_by, one.muted_until)
        for one in (*snapshot.open, *snapshot.past)
    )
    ways = ((one.direction, one.symptoms, one.last_arrived is None) for one in snapshot.directions)
    calendars = ((one.calendar, one.symptoms) for one in snapshot.calendars)
    blind = (one.source for one in snapshot.sources if one.blind_since)
    listed = ((one.reading.id, one.reading.state, one.reading.title) for one in snapshot.advisories)
    return tuple(incidents), tuple(ways), tuple(calendars), tuple(blind), tuple(listed)


async def _shown(commands: Commands | None, whom: Person, language: str, zone: str) -> tuple[Block, Hashable]:
    """Give a person's tab, and what stands in it."""
    if commands is None:
        return strangers(language), NOBODYS
    mine = await _own(commands, whom, language, zone)
    snapshot = commands.orders.snapshot()
    return view(snapshot, language, mine), standing(snapshot)


async def _own(commands: Commands, whom: Person, language: str, zone: str) -> Sequence[Block]:
    """Give the controls of a person's subscription; none where the store cannot say what it is."""
    if commands.subscriptions is None:
        return ()
    try:
        own = await commands.subscriptions.get(whom)
    except StoreError as error:
        log.warning("subscription_not_read", why=str(error))
        return ()
    return controls(own, language, zone=zone)
