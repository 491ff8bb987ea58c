"""A far vantage: sends its test messages and follows its mailboxes as the bot does, and pushes what it sees to it."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from bot.app import wiring
from bot.app.clock import SystemClock
from bot.app.eyes import Eyes, Tooling, open_eyes
from bot.app.followers import Followers
from bot.app.look import described
from bot.app.loops import Beat, Loop, Loops
from bot.app.probe_key import probe_key
from bot.app.systemd import READY, STOPPING, Systemd
from bot.app.turning import turning
from bot.app.vantages import check_secrets
from bot.app.watchdog import Watchdog
from bot.jobs import Args
from bot.jobs.runner import Runner
from bot.mail import Seal
from bot.microsoft import open_http
from bot.settings import Settings, SettingsError
from bot.types import Arrived, Clock, Observation, ProbeSeen, Sent
from bot.vantage.push import Pusher, PushError, fault
from bot.vantage.spool import open_spool

log = structlog.get_logger(__name__)

PROBE_LIMIT = timedelta(minutes=3)
DEADLINE = timedelta(minutes=5)
"""Without a sign of life, which a push gives every other minute; a route has two of its intervals beside it."""
IDLE = 60.0
"""Seconds after which a loop that waits gives a sign of life."""
LOOK = timedelta(seconds=2)
PATIENCE = timedelta(seconds=60)
"""So long a look waits for its messages; what comes later is found by the next one."""
JITTER = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """What looks from a far vantage, and its way to the bot."""

    eyes: Sequence[Eyes]
    """One for each company whose routes are ours."""
    pusher: Pusher
    clock: Clock
    chance: random.Random
    runner: Runner
    wanted: asyncio.Queue[Sequence[str]] = field(default_factory=lambda: asyncio.Queue(1))
    """Routes that the bot wants confirming test messages on."""

    @asynccontextmanager
    async def running(self, systemd: Systemd) -> AsyncIterator[None]:
        """Send, follow and push within the block; a loop that hangs or dies is begun anew, as the bot's are."""
        loops, watchdog = Loops(self.chance), Watchdog()
        watchdog.start()
        try:
            async with loops.running(turning(watchdog, loops, systemd), *self.loops()):
                yield
        finally:
            watchdog.stop()

    def loops(self) -> Sequence[Loop]:
        """Give all that goes on for as long as we look."""
        following = [loop for eyes in self.eyes for loop in Followers(eyes=eyes, take=self._take).loops()]
        rounds = [
            Loop(name=f"probe:{name}", run=partial(self._rounds, name), deadline=2 * self._interval(name) + DEADLINE)
            for name in self.routes
        ]
        confirm = Loop(name="confirm", run=self._confirmations, deadline=DEADLINE)
        return [*following, *rounds, confirm, Loop(name="push", run=self.pusher.run, deadline=DEADLINE)]

    @property
    def routes(self) -> Mapping[str, Eyes]:
        """Give our routes, each with what it is seen by."""
        return {name: eyes for eyes in self.eyes for name in eyes.lines}

    def confirm(self, routes: Sequence[str]) -> None:
        """Have a test message sent along each route soon; a wish that is not yet met stands for both."""
        if not self.wanted.full():
            self.wanted.put_nowait(routes)

    async def look(self, patience: timedelta = PATIENCE) -> list[Observation]:
        """Send one message along each route, and look for them until all came or the patience is over."""
        sending = (eyes.canary.send(name, self.clock.now()) for name, eyes in self.routes.items())
        sent = await asyncio.gather(*sending)
        seen = [one for each in sent for one in each]
        self.pusher.spool.append(seen)
        waiting = _under_way(seen)
        until = self.clock.now() + patience
        boxes = [box for eyes in self.eyes for box in eyes.mailboxes.values()]
        while True:
            looks = await asyncio.gather(*(box.look(self.clock.now()) for box in boxes))
            news = [one for each in looks for one in each]
            self.pusher.spool.append(news)
            seen += news
            waiting -= {one.probe for one in news if isinstance(one, ProbeSeen)}
            if not waiting or self.clock.now() >= until:
                return seen
            await self.clock.sleep(LOOK)

    async def probe(self, args: Args) -> None:
        """Send one test message."""
        route = str(args["route"])
        self.pusher.spool.append(await self.routes[route].canary.send(route, self.clock.now()))

    async def _take(self, _: str, seen: Sequence[Observation]) -> None:
        self.pusher.spool.append(seen)

    async def _confirmations(self, beat: Beat) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    wanted = await self.wanted.get()
                routes = [route for route in wanted if route in self.routes]
                await asyncio.gather(*(self.runner.run("probe", {"route": route}) for route in routes))
            beat()

    def _interval(self, route: str) -> timedelta:
        return self.routes[route].lines[route].route.interval

    async def _rounds(self, route: str, beat: Beat) -> None:
        """Send along one route again and again."""
        interval = self._interval(route)
        await self.clock.sleep(interval * self.chance.random())
        while True:
            await self.runner.run("probe", {"route": route})
            beat()
            await self.clock.sleep(interval * self.chance.uniform(1 - JITTER, 1 + JITTER))


