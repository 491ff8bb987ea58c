import asyncio
from datetime import timedelta

from sqlalchemy import text

from bot.store import Store
from bot.store.requests import REMEMBERED
from tests.store.samples import T0

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


async def test_a_request_is_news_once(store: Store) -> None:
    """Until nobody delivers it again: then it is forgotten, batch by batch."""
    async with store.begin() as tx:
        assert [await tx.requests.first(one, T0) for one in ("1", "2", "1")] == [True, True, False]
        late = T0 + REMEMBERED + timedelta(seconds=1)
        assert await tx.requests.first("3", late)
        assert [await tx.requests.retire(late, at_most=1) for _ in range(3)] == [1, 1, 0]
        assert [await tx.requests.first(one, late) for one in ("1", "3")] == [True, False]


async def test_what_was_given_up_is_news_to_who_waited_for_it(postgres_url: str) -> None:
    """The second process waits for the first, and does what that one could not."""
    async with await Store.open(postgres_url) as one, await Store.open(postgres_url) as two:

        async def second() -> bool:
            async with two.begin() as tx:
                return await tx.requests.first("1", T0)

        async with one.begin() as tx:
            assert await tx.requests.first("1", T0)
            waiting = asyncio.create_task(second())
            while not await tx.connection.scalar(WAITING):  # noqa: ASYNC110 - the database does it
                await asyncio.sleep(0)
            await tx.connection.rollback()
        assert await waiting
