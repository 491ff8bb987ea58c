from datetime import timedelta

import httpx

from bot.microsoft import Call
from bot.microsoft.budget import Budget
from tests.mail.worlds import NOON
from tests.microsoft.fake_graph import BASE, FakeGraph, failure, page

ISSUES = Call(method="GET", path="admin/serviceAnnouncement/issues")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_whoever_asks_without_a_pause_stays_below_both_of_graphs_limits() -> None:
    """240 requests a minute and 800 an hour, in whatever minute and hour."""
    budget, now, made = Budget(), NOON, []
    while now < NOON + 2 * HOUR:
        now += budget.take(now)
        made.append(now)
    for length, most in ((MINUTE, 240), (HOUR, 800)):
        assert max(len([one for one in made if at <= one <= at + length]) for at in made) <= most


def test_whoever_asks_now_and_then_never_waits() -> None:
    """The usual case: one or two requests a minute."""
    budget = Budget()
    assert not any(budget.take(NOON + minute * MINUTE) for minute in range(120) for _ in range(2))


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
