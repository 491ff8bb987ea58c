import asyncio
import itertools
from datetime import datetime, timedelta

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.microsoft import Call
from bot.microsoft.budget import Budget
from tests.mail.worlds import NOON
from tests.microsoft.fake_graph import BASE, FakeGraph, failure, page

ISSUES = Call(method="GET", path="admin/serviceAnnouncement/issues")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def most_in(made: list[datetime], length: timedelta) -> int:
    """Count the requests of the busiest stretch."""
    return max(len([one for one in made if at <= one <= at + length]) for at in made)


class Shared:
    """A budget as a store keeps it."""

    def __init__(self) -> None:
        self.now = self.paid = NOON

    async def take(self, length: timedelta) -> timedelta:
        self.paid = max(self.paid, self.now) + length
        return self.paid - self.now


async def test_whoever_asks_without_a_pause_stays_below_both_of_graphs_limits() -> None:
    """240 requests a minute and 800 an hour, in whatever minute and hour."""
    budget, now, made = Budget(), NOON, []
    while now < NOON + 2 * HOUR:
        now += await budget.take(now)
        made.append(now)
    assert most_in(made, MINUTE) <= 240
    assert most_in(made, HOUR) <= 800


@settings(max_examples=25)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=40))
def test_no_handover_gives_more_than_graph_takes(lives: list[int]) -> None:
    """Whoever takes a tenant over from one who was killed goes on with the budget as it was left, however often."""

    async def made() -> list[datetime]:
        shared, times = Shared(), list[datetime]()
        for number, requests in enumerate(itertools.cycle(lives)):
            if shared.now > NOON + 2 * HOUR:
                break
            budget = Budget(shared.take)
            for _ in range(requests):
                wait = await budget.take(shared.now)
                if wait > MINUTE:
                    break  # dies while it waits
                shared.now += wait
                times.append(shared.now)
            shared.now += timedelta(seconds=number % 7)
        return times

    times = asyncio.run(made())
    assert most_in(times, MINUTE) <= 240
    assert most_in(times, HOUR) <= 800


async def test_whoever_asks_now_and_then_never_waits() -> None:
    """The usual case: one or two requests a minute."""
    alone, shared = Budget(), Shared()
    together = Budget(shared.take)
    for minute in range(120):
        shared.now = NOON + minute * MINUTE
        assert not any([await one.take(shared.now) for one in (alone, together) for _ in range(2)])


async def test_over_the_budget_the_client_waits_instead_of_being_throttled() -> None:
    """Each page counts."""
    graph = FakeGraph(*[page({"id": 1}, link=f"{BASE}/{ISSUES.path}?$skip=1")] * 44, page({"id": 2}))
    assert len([one async for one in graph.client.pages(ISSUES)]) == 45
    assert graph.waits == [timedelta(seconds=5)] * 5


async def test_a_further_try_counts() -> None:
    """Graph counts what it refuses as well."""
    graph = FakeGraph(*[httpx.Response(200, json={})] * 39, failure(503), httpx.Response(200, json={}))
    for _ in range(40):
        await graph.client.call(ISSUES)
    backoff, budget = graph.waits
    assert backoff + budget == timedelta(seconds=5)


async def test_mail_has_no_part_in_it() -> None:
    """Exchange has limits of its own."""
    graph = FakeGraph(httpx.Response(200, json={}))
    for _ in range(100):
        await graph.client.get("users/bob/messages")
    assert graph.waits == []
