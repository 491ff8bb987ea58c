"""The loop that shows that the others come round: to the watchdog's thread, and to systemd."""

from datetime import timedelta

from bot.app.loops import Beat, Loop, Loops
from bot.app.systemd import WATCHDOG, Systemd
from bot.app.watchdog import Watchdog

TURN_DEADLINE = timedelta(seconds=30)


def turning(watchdog: Watchdog, loops: Loops, systemd: Systemd) -> Loop:
    """Give the loop that counts the event loop's turns; systemd hears nothing more once a loop cannot be ended."""

    async def turn(beat: Beat) -> None:
        def turned() -> None:
            beat()
            if loops.come_round:
                systemd.tell(WATCHDOG)

        await watchdog.turn(turned)

    return Loop(name="event loop", run=turn, deadline=TURN_DEADLINE)
