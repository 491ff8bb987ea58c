"""Workers share the shards: each its part, every shard by one, and none by nobody for long."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.app.holder import ALL, EVERY, LENGTH, SHARD, WORKER, Holder, Share, share
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
    assert sorted(len(each.shards.held) for each in workers) == [21, 21, 22]
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


TURNS = 10
"""Within so many of each worker's all is shared out."""


class Floor:
    """Workers that share by the rule alone, each looking before it changes anything."""

    def __init__(self) -> None:
        self.held: dict[str, set[int]] = {}
        self.moves = 0

    def leases(self) -> list[Lease]:
        shards = [Lease(f"{SHARD}{shard}", owner) for owner, ours in self.held.items() for shard in ours]
        return [*(Lease(f"{WORKER}{owner}", owner) for owner in self.held), *shards]

    def settle(self, chance: random.Random, *, at_once: int = 1) -> None:
        """Have all take turns, so many of them by the same look, until none of them changes anything."""
        for _ in range(TURNS):
            before = self.moves
            for some in batched(chance.sample(sorted(self.held), len(self.held)), at_once):
                for owner, fair in [(owner, share(self.leases(), owner)) for owner in some]:
                    self.turn(owner, fair)
            if before == self.moves:
                return
        raise AssertionError(self.held)

    def turn(self, owner: str, fair: Share) -> None:
        ours = self.held[owner]
        assert fair.surplus <= ours
        still_free = fair.free.difference(*self.held.values())
        gained = sorted(still_free)[: fair.room]
        self.held[owner] = (ours - fair.surplus).union(gained)
        self.moves += len(fair.surplus) + len(gained)

    def is_fair(self) -> bool:
        sizes = [len(ours) for ours in self.held.values()]
        return sum(sizes) == SHARDS and frozenset().union(*self.held.values()) == ALL and max(sizes) - min(sizes) <= 1


def batched(names: Sequence[str], size: int) -> list[Sequence[str]]:
    """Cut into pieces."""
    return [names[start : start + size] for start in range(0, len(names), size)]


def test_shares_are_fair_for_any_number_of_workers_that_come_and_go() -> None:
    """One after the other up to more than there are shards, and down again; what is settled stays."""
    chance, floor = random.Random(7), Floor()  # noqa: S311 - the same each time
    names = [f"worker-{number}" for number in range(70)]
    for name in chance.sample(names, len(names)):
        floor.held[name] = set()
        floor.settle(chance)
        assert floor.is_fair(), len(floor.held)
    for name in chance.sample(names, len(names) - 1):
        del floor.held[name]
        floor.settle(chance)
        assert floor.is_fair(), len(floor.held)


def test_nothing_moves_but_what_a_newcomer_gets_and_one_that_goes_had() -> None:
    """Nobody else gives a shard away to take another one."""
    chance, floor = random.Random(7), Floor()  # noqa: S311 - as above
    names = [f"worker-{number}" for number in range(SHARDS)]
    for name in chance.sample(names, len(names)):
        before = dict(floor.held)
        floor.held[name] = set()
        floor.settle(chance)
        assert all(floor.held[owner] == ours - floor.held[name] for owner, ours in before.items())
    for name in chance.sample(names, len(names) - 1):
        had = floor.held.pop(name)
        before = dict(floor.held)
        floor.settle(chance)
        assert all(ours == floor.held[owner] - had for owner, ours in before.items())


@given(
    st.lists(st.sets(st.integers(0, SHARDS - 1)), min_size=1, max_size=30),
    st.integers(1, 30),
    st.randoms(use_true_random=False),
)
def test_shares_become_fair_whatever_is_held(wishes: list[set[int]], at_once: int, chance: random.Random) -> None:
    """Also where several act by what they saw before the others did."""
    floor, free = Floor(), set(ALL)
    for owner, wanted in enumerate(wishes):
        floor.held[str(owner)] = wanted & free
        free -= wanted
    floor.settle(chance, at_once=at_once)
    assert floor.is_fair()


def test_a_tenants_shard_is_the_same_everywhere_and_all_are_used() -> None:
    """By its name alone."""
    assert shard_of("default") == 34
    sizes = [sum(shard_of(f"tenant-{n}") == shard for n in range(6400)) for shard in range(SHARDS)]
    assert min(sizes) > 60


def test_a_lease_outlives_several_renewals_that_fail() -> None:
    """One lost answer hands nothing over."""
    assert 3 * EVERY < LENGTH
