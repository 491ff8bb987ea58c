"""A far vantage's loops: one that hangs is begun anew, and systemd hears as long as all come round."""

import asyncio
import random
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.app.agent import DEADLINE, Agent
from bot.app.clock import SystemClock
from bot.app.loops import LAST_WORDS
from bot.app.systemd import WATCHDOG, Systemd
from tests.demo.loops import without_waiting

EVERY = timedelta(minutes=4)
LONG = 2 * EVERY + DEADLINE + timedelta(minutes=1)
NOBODY = Systemd(None)


class Hangs:
    """Does nothing for ever the first time, and its work each time after."""

    def __init__(self) -> None:
        self.times = 0
        self.stubborn = False

    async def run(self, *_: object) -> None:
        """Run a task, as the jobs' runner does."""
        self.times += 1
        while self.times == 1:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if not self.stubborn:
                    raise

    async def push(self, beat: Callable[[], None]) -> None:
        """Push for ever."""
        await self.run()
        while True:
            beat()
            await asyncio.sleep(1)


def agent(*, runner: Hangs | None = None, pusher: Hangs | None = None, routes: tuple[str, ...] = ()) -> Agent:
    """Give an agent whose runner or pusher hangs once."""
    lines = {name: SimpleNamespace(route=SimpleNamespace(interval=EVERY)) for name in routes}
    eyes: Any = SimpleNamespace(lines=lines, mailboxes={})
    pushes: Any = SimpleNamespace(run=pusher.push if pusher else _idle)
    runs: Any = runner
    return Agent(
        eyes=[eyes],
        pusher=pushes,
        clock=SystemClock(),
        chance=random.Random(1),  # noqa: S311 - the same each time
        runner=runs,
    )


async def _idle(beat: Callable[[], None]) -> None:
    while True:
        beat()
        await asyncio.sleep(1)


@without_waiting
async def test_a_round_that_hangs_is_begun_anew() -> None:
    """After two intervals and a while: a round waits for its interval anyway."""
    runner = Hangs()
    async with agent(runner=runner, routes=("out",)).running(NOBODY):
        await asyncio.sleep((LONG + 2 * EVERY).total_seconds())
    assert runner.times > 1


@without_waiting
async def test_a_confirming_message_that_hangs_does_not_hold_up_the_next() -> None:
    """The wish that came meanwhile is met."""
    runner = Hangs()
    asked = agent(runner=runner, routes=("out",))
    async with asked.running(NOBODY):
        asked.confirm(["out"])
        await asyncio.sleep(1)
        assert runner.times == 1
        asked.confirm(["out"])
        await asyncio.sleep(DEADLINE.total_seconds() + LAST_WORDS)
    assert runner.times > 1


@without_waiting
async def test_a_push_that_hangs_is_begun_anew() -> None:
    """Nothing is lost by it: what the bot has not said that it has is sent again."""
    pusher = Hangs()
    async with agent(pusher=pusher).running(NOBODY):
        await asyncio.sleep(DEADLINE.total_seconds() + LAST_WORDS)
    assert pusher.times == 2


@without_waiting
async def test_loops_with_nothing_to_do_are_left_alone() -> None:
    """Waiting for wishes is no hanging."""
    idle = agent()
    confirm = next(one for one in idle.loops() if one.name == "confirm")
    beats: list[float] = []
    loop = asyncio.get_running_loop()
    waiting = asyncio.ensure_future(confirm.run(lambda: beats.append(loop.time())))
    await asyncio.sleep(3600)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gaps = [after - before for before, after in zip([0.0, *beats], [*beats, 3600.0], strict=True)]
    assert max(gaps) < confirm.deadline.total_seconds() / 2


@pytest.mark.parametrize("stubborn", [False, True], ids=["all come round", "one cannot be ended"])
def test_systemd_hears_as_long_as_every_loop_comes_round(tmp_path: Path, *, stubborn: bool) -> None:
    """Then it restarts the vantage, which nothing else could."""
    pusher = Hangs()
    pusher.stubborn, pusher.times = stubborn, 0 if stubborn else 1

    @without_waiting
    async def heard(listening: socket.socket) -> None:
        async with agent(pusher=pusher).running(Systemd(str(tmp_path / "notify"))):
            await asyncio.sleep(2 * DEADLINE.total_seconds())
            _drained(listening)
            await asyncio.sleep(10)
            assert (WATCHDOG.encode() in _drained(listening)) is not stubborn
            pusher.times = 2

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0)
        heard(listening)


def _drained(listening: socket.socket) -> list[bytes]:
    """Read what came; systemd reads as it comes."""
    came: list[bytes] = []
    while True:
        try:
            came.append(listening.recv(100))
        except BlockingIOError:
            return came
