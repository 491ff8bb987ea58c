"""What several processes may ask one tenant's Graph together, also while their store is away."""

import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import text

from bot.app.bot import open_bot
from bot.app.eyes import graph
from bot.app.graph_budgets import GraphBudgets
from bot.microsoft import Budget, GraphClient, open_http
from bot.settings import Environment, Installation, Settings
from bot.store import Store
from tests.mail.worlds import NOON, StillClock
from tests.microsoft.entra import FakeEntra
from tests.microsoft.fake_graph import page
from tests.microsoft.test_budget import ISSUES, most_in

CHANCE = random.Random(1)  # noqa: S311 - the same each time
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MANY = timedelta(minutes=80)
"""What a thousand requests at one moment take: forty go at once."""


class FrozenClock(StillClock):
    """Notes the waits, and stands still."""

    async def sleep(self, length: timedelta) -> None:
        """Note how long."""
        self.slept.append(length)


async def test_what_two_bots_read_of_one_tenant_is_within_one_budget(store_url: str, tmp_path: Path) -> None:
    """Each alone may read 450 times within the hour, but not both."""
    clock = FrozenClock()
    async with AsyncExitStack() as open_now:
        clients = [await client(open_now, store_url, tmp_path / name, clock) for name in ("one", "two")]
        made = [await when(one, clock) for _ in range(450) for one in clients]
    assert most_in(made, MINUTE) <= 240
    assert most_in(made, HOUR) <= 800


async def client(open_now: AsyncExitStack, store: str, state: Path, clock: FrozenClock) -> GraphClient:
    """Give the client of a bot that is put together from settings."""
    environment = Environment.model_validate({"MAILSTATUS_STORE": store, "SLACK_BOT_TOKEN": "xoxb-1"})
    given = Settings(environment=environment, installation=Installation(), named={}, state=state)
    bot = await open_now.enter_async_context(open_bot(given, clock, CHANCE))
    answers = httpx.MockTransport(lambda _: page())
    http = await open_now.enter_async_context(open_http(transport=answers))
    return graph(replace(bot.shards.opener.tooling, http=http), FakeEntra().tokens())


async def when(one: GraphClient, clock: FrozenClock) -> datetime:
    """Tell when a request is made that is wanted now."""
    clock.slept.clear()
    await one.call(ISSUES)
    return clock.now() + sum(clock.slept, timedelta())


async def waits(budget: Budget, now: datetime, count: int) -> Sequence[timedelta]:
    return [await budget.take(now) for _ in range(count)]


async def _rename(store: Store, old: str, new: str) -> None:
    async with store.begin() as tx:
        await tx.connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_while_the_store_is_away_each_process_counts_for_itself(sqlite_store: Store) -> None:
    """A thousand requests at one moment wait as they would with a budget that nobody shares."""
    budgets = GraphBudgets(sqlite_store, StillClock())
    await _rename(sqlite_store, "budgets", "away")
    waited = await waits(budgets.of("app"), NOON, 1000)
    assert waited == await waits(Budget(), NOON, 1000)
    assert waited[-1] == MANY


async def test_what_was_known_of_all_is_counted_on_from(sqlite_store: Store) -> None:
    """Nobody begins anew, not even a new client of the app."""
    one, other = (GraphBudgets(sqlite_store, StillClock()) for _ in range(2))
    await waits(one.of("app"), NOON, 1000)
    await waits(other.of("app"), NOON, 8)
    await _rename(sqlite_store, "budgets", "away")
    assert (await waits(other.of("app"), NOON, 1))[0] > MANY - MINUTE


async def test_what_was_taken_meanwhile_is_told_once_the_store_is_back(sqlite_store: Store) -> None:
    """To all processes, and once."""
    one, other = (GraphBudgets(sqlite_store, StillClock()) for _ in range(2))
    away = one.of("app")
    await _rename(sqlite_store, "budgets", "away")
    await waits(away, NOON, 1000)
    await _rename(sqlite_store, "away", "budgets")
    await waits(away, NOON, 16)
    assert MANY < (await waits(other.of("app"), NOON, 1))[0] < MANY + 5 * MINUTE


async def test_what_is_long_over_is_not_told(sqlite_store: Store) -> None:
    """Who waited for as long as the store was away owes nothing."""
    clock = StillClock()
    away = GraphBudgets(sqlite_store, clock).of("app")
    await _rename(sqlite_store, "budgets", "away")
    await waits(away, NOON, 1000)
    await _rename(sqlite_store, "away", "budgets")
    clock.time += 2 * HOUR
    assert not any(await waits(away, clock.now(), 16))
