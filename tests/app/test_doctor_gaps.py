from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.app.clock import SystemClock
from bot.app.doctor_gaps import tried_again
from bot.settings import DestinationTable
from bot.store import Gap, Store
from tests.handlers.examples import NOW

OPS = DestinationTable.model_validate({"platform": "slack", "channel": "C0123456789"})
SHUT = Gap(destination="ops", since=NOW, why="the bot was removed", shut="f" * 32, probe=NOW + timedelta(days=4000))


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    """Keep a gap of one destination."""
    async with await Store.open(sqlite_url) as opened:
        async with opened.begin() as tx:
            await tx.gaps.save("default", SHUT)
        yield opened


async def probe(store: Store) -> object:
    """Tell when the destination is tried again."""
    async with store.read() as tx:
        gap = await tx.gaps.get("default", "ops")
    assert gap is not None
    return gap.probe


async def deeds(store: Store) -> list[tuple[str, object]]:
    """Tell what was noted of whoever called doctor."""
    now = SystemClock().now()
    async with store.read() as tx:
        noted = await tx.audit.between("default", now - timedelta(minutes=5), now)
    assert all(str(one.about["person"]).startswith("@machine/") for one in noted)
    return [(one.what, one.about["destination"]) for one in noted]


async def test_a_destination_that_looks_sound_is_tried_at_once_and_doctor_says_so(store: Store) -> None:
    """Since when it took nothing, and why."""
    said = await tried_again(store, OPS, "ops", "")
    assert said == f"took nothing since {NOW:%Y-%m-%d %H:%M} UTC (the bot was removed); it is tried again at once"
    assert await probe(store) != SHUT.probe
    assert await deeds(store) == [("try a destination again", "ops")]


async def test_what_is_still_wrong_is_not_tried(store: Store) -> None:
    """Doctor says what it is elsewhere."""
    assert await tried_again(store, OPS, "ops", "the bot is not in the channel") == ""
    assert await probe(store) == SHUT.probe
    assert await deeds(store) == []


async def test_a_destination_that_takes_messages_is_left_alone(store: Store) -> None:
    """There is nothing to say."""
    assert await tried_again(store, OPS, "it", "") == ""
