"""Old programs run beside newer ones: a company that only those can read is told apart, and costs no other anything."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from bot.jobs import TableJobs
from bot.keeper import Company
from bot.pipeline import Memory, Pipeline
from bot.store import Store, StoreError, Transaction
from bot.types import SourceBlind
from tests.test_pipeline import NOON, ROUTES, HandClock, listed

NAMES = ("adatum", "contoso", "fabrikam")
NEWER = "of contoso cannot be read: .*a newer mailstatus saved it, so install the version that the other machines have"


def program(store: Store, clock: HandClock, *, everybody: bool = True) -> Pipeline:
    jobs = TableJobs(store, clock, random.Random(1))  # noqa: S311 - a test wants the same each time
    return Pipeline(Memory(store=store, jobs=jobs, clock=clock), everybody=everybody)


async def admit(bot: Pipeline) -> None:
    for name in NAMES:
        routes = [replace(route, tenant=name) for route in ROUTES]
        await bot.admit(name, Company(routes=routes))


async def news(bot: Pipeline, clock: HandClock) -> None:
    """Have something open for each company."""
    for name in NAMES:
        await bot.take(name, [replace(listed(clock.at, over=False), tenant=name)])


async def saved_by(version: str, store: Store) -> None:
    """Have contoso's state saved as news, with a symptom that only a newer program knows, or with ours again."""
    symptoms = (b'"symptom":"search_broken"', b'"symptom":"holograms_dim"')
    ours, theirs = symptoms if version == "newer" else symptoms[::-1]
    async with store.begin() as tx:
        saved = await tx.machines.load("contoso")
        assert saved
        assert ours in saved.state
        await tx.machines.save({"contoso": saved.state.replace(ours, theirs)}, NOON + timedelta(minutes=1))


def blind(name: str, clock: HandClock) -> SourceBlind:
    return SourceBlind(at=clock.at, tenant=name, source="microsoft", error="no answer")


def sources(bot: Pipeline, error: str) -> list[str]:
    """Name whose page shows an error."""
    return [name for name in bot.tenants if error in {one.error for one in bot.snapshot(name).sources}]


async def test_a_state_of_a_newer_program_costs_no_other_company_its_news(store: Store) -> None:
    """Whoever answers people goes on with the rest, and reads the one again when it can."""
    clock = HandClock()
    watches, answers = program(store, clock), program(store, clock)
    for bot in (watches, answers):
        await admit(bot)
    await news(watches, clock)
    await answers.refresh()
    await saved_by("newer", store)
    clock.at += timedelta(minutes=2)
    await watches.take("fabrikam", [blind("fabrikam", clock)])
    assert "contoso" not in await answers.refresh()
    assert sources(answers, "no answer") == ["fabrikam"]
    assert re.search(NEWER, answers.unsaved["contoso"].why)
    assert answers.unsaved.keys() == {"contoso"}
    await saved_by("old", store)
    assert "contoso" in await answers.refresh()
    assert answers.unsaved == {}
    assert "contoso" not in await answers.refresh()


async def test_a_program_that_starts_beside_a_newer_state_lets_the_others_in(store: Store) -> None:
    """The one is shown once it can be read; it may also go, and somebody newer closes what is open."""
    clock = HandClock()
    before = program(store, clock)
    await admit(before)
    await news(before, clock)
    await saved_by("newer", store)
    answers = program(store, clock)
    await admit(answers)
    assert answers.tenants == ("adatum", "fabrikam")
    assert re.search(NEWER, answers.unsaved["contoso"].why)
    await saved_by("old", store)
    await answers.refresh()
    assert sorted(answers.tenants) == sorted(NAMES)
    await saved_by("newer", store)
    await answers.refresh()
    await answers.dismiss("contoso")
    assert answers.tenants == ("adatum", "fabrikam")
    assert answers.unsaved == {}


async def test_a_worker_watches_its_other_companies_and_tries_again(store: Store) -> None:
    """What it saves for them in the same moment is saved."""
    clock = HandClock()
    first, worker = program(store, clock), program(store, clock, everybody=False)
    for bot in (first, worker):
        await admit(bot)
    await news(first, clock)
    for name in NAMES:
        await worker.wind(name)
    await saved_by("newer", store)
    clock.at += timedelta(minutes=2)
    saved = await asyncio.gather(*(worker.take(name, [blind(name, clock)]) for name in NAMES), return_exceptions=True)
    assert [type(one) for one in saved] == [list, StoreError, list]
    await first.refresh()
    assert sources(first, "no answer") == ["adatum", "fabrikam"]
    other = program(store, clock, everybody=False)
    await admit(other)
    with pytest.raises(StoreError, match=NEWER) as refused:
        await other.wind("contoso")
    assert not refused.value.passing
    await saved_by("old", store)
    await other.wind("contoso")
    assert other.tenants == ("contoso",)


async def test_a_store_that_fails_while_news_is_read_is_asked_again_for_the_same(store: Store) -> None:
    """What was to be renewed then is renewed later, though nothing more is new of it."""
    clock, torn = HandClock(), Torn(store)
    watches, answers = program(store, clock), program(cast("Store", torn), clock)
    for bot in (watches, answers):
        await admit(bot)
    await watches.take("contoso", [blind("contoso", clock)])
    torn.reads = 1
    with pytest.raises(StoreError, match="torn"):
        await answers.refresh()
    torn.reads = 100
    assert "contoso" in await answers.refresh()
    assert sources(answers, "no answer") == ["contoso"]


class Torn:
    """A store that fails after so many reads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = 100

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        if not self.reads:
            raise StoreError("torn")
        self.reads -= 1
        async with self._store.read() as tx:
            yield tx
