"""Garbage collection, whatever there is in memory."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.app.heap import APART, collecting
from bot.app.loops import Beat
from tests.demo.loops import without_waiting


class Circle:
    """Refers to itself, so that only a collection frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Leave the collector of the tests as it was."""
    yield
    gc.unfreeze()


@without_waiting
async def test_what_lives_on_is_not_visited_again_and_what_is_forgotten_goes() -> None:
    lasting, beats = [[number] for number in range(1_000)], list[int]()
    heap = asyncio.create_task(_run(lambda: beats.append(1)))
    await asyncio.sleep(0)
    visited = gc.get_objects()
    assert not {id(one) for one in lasting} & {id(one) for one in visited}
    circle = Circle()
    forgotten = weakref.ref(circle)
    del circle, visited
    await asyncio.sleep(APART.total_seconds())
    assert forgotten() is None
    assert len(beats) == 2
    heap.cancel()


@without_waiting
async def test_what_was_set_apart_and_is_forgotten_goes_with_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.app.heap.SWEEP", 3)
    circle = Circle()
    heap = asyncio.create_task(_run(lambda: None))
    await asyncio.sleep(APART.total_seconds() / 2)
    forgotten = weakref.ref(circle)
    del circle
    await asyncio.sleep(2 * APART.total_seconds())
    assert forgotten() is not None
    await asyncio.sleep(APART.total_seconds())
    assert forgotten() is None
    heap.cancel()


async def _run(beat: Beat) -> None:
    await collecting().run(beat)
