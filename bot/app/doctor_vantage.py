"""Checks a far vantage: its way to the bot, its secret, its clock and its routes."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app.agent import Agent, open_agent
from bot.app.clock import SystemClock
from bot.app.doctor import SKEW, routes
from bot.app.doctor_result import Result
from bot.settings import Settings
from bot.vantage.push import PushError


async def examine_vantage(settings: Settings, url: str, *, say: Callable[[str], None]) -> bool:
    """Check one thing after another and say what was found; True if all is sound. Raises SettingsError, SpoolError."""
    sound = True
    # A spool of its own: the agent may be running, and has the other one.
    with TemporaryDirectory(prefix="mailstatus-") as folder:
        async with open_agent(settings, url, folder=Path(folder)) as agent:
            async for result in _results(agent):
                say(str(result))
                sound = sound and not result.fault
    return sound


async def _results(agent: Agent) -> AsyncIterator[Result]:
    yield Result(what="settings", detail=f"vantage {agent.pusher.vantage}, {len(agent.routes)} routes")
    try:
        sample = await agent.pusher.greet()
    except PushError as error:
        yield Result(what="bot", fault=str(error))
    else:
        yield Result(what="bot", detail=f"knows us; an answer takes {sample.round_trip.total_seconds():.3f} s")
        yield _clock(sample.offset)
    for eyes in agent.eyes:
        for result in await routes(eyes, SystemClock()):
            yield result


def _clock(offset: timedelta) -> Result:
    seconds = f"{offset.total_seconds():+.3f} s"
    if abs(offset) > SKEW:
        return Result(
            what="clock", fault=f"the bot's is {seconds} from ours. Mend the wrong one: timedatectl set-ntp true"
        )
    return Result(what="clock", detail=f"the bot's is {seconds} from ours")
