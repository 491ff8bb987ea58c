"""Changes a test entry in a calendar and looks up whether others are shown the change.

The entry itself says what was done to it last and when, in a signed token, so that a new process goes on where an old
one was killed, and no entry of anybody else is touched.
"""

import asyncio
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from bot.mail import CalendarError, Entry, GraphCalendar, Probe
from bot.types import CALENDAR, DEFAULT_TENANT, CalendarSeen, Clock, Observation
from bot.watch.sight import Sight

log = structlog.get_logger(__name__)

RUN_SECONDS = 90.0
AHEAD = timedelta(days=14)
SUNDAY = 6
FIRST_MINUTES = 300
"""The entry begins within so many minutes after midnight UTC on a Sunday: nowhere in the world is that a workday."""
STEP = timedelta(minutes=45)
DAY = timedelta(days=1)
MOVED = "/moved"
GIVEN_UP = 2
"""So many limits after it was made, a change that is not shown is given up, and another one is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How often a calendar is tried, and from which age on a change that is not shown is a fault."""

    every: timedelta
    limit: timedelta


class FreeBusy:
    """Watches one calendar: an entry is made, looked up, moved, looked up and removed."""

    def __init__(
        self,
        name: str,
        calendar: GraphCalendar,
        habit: Habit,
        *,
        clock: Clock,
        chance: random.Random,
        tenant: str = DEFAULT_TENANT,
    ) -> None:
        """Take a calendar by its name in the settings."""
        self._calendar = calendar
        self._habit = habit
        self._clock = clock
        self._chance = chance
        self._tenant = tenant
        self._name = name
        self._sight = Sight(f"{CALENDAR}{name}", tenant=tenant)
        self._due = datetime.min.replace(tzinfo=UTC)

    @property
    def name(self) -> str:
        """The calendar, as a source."""
        return self._sight.source

    @property
    def readable(self) -> bool:
        """Whether the last look succeeded."""
        return not self._sight.blind

    @property
    def every(self) -> timedelta:
        """How often it is to be tried."""
        return self._habit.every

    def remember(self, blind: Collection[str]) -> None:
        """Take in which sources could not be seen before a restart."""
        self._sight.remember(blind)

    async def look(self, now: datetime) -> Sequence[Observation]:
        """Go as far as changes are shown, within a minute and a half; does nothing until the next round is due."""
        if now < self._due:
            return ()
        try:
            async with asyncio.timeout(RUN_SECONDS):
                seen = await self._round(now)
        except CalendarError as error:
            self._due = now + (error.retry_after or timedelta())
            return self._sight.lost(now, str(error))
        except TimeoutError:
            return self._sight.lost(now, f"The calendar was not looked up within {RUN_SECONDS:.0f} seconds.")
        return [*self._sight.found(now), *seen]

    def unread(self, now: datetime) -> Sequence[Observation]:
        """Tell that the calendar is long due and what we know of it old, as there is more to do than gets done."""
        return self._sight.unread(now, "The calendar")

    async def tidy(self) -> None:
        """Remove our entries; raises CalendarError."""
        for entry in await self._ours():
            await self._calendar.remove(entry)

    async def _round(self, now: datetime) -> list[Observation]:
        entry = await self._begun() or await self._make()
        seen: list[Observation] = []
        while True:
            look = await self._looked_up(entry)
            seen.append(look)
            if not look.fresh:
                return seen
            if entry.change.route.endswith(MOVED):
                await self._calendar.remove(entry)
                self._due = now + self._habit.every
                return seen
            entry = await self._calendar.move(entry, self._change(MOVED), entry.start + STEP)

    async def _ours(self) -> list[Entry]:
        found = await self._calendar.entries()
        return [entry for entry in found if entry.change.route.removesuffix(MOVED) == self.name]

    async def _begun(self) -> Entry | None:
        """Find the entry that an earlier look left; others, and one whose change had time enough, are removed."""
        ours = sorted(await self._ours(), key=lambda entry: entry.change.sent)
        goes_on = bool(ours) and self._age(ours[-1]) < GIVEN_UP * self._habit.limit
        left = ours[:-1] if goes_on else ours
        for entry in left:
            log.info("entry_given_up", calendar=self._name, entry=entry.key)
            await self._calendar.remove(entry)
        return ours[-1] if goes_on else None

    async def _make(self) -> Entry:
        day = self._clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + AHEAD
        sunday = day + ((SUNDAY - day.weekday()) % 7) * DAY
        # Another minute each time: what is shown of an earlier entry cannot pass for this one.
        start = sunday + timedelta(minutes=self._chance.randrange(FIRST_MINUTES))
        return await self._calendar.make(self._change(), start)

    def _change(self, kind: str = "") -> Probe:
        return Probe(id=self._chance.randbytes(8).hex(), route=f"{self.name}{kind}", sent=self._clock.now())

    async def _looked_up(self, entry: Entry) -> CalendarSeen:
        midnight = entry.start.replace(hour=0, minute=0)
        shown = await self._calendar.shown(midnight, midnight + DAY)
        old = {entry.start - STEP} if entry.change.route.endswith(MOVED) else set()
        return CalendarSeen(
            at=self._clock.now(),
            tenant=self._tenant,
            calendar=self._name,
            change=entry.change.id,
            age_seconds=self._age(entry).total_seconds(),
            limit_seconds=self._habit.limit.total_seconds(),
            fresh=entry.start in shown and not old & shown,
        )

    def _age(self, entry: Entry) -> timedelta:
        return max(self._clock.now() - entry.change.sent, timedelta())
