import asyncio
from datetime import timedelta

import pytest

from bot.jobs import Args
from bot.jobs.runner import LONGEST_ERROR, Runner
from tests.jobs.adapters import SkewedClock


class SomeError(Exception):
    """What a task may raise."""


def runner(error: BaseException | None, *, limit: timedelta = timedelta(seconds=5)) -> Runner:
    """Make a runner of one task, which raises this."""

    async def task(_: Args) -> None:
        if error is not None:
            raise error

    made = Runner(SkewedClock())
    made.register("task", task, limit)
    return made


async def test_a_run_that_goes_well_is_counted() -> None:
    """With its times."""
    made = runner(None)
    assert await made.run("task", {}) is None
    count = made.counts()["task"]
    assert (count.runs, count.running, count.failures, count.last_error) == (1, 0, 0, "")
    assert count.last_started is not None
    assert count.last_ended is not None
    assert count.last_started <= count.last_ended


async def test_a_crash_is_told_in_a_line_and_counted() -> None:
    """Whatever was raised, and however long its words."""
    made = runner(SomeError("x" * 10_000))
    error = await made.run("task", {})
    assert error is not None
    assert error.startswith("SomeError: xxx")
    assert len(error) == LONGEST_ERROR
    await made.run("task", {})
    count = made.counts()["task"]
    assert (count.runs, count.failures, count.failed_in_a_row, count.last_error) == (2, 2, 2, error)


async def test_a_run_over_its_limit_is_a_crash() -> None:
    """It is cut off."""

    async def hang(_: Args) -> None:
        await asyncio.Event().wait()

    made = Runner(SkewedClock())
    made.register("task", hang, timedelta(seconds=0.01))
    assert await made.run("task", {}) == "TimeoutError: "


async def test_a_cancelled_run_is_counted_and_passes_the_cancel_on() -> None:
    """A stop is no crash to be swallowed."""
    made = runner(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await made.run("task", {})
    count = made.counts()["task"]
    assert (count.running, count.failures, count.last_error) == (0, 1, "stopped midway")
