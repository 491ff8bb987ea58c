"""What can happen to the bot of an evening, by name."""

import asyncio
import random
from collections.abc import Sequence

from bot.demo.faults import Fault, Faults
from tests.chaos.holds import Hold, die_inside, lock
from tests.chaos.night import Trouble
from tests.chaos.town import Town
from tests.chaos.traps import Moment, Trap
from tests.store.postgres import Postgres

SOON_S, SOON_SHARE = 4.0, 0.7
LATE_S = (14.0, 20.0)
"""A job that a dead process left is taken over after twelve seconds."""

POST, EDIT, PICTURE, CARD = "chat.postMessage", "chat.update", "files.completeUploadExternal", "/workflows/"
TEAM_HEAD, TEAM_REPLY = "tacv2/activities", ";messageid="
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


def picture(moment: Moment, times: int = 1) -> Trap:
    """Die over a picture in Slack."""
    return Trap(path=PICTURE, moment=moment, left=times)


def team_head(moment: Moment, times: int = 1) -> Trap:
    """Die over a new card of the Teams bot, or over an edit of one."""
    return Trap(path=TEAM_HEAD, moment=moment, left=times)


def team_reply(moment: Moment, times: int = 1) -> Trap:
    """Die over an answer of the Teams bot in a thread."""
    return Trap(path=TEAM_REPLY, moment=moment, left=times)


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
            await die_inside(hold, around.home.store_url, around.bot)

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
            for way, path in _ways(around):
                way.switch_on(fault, path=path, times=chance.randint(1, 3))

    return trouble


def _ways(around: Town) -> Sequence[tuple[Faults, str]]:
    """Name every way to a platform that can be broken."""
    slack, teams = around.slack.faults, around.teams.faults
    return [(slack, POST), (teams, CARD), (slack, EDIT), (slack, PICTURE), (around.connector.faults, "/v3/")]


def locking(times: int, chance: random.Random) -> Trouble:
    """Have somebody else write to SQLite for seconds."""

    async def trouble(around: Town) -> None:
        for _ in range(times):
            await asyncio.sleep(chance.uniform(1, 4))
            await lock(around.home.store_url, chance.uniform(1, 4))

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
