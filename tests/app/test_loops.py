import asyncio
import random
from collections.abc import Callable
from datetime import timedelta

from structlog.testing import capture_logs

from bot.app.loops import Beat, Loop, Loops
from tests.demo.loops import without_waiting

MINUTE = timedelta(minutes=1)


def loops() -> Loops:
    return Loops(random.Random(0))  # noqa: S311 - jitter


class Begun:
    """Counts how often a loop was begun, and does each time what it is told."""

    def __init__(self, *runs: Callable[[Beat], object]) -> None:
        self._runs = [*runs]
        self.times = 0

    async def run(self, beat: Beat) -> None:
        """Do what this beginning is to do, and come round every second after the last."""
        self.times += 1
        if self._runs:
            result = self._runs.pop(0)(beat)
            await result if asyncio.iscoroutine(result) else None
        while not self._runs:
            beat()
            await asyncio.sleep(1)


def crash(_: Beat) -> None:
    raise OSError("no route to host")


async def hang(_: Beat) -> None:
    await asyncio.Event().wait()


@without_waiting
async def test_a_loop_that_comes_round_is_left_alone() -> None:
    kept, begun = loops(), Begun()
    async with kept.running(Loop(name="steady", run=begun.run, deadline=MINUTE)):
        await asyncio.sleep(600)
        (state,) = kept.states()
        assert (begun.times, state.restarts) == (1, 0)
        assert state.age <= timedelta(seconds=1)


@without_waiting
async def test_a_loop_that_dies_is_begun_anew_and_says_why() -> None:
    kept, begun = loops(), Begun(crash)
    with capture_logs() as logs:
        async with kept.running(Loop(name="mortal", run=begun.run, deadline=MINUTE)):
            await asyncio.sleep(10)
            (state,) = kept.states()
    assert (begun.times, state.restarts, state.error) == (2, 1, "OSError: no route to host")
    assert state.failures == 0
    assert [(line["event"], line["loop"]) for line in logs] == [
        ("loop_crashed", "mortal"),
        ("loop_begun_anew", "mortal"),
    ]


@without_waiting
async def test_a_loop_that_hangs_is_cancelled_at_its_deadline_and_begun_anew() -> None:
    kept, begun = loops(), Begun(hang)
    async with kept.running(Loop(name="stuck", run=begun.run, deadline=MINUTE)):
        await asyncio.sleep(59)
        assert begun.times == 1
        await asyncio.sleep(11)
        (state,) = kept.states()
        assert (begun.times, state.restarts, state.error) == (2, 1, "no sign of life for 60 s")


@without_waiting
async def test_a_loop_that_dies_again_and_again_is_begun_ever_more_slowly_and_counts_as_stuck() -> None:
    kept, begun = loops(), Begun(*[crash] * 1000)
    async with kept.running(Loop(name="doomed", run=begun.run, deadline=MINUTE)):
        await asyncio.sleep(3600)
        (state,) = kept.states()
        assert 30 <= begun.times <= 70
        assert state.age == timedelta(hours=1)


@without_waiting
async def test_a_loop_that_cannot_be_cancelled_never_runs_twice() -> None:
    released = asyncio.Event()

    async def stubborn(_: Beat) -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    kept, begun = loops(), Begun(stubborn)
    async with kept.running(Loop(name="stubborn", run=begun.run, deadline=MINUTE)):
        await asyncio.sleep(600)
        assert begun.times == 1
        assert kept.states()[0].age == timedelta(seconds=600)
        released.set()
        await asyncio.sleep(20)
        assert begun.times == 2


@without_waiting
async def test_a_loop_that_ends_by_itself_is_begun_anew() -> None:
    kept = loops()

    async def short(_: Beat) -> None:
        await asyncio.sleep(1)

    async with kept.running(Loop(name="short", run=short, deadline=MINUTE)):
        await asyncio.sleep(2)
        assert kept.states()[0].error == "ended by itself"


@without_waiting
async def test_what_somebody_else_keeps_is_watched() -> None:
    kept = loops()
    beat = kept.watch("page", MINUTE)
    await asyncio.sleep(30)
    assert kept.states()[0].age == timedelta(seconds=30)
    beat()
    assert kept.states()[0].age == timedelta()


@without_waiting
async def test_at_the_end_of_the_block_nothing_runs_on_and_nothing_is_watched() -> None:
    kept, begun = loops(), Begun()
    async with kept.running(Loop(name="steady", run=begun.run, deadline=MINUTE)):
        await asyncio.sleep(1)
    assert kept.states() == ()
    assert asyncio.all_tasks() == {asyncio.current_task()}
