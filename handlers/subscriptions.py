"""What a person may ask to be told in person, by words or by the controls of a home page."""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import time
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.types import DEFAULT_TENANT, Clock, Direction, Person, QuietHours, Subscription
from bot.words import personal
from bot.words.answers import Answer
from handlers.asked import Asked
from handlers.saving import Late, Saving
from handlers.vocabulary import DIRECTIONS, EVERYTHING, NOTHING, QUIET, words_of

UTC = "UTC"
NIGHT = QuietHours(start=time(22), end=time(7))
_HOURS = re.compile(
    r"(\d{1,2})(?::(\d{2}))?\s*(?:h|uhr)?\s*(?:-|\u2013|to|bis|à|a|until)\s*(\d{1,2})(?::(\d{2}))?", re.IGNORECASE
)
_ZONE = re.compile(r"\b[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|\bUTC\b")

Adjust: TypeAlias = Callable[[Subscription], Subscription]
Wish: TypeAlias = Callable[[Subscription | None], Subscription | None]


class Change(Protocol):
    """Saves what a person wants, once a request, and gives what stands then; None where there is no room."""

    def __call__(
        self, person: Person, wish: Wish, *, by: str, request: str = ""
    ) -> Coroutine[None, None, Subscription | None]:
        """Save one row and its note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """Changes and shows a person's own subscription, and nobody else's."""

    get: Callable[[Person], Coroutine[None, None, Subscription | None]]
    change: Change
    clock: Clock
    saving: Saving
    tenant: str = DEFAULT_TENANT

    async def subscribe(self, asked: Asked, rest: str, late: Late | None) -> Answer:
        """Do what was typed: directions, ``quiet 22:00-07:00 Europe/Berlin``, or ``quiet off``; no words show it."""
        words = words_of(rest)
        if QUIET & set(words):
            return await self._quiet(asked, rest, late)
        ways = frozenset(DIRECTIONS[word] for word in words if word in DIRECTIONS)
        if ways or EVERYTHING & set(words):
            return await self.choose(asked, told_about(ways), late)
        return await self.choose(asked, lambda had: had, late)

    async def unsubscribe(self, asked: Asked, _rest: str, late: Late | None) -> Answer:
        """Tell a person nothing in person any more."""
        whom = asked.whom
        if whom is None:
            return personal.impossible(asked.language)

        async def work() -> Answer:
            await self.change(whom, lambda _: None, by=asked.name, request=asked.request)
            return personal.ended(asked.language)

        return await self.saving.save(work(), asked.language, late)

    async def show(self, asked: Asked, _rest: str, late: Late | None) -> Answer:
        """Say what a person is told, and change nothing."""
        whom = asked.whom
        if whom is None:
            return personal.impossible(asked.language)

        async def work() -> Answer:
            return personal.shown(await self.get(whom), asked.language)

        return await self.saving.save(work(), asked.language, late)

    async def choose(self, asked: Asked, adjust: Adjust, late: Late | None) -> Answer:
        """Adjust what a person is told; whoever had nothing begins with everything."""
        whom = asked.whom
        if whom is None:
            return personal.impossible(asked.language)
        fresh = Subscription(person=whom, created=self.clock.now(), tenant=self.tenant)

        def wish(had: Subscription | None) -> Subscription:
            kept = had or fresh
            own = replace(kept, tenant=self.tenant, language=asked.language, address=asked.address or kept.address)
            return adjust(own)

        async def work() -> Answer:
            stands = await self.change(whom, wish, by=asked.name, request=asked.request)
            return personal.subscribed(stands, asked.language) if stands else personal.full(asked.language)

        return await self.saving.save(work(), asked.language, late)

    async def _quiet(self, asked: Asked, rest: str, late: Late | None) -> Answer:
        if NOTHING & set(words_of(rest)):
            return await self.choose(asked, quiet_at(None), late)
        hours = hours_of(rest, asked.zone or UTC)
        if hours is None:
            return personal.bad_hours(asked.language)
        return await self.choose(asked, quiet_at(hours), late)


def told_about(ways: frozenset[Direction]) -> Adjust:
    """Tell about some directions; empty is all of them."""
    return lambda had: replace(had, directions=ways)


def quiet_at(hours: QuietHours | None) -> Adjust:
    """Be quiet in some hours, or in none."""
    return lambda had: replace(had, quiet=hours)


def quiet_from(start: time, zone: str) -> Adjust:
    """Be quiet from an hour on, to the end that was set or the usual one."""
    return lambda had: replace(had, quiet=replace(had.quiet or replace(NIGHT, zone=zone or UTC), start=start))


def quiet_until(end: time, zone: str) -> Adjust:
    """Be quiet until an hour, from the beginning that was set or the usual one."""
    return lambda had: replace(had, quiet=replace(had.quiet or replace(NIGHT, zone=zone or UTC), end=end))


def quiet_in(zone: str) -> Adjust:
    """Read the quiet hours by the clock of another zone."""
    return lambda had: replace(had, quiet=replace(had.quiet or NIGHT, zone=zone))


def hours_of(text: str, zone: str) -> QuietHours | None:
    """Read ``22:00-07:00 Europe/Berlin``; without a zone in it ``zone`` counts. None where it cannot be read."""
    found = _HOURS.search(text)
    named = _ZONE.search(text)
    if found is None or not is_zone(named[0] if named else zone):
        return None
    try:
        start = time(int(found[1]), int(found[2] or 0))
        end = time(int(found[3]), int(found[4] or 0))
    except ValueError:
        return None
    return QuietHours(start=start, end=end, zone=named[0] if named else zone)


def is_zone(name: str) -> bool:
    """Tell whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
