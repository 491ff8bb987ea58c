"""Leases go by the database's clock and by whose name stands in the row, whatever the workers' own clocks say."""

import asyncio
from datetime import timedelta

from bot.store import Lease, Store

LONG = timedelta(hours=1)
NONE = timedelta()
"""A lease that has run out when it is granted."""


async def test_what_one_holds_nobody_else_gets(store: Store) -> None:
    """Not even the same one a second time; others' leases are in the list as well."""
    assert await store.leases.take("one", "a", LONG)
    assert await store.leases.take("two", "b", LONG)
    assert not await store.leases.take("two", "a", LONG)
    assert await store.leases.held() == [Lease("a", "one"), Lease("b", "two")]


async def test_a_renewal_tells_what_is_still_ours(store: Store) -> None:
    """What ran out and was taken is not, what ran out and nobody took is ours again."""
    await store.leases.take("one", "a", NONE)
    await store.leases.take("one", "b", NONE)
    assert await store.leases.held() == []
    assert await store.leases.take("two", "a", LONG)
    assert await store.leases.renew("one", LONG) == {"b"}
    assert await store.leases.held() == [Lease("a", "two"), Lease("b", "one")]
    assert not await store.leases.take("two", "b", LONG)


async def test_what_is_given_back_is_free_at_once(store: Store) -> None:
    """Only what is one's own can be given."""
    await store.leases.take("one", "a", LONG)
    await store.leases.give("two", ["a"])
    assert not await store.leases.take("two", "a", LONG)
    await store.leases.give("one", ["a", "b"])
    assert await store.leases.take("two", "a", LONG)
    await store.leases.give("two", [])
    assert await store.leases.renew("two", LONG) == {"a"}


async def test_of_many_that_want_one_thing_one_gets_it(store: Store) -> None:
    """At the same time, from a lease that has run out."""
    await store.leases.take("gone", "a", NONE)
    got = await asyncio.gather(*(store.leases.take(f"w{number}", "a", LONG) for number in range(12)))
    assert sum(got) == 1


async def test_who_is_gone_for_long_is_forgotten(store: Store) -> None:
    """A day after the lease ended; who may be back is kept."""
    await store.leases.take("old", "a", timedelta(days=-2))
    await store.leases.take("late", "b", NONE)
    await store.leases.clear()
    assert await store.leases.renew("old", LONG) == frozenset()
    assert await store.leases.renew("late", LONG) == {"b"}
