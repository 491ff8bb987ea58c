"""Story time, on a loop whose own time is not real either."""

import asyncio
from datetime import timedelta

import pytest

from bot.demo.clock import StoryClock
from tests.demo.conftest import NOON
from tests.demo.loops import without_waiting

MINUTE = timedelta(minutes=1)


def story(speed: float = 60.0) -> StoryClock:
    """Begin a story on the running loop's time."""
    return StoryClock(NOON, speed=speed, ticks=asyncio.get_running_loop().time)


@without_waiting
async def test_time_runs_as_fast_as_it_is_told() -> None:
    """At sixty times the speed a second is a minute."""
    clock = story()
    await asyncio.sleep(1)
    assert clock.now() == NOON + MINUTE
    assert clock.speed == 60


@without_waiting
async def test_a_sleeper_wakes_at_its_moment() -> None:
    """Ten story minutes are ten real seconds."""
    clock = story()
    await clock.sleep(10 * MINUTE)
    assert asyncio.get_running_loop().time() == pytest.approx(10)
    assert clock.now() >= NOON + 10 * MINUTE


@without_waiting
async def test_a_sleeper_follows_when_the_clock_runs_faster() -> None:
    """Five of ten minutes pass at 60, the others at 600."""
    clock = story()
    sleeper = asyncio.create_task(clock.sleep(10 * MINUTE))
    await asyncio.sleep(5)
    clock.run_at(600)
    await sleeper
    assert asyncio.get_running_loop().time() == pytest.approx(5.5)


@without_waiting
async def test_a_sleeper_follows_when_the_clock_runs_slower() -> None:
    """What is left takes longer then."""
    clock = story()
    sleeper = asyncio.create_task(clock.sleep(2 * MINUTE))
    await asyncio.sleep(1)
    clock.run_at(1)
    await sleeper
    assert asyncio.get_running_loop().time() == pytest.approx(61)


@without_waiting
async def test_a_jump_wakes_those_whose_moment_has_come_and_no_others() -> None:
    """The one sleeps to the jump's near side, the other beyond it."""
    clock = story()
    near, far = asyncio.create_task(clock.sleep(60 * MINUTE)), asyncio.create_task(clock.sleep(180 * MINUTE))
    await asyncio.sleep(0)
    clock.jump_to(NOON + 120 * MINUTE)
    await near
    assert not far.done()
    assert clock.now() == NOON + 120 * MINUTE
    await far
    assert asyncio.get_running_loop().time() == pytest.approx(60)


@without_waiting
async def test_a_stopped_clock_holds_everybody_until_it_runs_again() -> None:
    """Speed 0 is a pause."""
    clock = story(speed=0)
    sleeper = asyncio.create_task(clock.sleep(MINUTE))
    await asyncio.sleep(100)
    assert clock.now() == NOON
    assert not sleeper.done()
    clock.run_at(60)
    await sleeper
    assert asyncio.get_running_loop().time() == pytest.approx(101)


@without_waiting
async def test_time_never_runs_backwards() -> None:
    """Neither by a jump nor by a speed."""
    clock = story()
    with pytest.raises(ValueError, match="cannot jump back"):
        clock.jump_to(NOON - MINUTE)
    with pytest.raises(ValueError, match="cannot run backwards"):
        clock.run_at(-1)
    with pytest.raises(ValueError, match="cannot run backwards"):
        story(speed=-1)


@without_waiting
async def test_a_sleep_of_nothing_lets_others_run() -> None:
    """A loop that sleeps for no time must not starve the rest."""
    clock = story()
    other = asyncio.create_task(asyncio.sleep(0))
    await clock.sleep(timedelta())
    await clock.sleep(timedelta(seconds=-5))
    assert other.done()


@without_waiting
async def test_a_sleeper_can_be_called_off() -> None:
    """Cancelling leaves nothing behind."""
    sleeper = asyncio.create_task(story().sleep(MINUTE))
    await asyncio.sleep(0.1)
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper


class Ticks:
    """A real time that is moved by hand."""

    def __init__(self) -> None:
        """Begin at some count."""
        self.now = 5000.0

    def __call__(self) -> float:
        """Count seconds."""
        return self.now


@without_waiting
async def test_a_stall_of_the_machine_is_no_time_of_the_story() -> None:
    """A second without the processor counts as 25 ms, which are a second and a half at sixty."""
    ticks = Ticks()
    clock = StoryClock(NOON, speed=60, ticks=ticks)
    async with clock.steady():
        assert clock.now() == NOON
        ticks.now += 0.01
        assert clock.now() == NOON + timedelta(seconds=0.6)
        ticks.now += 1
        assert clock.now() == NOON + timedelta(seconds=1.5)
        await asyncio.sleep(0.015)
        assert clock.now() == NOON + timedelta(seconds=1.5)
        ticks.now += 0.02
        assert clock.now() == NOON + timedelta(seconds=2.7)
    ticks.now += 1
    assert clock.now() == NOON + timedelta(seconds=62.7)


@without_waiting
async def test_a_steady_clock_leaps_and_changes_its_speed_like_any_other() -> None:
    """Sleepers wake at their moments."""
    clock = story()
    async with clock.steady():
        await clock.sleep(MINUTE)
        clock.jump_to(NOON + 60 * MINUTE)
        clock.run_at(600)
        await clock.sleep(10 * MINUTE)
    assert asyncio.get_running_loop().time() == pytest.approx(2, abs=0.1)
    assert clock.now() >= NOON + 70 * MINUTE
