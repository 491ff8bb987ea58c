"""Tenants of a pipeline: each admitted, changed and dismissed while it runs, and told of under its own name alone."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.jobs import TableJobs
from bot.keeper import Company
from bot.pipeline import Memory, Pipeline
from bot.steps import GIVEN_UP
from bot.store import State, Store, StoreError
from bot.types import Destination, Kind, Observation
from tests.test_pipeline import OPS, ROUTES, Failing, HandClock, evening

ACME, BETA = "acme", "beta"


def of(tenant: str, *destinations: Destination) -> Company:
    own = [replace(one, tenant=tenant) for one in destinations or (OPS,)]
    return Company(routes=[replace(route, tenant=tenant) for route in ROUTES], destinations=own)


def empty(store: Store, clock: HandClock) -> Pipeline:
    jobs = TableJobs(store, clock, random.Random(1))  # noqa: S311 - a test wants the same each time
    return Pipeline(Memory(store=store, jobs=jobs, clock=clock))


async def live(bot: Pipeline, clock: HandClock, tenant: str, seen: Sequence[Observation]) -> None:
    for one in seen:
        clock.at = max(clock.at, one.at)
        await bot.take(tenant, [replace(one, tenant=tenant)])


async def test_a_companys_incident_is_its_own(store: Store) -> None:
    """It is saved, drafted and shown under the company's name, and nobody else has a trace of it."""
    clock = HandClock()
    bot = empty(store, clock)
    for name in (ACME, BETA):
        await bot.admit(name, of(name))
    await live(bot, clock, ACME, evening(20, refused=True))
    async with store.read() as tx:
        (incident,) = await tx.incidents.open(ACME)
        heads = [one for one in await tx.deliveries.recent(ACME) if one.kind is Kind.HEAD]
        others = [await tx.incidents.open(name) for name in (BETA, "default")]
        told = [await tx.deliveries.recent(name) for name in (BETA, "default")]
    assert incident.tenant == ACME
    assert [one.message.tenant for one in heads] == [ACME]
    assert bot.snapshot(ACME).open[0].tenant == ACME
    assert (others, told) == ([[], []], [[], []])


async def test_whoever_is_dismissed_has_nothing_open_and_nothing_waiting(store: Store) -> None:
    """The incident is closed without a word, what waited is given up with the reason, and the others go on."""
    clock = HandClock()
    bot = empty(store, clock)
    await bot.admit(ACME, of(ACME))
    await bot.admit(BETA, of(BETA))
    await live(bot, clock, ACME, evening(20, refused=True))
    await bot.dismiss(ACME)
    async with store.read() as tx:
        assert await tx.incidents.open(ACME) == []
        recent = await tx.deliveries.recent(ACME)
        (*_, last) = await tx.incidents.changes(ACME, clock.at, clock.at + timedelta(seconds=1))
        deeds = await tx.audit.between(ACME, clock.at, clock.at + timedelta(seconds=1))
    assert {(one.state, one.error) for one in recent} == {(State.FAILED, GIVEN_UP)}
    assert (last.why, last.rings) == ("no longer watched", False)
    assert [one.what for one in deeds] == ["stopped watching"]
    assert list(bot.tenants) == [BETA]


async def test_a_watcher_that_is_late_is_not_taken_in(store: Store) -> None:
    """What comes for a company that was dismissed is nobody's, and no error."""
    clock = HandClock()
    bot = empty(store, clock)
    await bot.admit(ACME, of(ACME))
    await bot.dismiss(ACME)
    await bot.dismiss(ACME)
    await live(bot, clock, ACME, evening(1, refused=False))
    async with store.read() as tx:
        until = clock.at + timedelta(days=1)
        assert [one async for one in tx.observations.between(ACME, clock.at - timedelta(days=1), until)] == []


async def test_a_company_that_comes_back_goes_on_where_it_was(store: Store) -> None:
    """Its ids go on, and what was closed meanwhile stays closed."""
    clock = HandClock()
    bot = empty(store, clock)
    await bot.admit(ACME, of(ACME))
    await live(bot, clock, ACME, evening(20, refused=True))
    await bot.dismiss(ACME)
    clock.at += timedelta(hours=3)
    await bot.admit(ACME, of(ACME))
    await bot.tick(ACME)
    assert [one.id for one in bot.snapshot(ACME).past] == ["1"]
    assert bot.snapshot(ACME).open == ()


async def test_new_settings_count_from_the_next_step_on(store: Store) -> None:
    """A channel that was added is told of what comes next, and the machine forgets nothing for it."""
    clock = HandClock()
    bot = empty(store, clock)
    await bot.admit(ACME, of(ACME))
    await live(bot, clock, ACME, evening(5, refused=False))
    before = [one.recent.sent for one in bot.snapshot(ACME).directions]
    await bot.admit(ACME, of(ACME, OPS, replace(OPS, name="second")))
    assert [one.recent.sent for one in bot.snapshot(ACME).directions] == before
    later = [replace(one, at=one.at + timedelta(minutes=6)) for one in evening(20, refused=True)]
    await live(bot, clock, ACME, later)
    async with store.read() as tx:
        heads = {one.destination for one in await tx.deliveries.recent(ACME) if one.kind is Kind.HEAD}
    assert heads == {"ops", "second"}


async def test_who_cannot_be_read_is_not_watched(sqlite_store: Store) -> None:
    """A store that fails leaves no half-admitted company behind."""
    clock, failing = HandClock(), Failing(sqlite_store)
    bot = empty(failing, clock)  # type: ignore[arg-type]  # stands in for a store
    failing.fails = True
    with pytest.raises(StoreError):
        await bot.admit(ACME, of(ACME))
    assert list(bot.tenants) == []
    failing.fails = False
    await bot.admit(ACME, of(ACME))
    assert list(bot.tenants) == [ACME]
