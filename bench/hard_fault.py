"""How soon the real bot tells that all sending is refused: real messages, real chat, from the first refusable moment.

Goal: half an interval and ten seconds on average, since the first refusal makes the bot ask for confirming probes.
"""

import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

from bot.app.clock import SystemClock
from bot.demo.clock import StoryClock
from bot.demo.mail.faults import MailFault, Trouble
from bot.demo.world import world
from tests.end_to_end.process import mailstatus, until, write_settings

PORT = 18026
INTERVAL = 20
TRIALS = 5
SEND_FAILS = MailFault(trouble=Trouble.REFUSE, routes=("outbound-eu", "outbound-us"))


async def trial(folder: Path, chance: random.Random) -> float:
    """Let a new bot watch healthy mail, break it at a random moment, and time it until both chats were told."""
    now = SystemClock().now()
    async with world(clock=StoryClock(now, speed=20), rng=chance, folder=folder, today=now) as box:
        write_settings(box.facts, folder, PORT, every=f"{INTERVAL}s")
        async with mailstatus(folder) as bot:
            await until(lambda: sum("probe_sent" in line for line in bot.log) >= 14, "healthy messages travel")
            await asyncio.sleep(chance.uniform(0, INTERVAL))
            box.mail.faults.switch_on(SEND_FAILS)
            begin = time.perf_counter()
            await until(lambda: box.slack.workspace.posts and box.teams.posted, "both chats are told")
            took = time.perf_counter() - begin
            await bot.stop()
    return took


def main() -> None:
    """Try several times, each with a bot that knows nothing yet."""
    chance = random.Random(7)  # noqa: S311 - the same each time
    took = []
    for _ in range(TRIALS):
        with tempfile.TemporaryDirectory() as folder:
            took.append(asyncio.run(trial(Path(folder), chance)))
    goal = INTERVAL / 2 + 10
    print(
        f"all sending refused, a message every {INTERVAL} s a route: told after {statistics.fmean(took):.1f} s (mean)"
    )
    print(f"worst {max(took):.1f} s of {TRIALS} (goal: {goal:.0f} s on average)")


if __name__ == "__main__":
    main()
