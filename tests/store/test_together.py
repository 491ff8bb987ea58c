"""Transactions that many ask for at the same time, made one."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.store import StoreError, Together


class Work:
    """Notes what it is given together; a time takes until it is let go on, and what is bad fails all of a time."""

    def __init__(self) -> None:
        self.times: list[list[str]] = []
        self.bad: set[str] = set()
        self.passing = True
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, items: Sequence[str]) -> None:
        self.times.append(list(items))
        await self.go_on.wait()
        if self.bad & set(items):
            raise StoreError(f"bad: {sorted(self.bad & set(items))}", passing=self.passing)


async def test_who_is_alone_is_done_at_once_and_what_comes_meanwhile_together() -> None:
    work = Work()
    together = Together(work)
    await together.do("alone")
    work.go_on.clear()
    asked = [asyncio.create_task(together.do(name)) for name in "abcde"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    work.go_on.set()
    await asyncio.gather(*asked)
    assert work.times[0] == ["alone"]
    assert [name for time in work.times[1:] for name in time] == list("abcde")
    assert len(work.times) <= 3


async def test_one_that_cannot_be_done_keeps_no_other_from_it() -> None:
    work = Work()
    together, work.bad = Together(work), {"b"}
    ended = await asyncio.gather(*map(together.do, "abc"), return_exceptions=True)
    assert [str(one) if one else "" for one in ended] == ["", "bad: ['b']", ""]


async def test_several_that_can_never_be_done_keep_no_other_from_it() -> None:
    """However many follow on each other: it is not the store that fails."""
    work = Work()
    together, work.bad, work.passing = Together(work), {"b", "c", "d"}, False
    ended = await asyncio.gather(*map(together.do, "abcde"), return_exceptions=True)
    assert [str(one) if one else "" for one in ended] == ["", "bad: ['b']", "bad: ['c']", "bad: ['d']", ""]


async def test_a_store_that_is_gone_is_not_asked_once_for_each() -> None:
    work = Work()
    names = [str(number) for number in range(50)]
    together, work.bad = Together(work), set(names)
    ended = await asyncio.gather(*map(together.do, names), return_exceptions=True)
    assert all(isinstance(one, StoreError) for one in ended)
    assert len(work.times) == 3


async def test_who_gives_up_waiting_is_left_out_or_waits_for_the_end_of_what_has_begun() -> None:
    """Whoever went on with the same thing while it is being saved would lose what came after."""
    work = Work()
    together = Together(work)
    work.go_on.clear()
    begun = asyncio.create_task(together.do("begun"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting = asyncio.create_task(together.do("waiting"))
    await asyncio.sleep(0)
    for task in (begun, waiting):
        task.cancel()
    await asyncio.wait({waiting})
    assert not begun.done()
    work.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await begun
    assert work.times == [["begun"]]


async def test_nobody_is_left_waiting_when_the_program_ends() -> None:
    """It cancels every task, also that which does what was asked for."""
    work = Work()
    together = Together(work)
    work.go_on.clear()
    before = asyncio.all_tasks()
    asked = [asyncio.create_task(together.do(name)) for name in "abc"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert work.times
    async with asyncio.timeout(5):
        for task in asyncio.all_tasks() - before:
            task.cancel()
        ended = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended)
