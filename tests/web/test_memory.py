import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.store import StoreError
from bot.types import Direction
from bot.web.history import DelayPoint
from bot.web.memory import KEPT, Remembered
from tests.web.examples import NOW, PastOf, points

HOUR = timedelta(hours=1)
KNOWN = points(Direction.OUTBOUND)


class Broken:
    """A history that raises an error, and counts how often it is asked."""

    def __init__(self, error: Exception) -> None:
        self.asked = 0
        self._error = error

    async def delays(self, tenant: str, *, since: datetime, until: datetime, step: timedelta) -> Sequence[DelayPoint]:
        """Fail."""
        assert tenant, (since, until, step)
        self.asked += 1
        raise self._error


async def read(history: Remembered, *, hours: int = 2) -> Sequence[DelayPoint]:
    """Read the last hours."""
    return await history.delays("default", since=NOW - hours * HOUR, until=NOW, step=HOUR)


async def test_many_who_look_at_once_ask_the_store_once() -> None:
    past = PastOf(KNOWN)
    history = Remembered(past)
    answers = await asyncio.gather(*(read(history) for _ in range(20)))
    assert len(past.asked) == 1
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)


async def test_another_range_is_another_question() -> None:
    past = PastOf(KNOWN)
    history = Remembered(past)
    await read(history)
    await read(history, hours=5)
    assert len(past.asked) == 2


async def test_a_store_that_does_not_answer_leaves_the_page_without_a_chart_and_is_not_pressed() -> None:
    broken = Broken(StoreError("store: no answer"))
    history = Remembered(broken)
    assert await read(history) == ()
    assert await read(history) == ()
    assert broken.asked == 1


async def test_no_more_than_some_answers_are_kept() -> None:
    history = Remembered(PastOf(KNOWN))
    for hours in range(1, KEPT + 20):
        await read(history, hours=hours)
    assert len(history._answers) == KEPT


async def test_a_bug_is_not_hidden() -> None:
    broken = Broken(ValueError("a bug"))
    with pytest.raises(ValueError, match="a bug"):
        await read(Remembered(broken))
