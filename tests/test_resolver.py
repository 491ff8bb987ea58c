"""A resolver that is dead: no name is found along any route; that is our own line, not the mail."""

from datetime import timedelta

from bot.pipeline import Pipeline
from bot.store import Store
from bot.types import Arrived, Change, Observation, Sent, Unreachable
from tests.test_clock_jumps import rung
from tests.test_pipeline import OPS, ROUTES, HandClock, pipeline

DEAD = "[Errno -3] Temporary failure in name resolution"


async def lived(bot: Pipeline, clock: HandClock, minutes: int, *, resolved: bool) -> list[Change]:
    """Send one message a minute along every route; each arrives, or no server's name is found."""
    changes: list[Change] = []
    for minute in range(minutes):
        for route in ROUTES:
            probe = f"{route.name}-{clock.at.isoformat()}-{minute}"
            sent = Sent(at=clock.at, route=route.name, probe=probe)
            clock.at += timedelta(seconds=8)
            took = timedelta(seconds=8)
            end: Observation = (
                Arrived(at=clock.at, route=route.name, probe=probe, latency=took)
                if resolved
                else Unreachable(at=clock.at, route=route.name, probe=probe, error=DEAD)
            )
            changes += await bot.take("default", [sent, end])
        clock.at += timedelta(seconds=60 - 8 * len(ROUTES))
        changes += await bot.tick("default")
    return changes


async def test_a_dead_resolver_is_told_as_our_own_blindness_and_never_as_an_outage(sqlite_store: Store) -> None:
    clock = HandClock()
    bot = await pipeline(sqlite_store, clock, [OPS])
    assert rung(await lived(bot, clock, 30, resolved=True)) == []
    changes = await lived(bot, clock, 40, resolved=False)
    assert {change.reason for change in changes if change.rings} == {"cannot see"}
    assert bot.snapshot("default").open == ()
    changes = await lived(bot, clock, 20, resolved=True)
    assert {change.reason for change in changes if change.rings} == {"sees again"}
