import asyncio
import sys
import threading

from bot.app.watchdog import EXIT_CODE, Patience, Standstill, Watchdog

BLOCKED = """
import asyncio, random
from bot.app.logs import to_standard_error
from bot.app.loops import Loop, Loops
from bot.app.watchdog import Patience, Watchdog
from datetime import timedelta

async def holds_everything_up():
    while True:
        pass

async def main():
    to_standard_error("info")
    dog = Watchdog(patience=Patience(every=0.05, warn=3, exit=40))
    dog.start()
    async with Loops(random.Random(0)).running(Loop(name="event loop", run=dog.turn, deadline=timedelta(minutes=1))):
        await asyncio.sleep(0)
        await holds_everything_up()

asyncio.run(main())
"""


async def test_a_process_whose_loop_is_held_up_says_where_and_ends_with_its_own_code() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BLOCKED, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == EXIT_CODE == 70
    assert b"event_loop_blocked" in said
    assert b"holds_everything_up" in said
    assert said.count(b"event_loop_blocked") == 1


def test_a_loop_that_turns_is_never_at_a_standstill() -> None:
    still = Standstill()
    assert [still.look(turns) for turns in (1, 2, 3, 4)] == [0, 0, 0, 0]


def test_a_standstill_is_counted_in_looks_so_that_a_process_that_was_stopped_as_a_whole_is_not_to_blame() -> None:
    still = Standstill()
    assert [still.look(turns) for turns in (1, 1, 1, 2, 2)] == [0, 1, 2, 0, 1]


def test_a_standstill_that_passes_is_counted_and_measured_and_ends_nothing() -> None:
    ends: list[str] = []
    dog = Watchdog(patience=Patience(every=2.0, warn=5, exit=60), leave=lambda: ends.append("end"))
    held = threading.get_ident()
    for _ in range(1 + 7):
        dog.look(held)
    dog.turns += 1
    dog.look(held)
    assert (dog.blocked, dog.longest, ends) == (1, 14.0, [])


def test_a_standstill_without_end_ends_the_process() -> None:
    ends: list[str] = []
    dog = Watchdog(patience=Patience(every=2.0, warn=5, exit=60), leave=lambda: ends.append("end"))
    for _ in range(1 + 60):
        dog.look(threading.get_ident())
    assert (dog.blocked, ends) == (1, ["end"])
