"""Clocks that jump by hours, while the bot runs and over a restart: nobody hears of an outage, and mail is judged on."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.pipeline import Pipeline
from bot.store import Store
from bot.types import Arrived, Change, Direction, Observation, Refused, Sent
from tests.test_pipeline import OPS, ROUTES, HandClock, pipeline

HOURS = [timedelta(hours=3), timedelta(hours=-3)]


class Evening:
    """Test messages of every route, one a minute, by a clock that can be set."""

    def __init__(self, clock: HandClock, bot: Pipeline) -> None:
        self._clock = clock
        self._count = 0
        self.bot = bot

    async def minutes(self, minutes: int, *, refused: bool = False) -> list[Change]:
        """Live for some minutes."""
        changes: list[Change] = []
        for _ in range(minutes):
            self._count += 1
            sent = [Sent(at=self._clock.at, route=one.name, probe=f"{one.name}-{self._count}") for one in ROUTES]
            changes += await self.bot.take("default", sent)
            self._clock.at += timedelta(seconds=8)
            seen = [self._ended(one, refused=refused) for one in sent]
            changes += await self.bot.take("default", seen)
            self._clock.at += timedelta(seconds=52)
            changes += await self.bot.tick("default")
        return changes

    def _ended(self, sent: Sent, *, refused: bool) -> Arrived | Refused:
        route = next(one for one in ROUTES if one.name == sent.route)
        if refused and route.direction is Direction.OUTBOUND:
            return Refused(at=self._clock.at, route=sent.route, probe=sent.probe, reply="503 5.5.1 no")
        took = self._clock.at - sent.at
        return Arrived(at=self._clock.at, route=sent.route, probe=sent.probe, latency=took)

    async def arrive(self, sent: Sequence[Observation]) -> list[Change]:
        """Let messages arrive now, whenever they were sent."""
        return await self.bot.take(
            "default", [self._ended(one, refused=False) for one in sent if isinstance(one, Sent)]
        )


def rung(changes: Sequence[Change]) -> list[str]:
    return [f"{change.reason}: {change.why}" for change in changes if change.rings]


@pytest.mark.parametrize("jump", HOURS, ids=str)
async def test_a_clock_that_jumps_while_messages_are_under_way_is_no_outage(
    sqlite_store: Store, jump: timedelta
) -> None:
    clock = HandClock()
    evening = Evening(clock, await pipeline(sqlite_store, clock, [OPS]))
    assert rung(await evening.minutes(30)) == []
    under_way = [Sent(at=clock.at, route=one.name, probe=f"{one.name}-late") for one in ROUTES]
    changes = await evening.bot.take("default", under_way)
    clock.at += jump
    changes += await evening.bot.tick("default")
    changes += await evening.arrive(under_way)
    changes += await evening.minutes(30)
    assert rung(changes) == []
    assert evening.bot.snapshot("default").at == clock.at


@pytest.mark.parametrize("jump", HOURS, ids=str)
async def test_a_clock_that_jumped_while_the_bot_was_off_is_no_outage(sqlite_store: Store, jump: timedelta) -> None:
    clock = HandClock()
    evening = Evening(clock, await pipeline(sqlite_store, clock, [OPS]))
    await evening.minutes(30)
    await evening.bot.take("default", [Sent(at=clock.at, route=one.name, probe=f"{one.name}-lost") for one in ROUTES])
    clock.at += jump
    evening.bot = await pipeline(sqlite_store, clock, [OPS])
    assert rung(await evening.minutes(30)) == []


@pytest.mark.parametrize("jump", HOURS, ids=str)
async def test_an_outage_after_a_jump_is_still_found(sqlite_store: Store, jump: timedelta) -> None:
    clock = HandClock()
    evening = Evening(clock, await pipeline(sqlite_store, clock, [OPS]))
    await evening.minutes(30)
    clock.at += jump
    await evening.minutes(30)
    changes = await evening.minutes(20, refused=True)
    assert [change.reason for change in changes if change.rings][:1] == ["opened"]
