"""A budget that several processes share."""

from datetime import timedelta

from bot.store import Store

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def test_what_is_taken_adds_up_whoever_takes_it(store: Store) -> None:
    """From now on, where it was not used up; each name for itself."""
    async with store.begin() as tx:
        assert MINUTE - timedelta(seconds=30) < await tx.budgets.take("a", MINUTE) <= MINUTE
    async with store.begin() as tx:
        assert MINUTE < await tx.budgets.take("a", MINUTE) <= 2 * MINUTE
        assert await tx.budgets.take("b", MINUTE) <= MINUTE


async def test_what_is_long_over_is_not_owed(store: Store) -> None:
    """Nobody saves up for later either."""
    async with store.begin() as tx:
        await tx.budgets.take("a", -HOUR)
        assert await tx.budgets.take("a", MINUTE) <= MINUTE