def _under_way(seen: Sequence[Observation]) -> set[str]:
    ended = {one.probe for one in seen if isinstance(one, ProbeSeen) and not isinstance(one, Sent)}
    return {one.probe for one in seen if isinstance(one, Sent)} - ended


@asynccontextmanager
async def open_agent(settings: Settings, url: str, *, folder: Path | None = None) -> AsyncIterator[Agent]:
    """Put an agent together, its spool in the state folder or another; raises SettingsError and SpoolError."""
    name = vantage(settings, url)
    clock, chance = SystemClock(), random.SystemRandom()
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http(settings.environment.ca_file))
        spool = stack.enter_context(open_spool(folder or settings.state / "spool", now=clock.now))
        seal = Seal(probe_key(settings))
        tooling = Tooling(settings=settings, http=http, clock=clock, chance=chance, seal=seal, vantage=name)
        eyes = [open_eyes(tooling, tenant) for tenant in wiring.tenants(settings)]
        for one in eyes:
            one.remember({}, spool.blind)
        secret = settings.named[settings.installation.vantages[name].secret_env]
        pusher = Pusher(url=url, vantage=name, secret=secret, spool=spool, http=http, clock=clock, chance=chance)
        yield _agent(eyes, pusher, clock, chance)


def _agent(eyes: Sequence[Eyes], pusher: Pusher, clock: Clock, chance: random.Random) -> Agent:
    runner = Runner(clock)
    agent = Agent(eyes=eyes, pusher=pusher, clock=clock, chance=chance, runner=runner)
    runner.register("probe", agent.probe, PROBE_LIMIT)
    pusher.confirm = agent.confirm
    return agent


def vantage(settings: Settings, url: str) -> str:
    """Name the vantage that these settings are of; raises SettingsError where they are not of one."""
    installation = settings.installation
    lines = [f"--push: {why}. Example: --push https://mailstatus.example.com" for why in [fault(url)] if why]
    names = list(installation.vantages)
    if len(names) != 1:
        example = '[vantages.tokyo] with secret_env = "TOKYO_SECRET"'
        lines.append(f"vantages: {len(names)} are named, and we are one. Example: {example}")
        raise SettingsError(lines)
    routes = [name for name, route in installation.routes.items() if route.vantage == names[0]]
    lines += installation.route_faults(routes)
    if not routes:
        lines.append(f'routes: none is of {names[0]}. Example: vantage = "{names[0]}" in the line of a route')
    if lines:
        raise SettingsError(lines)
    check_secrets(settings)
    return names[0]


async def run(settings: Settings, url: str) -> None:
    """Look and push until SIGTERM or SIGINT; raises SettingsError and SpoolError."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    systemd = Systemd(os.environ.get("NOTIFY_SOCKET"))
    async with open_agent(settings, url) as agent, agent.running(systemd):
        log.info("ready", vantage=agent.pusher.vantage, routes=len(agent.routes), waiting=len(agent.pusher.spool))
        systemd.tell(READY)
        await stop.wait()
        log.info("stopping", waiting=len(agent.pusher.spool))
        systemd.tell(STOPPING)


async def look(settings: Settings, url: str, *, say: Callable[[str], None]) -> bool:
    """Look once and push what was seen; False where the bot did not take it, which then waits for the next time."""
    async with open_agent(settings, url) as agent:
        carried = len(agent.pusher.spool)
        seen = await agent.look()
        for one in seen:
            say(f"  {described(one)}")
        came = sum(isinstance(one, Arrived) for one in seen)
        say(f"{len(seen)} observations, {came} messages came" + (f"; {carried} waited already" if carried else ""))
        try:
            await agent.pusher.flush()
        except PushError as error:
            say(f"not pushed: {error}; {len(agent.pusher.spool)} observations wait for the next time")
            return False
        best = agent.pusher.offset.best
        say("pushed" + (f"; the bot's clock is {best.offset.total_seconds():+.3f} s from ours" if best else ""))
        return True
