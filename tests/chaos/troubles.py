"""What can happen to the bot of an evening, by name."""

import asyncio
import random

from bot.demo.faults import Drop, Fault
from tests.chaos.holds import Hold, die_inside, lock
from tests.chaos.night import Trouble
from tests.chaos.town import Town
from tests.chaos.traps import Moment, Trap
from tests.store.postgres import Postgres

SOON_S, SOON_SHARE = 4.0, 0.7
LATE_S = (14.0, 20.0)
"""A job that a dead process left is taken over after twelve seconds."""

POST, EDIT, CARD = "chat.postMessage", "chat.update", "/workflows/"
BELOW = b"thread_ts"
"""Is in what Slack is asked to post below a head, and in nothing else."""


def head(moment: Moment, times: int = 1) -> Trap:
    """Die over a new message in Slack."""
    return Trap(path=POST, lacks=BELOW, moment=moment, left=times)


def reply(moment: Moment, times: int = 1) -> Trap:
    """Die over a reply in Slack."""
    return Trap(path=POST, holds=BELOW, moment=moment, left=times)


def edit(moment: Moment, times: int = 1) -> Trap:
    """Die over an edit in Slack."""
    return Trap(path=EDIT, moment=moment, left=times)


def card(moment: Moment, times: int = 1) -> Trap:
    """Die over a card in Teams."""
    return Trap(path=CARD, moment=moment, left=times)


async def calm(_: Town) -> None:
    """Do no harm."""


def dying_at(*traps: Trap) -> Trouble:
    """Have the process killed where the traps stand."""

    async def trouble(around: Town) -> None:
        around.traps.extend(traps)

    return trouble


def dying_inside(*holds: Hold) -> Trouble:
    """Have the process killed in the middle of these transactions, one after another."""

    async def trouble(around: Town) -> None:
        for hold in holds:
            await die_inside(hold, around.store_url, around.bot)

    return trouble


def dying_anytime(times: int, chance: random.Random) -> Trouble:
    """Have it killed at random: mostly soon, and now and then late enough that it takes up what the dead left."""

    async def trouble(around: Town) -> None:
        while len(around.bot.deaths) < times:
            await asyncio.sleep(
                chance.uniform(0.2, SOON_S) if chance.random() < SOON_SHARE else chance.uniform(*LATE_S)
            )
            around.bot.kill()

    return trouble


def refusing(*faults: Fault, chance: random.Random) -> Trouble:
    """Have both platforms misbehave now and then, beside the kills."""

    async def trouble(around: Town) -> None:
        for fault in faults:
            for platform, path in ((around.slack, POST), (around.teams, CARD), (around.slack, EDIT)):
                once = isinstance(fault, Drop) and platform is around.teams  # more than one cannot be known there
                platform.faults.switch_on(fault, path=path, times=1 if once else chance.randint(1, 3))

    return trouble


def locking(times: int, chance: random.Random) -> Trouble:
    """Have somebody else write to SQLite for seconds."""

    async def trouble(around: Town) -> None:
        for _ in range(times):
            await asyncio.sleep(chance.uniform(1, 4))
            await lock(around.store_url, chance.uniform(1, 4))

    return trouble


def crashing(database: Postgres, times: int, chance: random.Random) -> Trouble:
    """Have the database die and come back."""

    async def trouble(_: Town) -> None:
        for _crash in range(times):
            await asyncio.sleep(chance.uniform(2, 12))
            database.crash()
            await asyncio.sleep(chance.uniform(0, 3))
            database.start()

    return trouble


def together(*troubles: Trouble) -> Trouble:
    """Let several things go wrong at once."""

    async def trouble(around: Town) -> None:
        await asyncio.gather(*(one(around) for one in troubles))

    return trouble
