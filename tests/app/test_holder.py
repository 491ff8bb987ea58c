"""Workers share the shards: each its part, every shard by one, and none by nobody for long."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.app.holder import ALL, EVERY, LENGTH, SHARD, WORKER, Holder, share
from bot.app.shards import SHARDS, shard_of
from bot.store import Lease, Store, StoreError
from bot.store.engine import open_leasing
from bot.store.leases import Leases


@dataclass
class Held:
    """Notes what is held."""

    held: frozenset[int] = frozenset()
    history: list[frozenset[int]] = field(default_factory=list)

    def hold(self, shards: frozenset[int]) -> None:
        self.held = shards
        self.history.append(shards)

    async def closed(self, patience: float) -> None:
        """Nothing takes time here."""

    async def aclose(self) -> None:
        self.hold(frozenset())


class Silent(Leases):
    """Leases at the far end of a connection that is half open: every question waits for ever."""

    async def renew(self, owner: str, length: timedelta) -> frozenset[str]:
        await asyncio.Event().wait()
        raise AssertionError(owner, length)


class Gone(Leases):
    """Leases in a database that is down."""

    async def renew(self, owner: str, length: timedelta) -> frozenset[str]:
        raise StoreError(f"store: nobody answers {owner} for {length}")


def worker(store: Store, owner: str) -> Holder:
    chance = random.Random(owner)  # noqa: S311 - the same each time
    return Holder(leases=store.leases, shards=Held(), owner=owner, chance=chance)


async def rounds(*workers: Holder, times: int = 3) -> None:
    """Have each take its turn, several times over: no two ever hold the same."""
    for _ in range(times):
        for one in workers:
            await one.turn()
            everyone = [shard for other in workers for shard in other.shards.held]
            assert len(everyone) == len(set(everyone))


async def pass_time(store: Store, length: timedelta) -> None:
    """Let the database's clock go on."""
    async with store.begin() as tx:
        await tx.connection.execute(
            text("UPDATE leases SET until = until - :by"), {"by": length // timedelta(microseconds=1)}
        )


@pytest.fixture
async def workers(store: Store) -> AsyncIterator[tuple[Holder, Holder, Holder]]:
    """Three workers; at the end none of their alarms is left."""
    three = worker(store, "one"), worker(store, "two"), worker(store, "three")
    yield three
    for one in three:
        one._silence()


async def test_each_takes_its_part_and_all_is_held(workers: tuple[Holder, Holder, Holder]) -> None:
    """A rolling start: the first has all, and hands over as the others come."""
    one, two, three = workers
    await rounds(one)
    assert one.shards.held == ALL
    await rounds(one, two)
    assert {len(one.shards.held), len(two.shards.held)} == {SHARDS // 2}
    await rounds(one, two, three)
    assert sorted(len(each.shards.held) for each in workers) == [20, 22, 22]
    assert frozenset().union(*(each.shards.held for each in workers)) == ALL


async def test_what_a_dead_worker_held_goes_to_the_others(store: Store, workers: tuple[Holder, Holder, Holder]) -> None:
    """Once its leases have run out, and not before."""
    one, two, three = workers
    await rounds(*workers)
    lost = three.shards.held
    await rounds(one, two)
    assert not (one.shards.held | two.shards.held) & lost
    await pass_time(store, LENGTH)
    await one.leases.renew(one.owner, LENGTH)
    await two.leases.renew(two.owner, LENGTH)
    await rounds(one, two)
    assert one.shards.held | two.shards.held == ALL


async def test_one_that_stops_hands_over_at_once(workers: tuple[Holder, Holder, Holder]) -> None:
    """The others need not wait for its leases to end."""
    one, two, three = workers
    await rounds(*workers)
    await three.aclose()
    assert three.shards.held == frozenset()
    await rounds(one, two)
    assert one.shards.held | two.shards.held == ALL


async def test_one_that_was_cut_off_comes_back_as_anybody_does(
    store: Store, workers: tuple[Holder, Holder, Holder]
) -> None:
    """What it held is others' by then; it holds nothing of that, not even for a moment."""
    one, two, three = workers
    await rounds(*workers)
    three._lapse()
    await pass_time(store, LENGTH)
    await one.leases.renew(one.owner, LENGTH)
    await two.leases.renew(two.owner, LENGTH)
    await rounds(one, two)
    await rounds(three, one, two)
    await rounds(*workers)
    assert frozenset().union(*(each.shards.held for each in workers)) == ALL


async def test_one_that_gets_no_answer_lets_go_before_its_leases_end(store: Store) -> None:
    """By its own steady clock, while the question still waits."""
    engine = open_leasing(store.engines[0])
    held = Held()
    chance = random.Random(1)  # noqa: S311 - as above
    short = timedelta(seconds=2.2)
    cut_off = Holder(leases=Silent(engine), shards=held, owner="one", chance=chance, length=short)
    cut_off._hold(ALL, asyncio.get_running_loop().time())
    with pytest.raises(TimeoutError):
        await cut_off.turn()
    assert held.history == [ALL, frozenset()]
    await engine.dispose()


async def test_a_store_that_is_away_for_a_moment_costs_nothing(
    store: Store, workers: tuple[Holder, Holder, Holder]
) -> None:
    """What is leased stays watched until the lease is over."""
    one, *_ = workers
    await rounds(one)
    one.leases = Gone(store.engines[0])
    with pytest.raises(StoreError):
        await one.turn()
    assert one.shards.held == ALL


async def test_workers_whose_clocks_differ_by_hours_agree(workers: tuple[Holder, Holder, Holder]) -> None:
    """None of their clocks is asked."""
    for hours in (0, 5, -7, 11):
        for one in workers:
            with time_machine.travel(
                datetime.fromisoformat("2026-11-29T12:00:00+00:00") + timedelta(hours=hours), tick=True
            ):
                await rounds(one, times=1)
    assert frozenset().union(*(each.shards.held for each in workers)) == ALL
    assert max(len(each.shards.held) for each in workers) == 22


@given(st.lists(st.sets(st.integers(0, SHARDS - 1)), min_size=1, max_size=6))
def test_shares_are_fair_whatever_is_held(wishes: list[set[int]]) -> None:
    """Who has more than a part gives the rest, who has less may take as much as is missing, and no more than that."""
    free, leases = set(ALL), []
    for owner, wanted in enumerate(wishes):
        leases.append(Lease(f"{WORKER}{owner}", str(owner)))
        leases += [Lease(f"{SHARD}{shard}", str(owner)) for shard in wanted & free]
        free -= wanted
    part = -(-SHARDS // len(wishes))
    for owner in range(len(wishes)):
        ours = {
            int(one.name.removeprefix(SHARD))
            for one in leases
            if one.name.startswith(SHARD) and one.owner == str(owner)
        }
        fair = share(leases, str(owner))
        assert fair.free == free
        assert len(ours) - len(fair.surplus) + fair.room == (part if fair.room or fair.surplus else len(ours))
        assert fair.surplus <= ours


def test_a_tenants_shard_is_the_same_everywhere_and_all_are_used() -> None:
    """By its name alone."""
    assert shard_of("default") == 34
    sizes = [sum(shard_of(f"tenant-{n}") == shard for n in range(6400)) for shard in range(SHARDS)]
    assert min(sizes) > 60


def test_a_lease_outlives_several_renewals_that_fail() -> None:
    """One lost answer hands nothing over."""
    assert 3 * EVERY < LENGTH
