"""Every watcher once, and what it sees."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.app import wiring
from bot.app.clock import SystemClock
from bot.app.eyes import Tooling, open_eyes
from bot.app.probe_key import probe_key
from bot.app.remarks import remarks
from bot.mail import Seal
from bot.microsoft import open_http
from bot.settings import Settings
from bot.types import AdvisorySeen, Arrived, Observation, SourceBlind

PATIENCE = 15.0
"""Seconds that the test messages have before the mailboxes are looked into."""


async def look(settings: Settings, *, say: Callable[[str], None], patience: float = PATIENCE) -> None:
    """Read each feed, send a message along each route, look into each mailbox and calendar, and say what was seen."""
    clock = SystemClock()
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with open_http(settings.environment.ca_file) as http:
        tooling = Tooling(
            settings=settings, http=http, clock=clock, chance=random.SystemRandom(), seal=Seal(probe_key(settings))
        )
        everybody = [open_eyes(tooling, tenant) for tenant in wiring.tenants(settings)]
        feeds = [(f"service health of {eyes.tenant}", eyes.feed) for eyes in everybody if eyes.feed]
        await _together([(name, feed.look(clock.now())) for name, feed in feeds], say)
        sent = [(f"route {name}", eyes.canary.send(name, clock.now())) for eyes in everybody for name in eyes.lines]
        await _together(sent, say)
        if sent:
            await asyncio.sleep(patience)
        boxes = [one for eyes in everybody for one in eyes.mailboxes.items()]
        await _together([(f"mailbox {name}", watch.look(clock.now())) for name, watch in boxes], say)
        calendars = [one for eyes in everybody for one in eyes.calendars.items()]
        await _together([(f"calendar {name}", watch.look(clock.now())) for name, watch in calendars], say)


async def _together(looks: Sequence[tuple[str, Awaitable[Sequence[Observation]]]], say: Callable[[str], None]) -> None:
    found = await asyncio.gather(*(one for _, one in looks))
    for (name, _), seen in zip(looks, found, strict=True):
        say(f"{name}: {len(seen)} observations" if seen else f"{name}: nothing new")
        for one in seen:
            say(f"  {described(one)}")
            for remark in remarks(one, None) if isinstance(one, Arrived) else []:
                say(f"    {remark}")


def described(seen: Observation) -> str:
    """Say an observation in a line."""
    match seen:
        case AdvisorySeen(issue=issue):
            return f"advisory {issue.get('id')}: {issue.get('title')} ({issue.get('status')})"
        case SourceBlind(error=error):
            return f"cannot see: {error}"
        case Arrived(legs=(_, *_)):
            way = ", ".join(f"{leg.by} {leg.seconds:.1f} s ({leg.where})" for leg in seen.legs)
            return f"{described(replace(seen, legs=()))} way: {way}"
        case _:
            fields = {name: getattr(seen, name) for name in seen.__dataclass_fields__ if name not in {"at", "tenant"}}
            return " ".join(
                [type(seen).__name__.lower(), *(f"{name}={value}" for name, value in fields.items() if value)]
            )
