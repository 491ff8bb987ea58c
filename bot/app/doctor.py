"""Checks everything that the bot depends on, each with what mends it."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from bot.app import wiring
from bot.app.clock import SystemClock
from bot.app.doctor_gaps import tried_again
from bot.app.doctor_result import Result
from bot.app.doctor_slack import managers
from bot.app.doctor_store import kept
from bot.app.eyes import Eyes, Tooling, cloud, open_eyes
from bot.app.missing import missing
from bot.app.probe_key import probe_key
from bot.app.remarks import remarks
from bot.app.slack import open_installations, slack_api, workspaces
from bot.app.teams_bot import bot_fault
from bot.app.voices import flow_token
from bot.mail import CalendarError, Seal
from bot.microsoft import GraphError, open_http
from bot.outbox import SendError
from bot.settings import DestinationTable, Settings
from bot.store import Store, StoreError
from bot.types import Arrived, Bounced, CalendarSeen, Clock, Observation, Refused, SourceBlind, Unreachable
from bot.watch import FreeBusy, MailboxWatch
from bot.watch.canary import PER_MINUTE, Line
from handlers.slack.api import SlackApi
from handlers.slack.hello import said_hello
from handlers.slack.picture import SCOPE, may_share
from handlers.teams.address import fault

SKEW = timedelta(seconds=30)
"""More than this, and delays are measured wrong; more than five minutes, and Slack's requests are refused."""
ROUTE_LIMIT = timedelta(minutes=2)
LOOK = 2.0
CALENDAR_PATIENCE = timedelta(seconds=30)
CONNECT_SECONDS = 5.0


async def examine(settings: Settings, *, say: Callable[[str], None]) -> bool:
    """Check one thing after another and say what was found; True if all is sound."""
    sound = True
    async for result in _results(settings):
        say(str(result))
        sound = sound and not result.fault
    return sound


async def _results(settings: Settings) -> AsyncIterator[Result]:
    clock = SystemClock()
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    yield Result(what="settings", detail=f"{len(settings.installation.routes)} routes, "
                 f"{len(settings.installation.destinations)} destinations")  # fmt: skip
    for lines in missing(settings)[:-1]:
        yield Result(what="settings", fault=lines)
    async for result in kept(settings, clock.now()):
        yield result
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http(settings.environment.ca_file))
        tooling = Tooling(
            settings=settings, http=http, clock=clock, chance=random.SystemRandom(), seal=Seal(probe_key(settings))
        )
        yield await _skew(settings, http, clock)
        for tenant in wiring.tenants(settings):
            async for result in _sight(open_eyes(tooling, tenant), clock):
                yield result
        async for result in _destinations(settings):
            yield result
        if settings.environment.teams_app_id:
            yield Result(what="Teams bot", fault=await bot_fault(settings), detail="it may sign in")


async def _sight(eyes: Eyes, clock: Clock) -> AsyncIterator[Result]:
    if eyes.feed:
        yield _seen(f"service health of {eyes.tenant}", await eyes.feed.look(clock.now()))
    for result in await routes(eyes, clock):
        yield result
    for name, calendar in eyes.calendars.items():
        yield await prove_calendar(name, calendar, clock)


async def _skew(settings: Settings, http: httpx.AsyncClient, clock: SystemClock) -> Result:
    """Compare our clock with that of a server that we talk to anyway."""
    url = settings.environment.graph_url or cloud(settings).graph
    try:
        answer = await http.get(url)
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        host = urlsplit(url).hostname
        return Result(what="clock", fault=f"cannot ask {host} for the time ({type(error).__name__}): is it reachable?")
    skew = clock.now() - theirs
    if abs(skew) > SKEW:
        return Result(what="clock", fault=f"differs by {skew.total_seconds():.0f} s. Mend it: timedatectl set-ntp true")
    return Result(what="clock", detail=f"within {SKEW.total_seconds():.0f} s")


def _seen(what: str, seen: Sequence[Observation]) -> Result:
    return Result(what=what, fault=next((one.error for one in seen if isinstance(one, SourceBlind)), ""))


async def routes(eyes: Eyes, clock: Clock) -> list[Result]:
    """Send one message along each route and wait for all of them."""
    faults: dict[str, str] = {}
    waiting: set[str] = set()
    senders: dict[str, list[str]] = {}
    for name, line in eyes.lines.items():
        senders.setdefault(line.sender.name, []).append(name)
    for sent in await asyncio.gather(*(_sent(eyes, clock, names) for names in senders.values())):
        # What keeps a mailbox from sending is told once, and holds for all of its routes.
        own = next((one.error for seen in sent.values() for one in seen if isinstance(one, SourceBlind)), "")
        for name, seen in sent.items():
            if fault_said := _trouble(seen) or ("" if seen else own):
                faults[name] = fault_said
            else:
                waiting.add(name)
    took = await _arrivals(eyes, clock, waiting, faults)
    return [_route(line, faults, took) for line in eyes.lines.values()]


async def _sent(eyes: Eyes, clock: Clock, names: Sequence[str]) -> dict[str, Sequence[Observation]]:
    """Send along the routes of one mailbox, no more at once than it has turns for: a route is not skipped then."""
    sent: dict[str, Sequence[Observation]] = {}
    for start in range(0, len(names), PER_MINUTE):
        batch = names[start : start + PER_MINUTE]
        sent |= zip(batch, await asyncio.gather(*(eyes.canary.send(name, clock.now()) for name in batch)), strict=True)
    return sent


def _route(line: Line, faults: dict[str, str], took: dict[str, Arrived]) -> Result:
    name = line.route.name
    if name in took:
        seconds = took[name].latency.total_seconds()
        detail = ". ".join([f"a message took {seconds:.1f} s", *remarks(took[name], line)])
        return Result(what=f"route {name}", detail=detail)
    late = f"no message arrived within {ROUTE_LIMIT.total_seconds():.0f} s: is the receiver's mailbox the right one?"
    return Result(what=f"route {name}", fault=faults.get(name, late))


def _trouble(seen: Iterable[Observation]) -> str:
    for one in seen:
        if isinstance(one, Refused):
            return f"refused at {one.stage or 'submission'}: {one.reply}"
        if isinstance(one, Unreachable | SourceBlind):
            return one.error
        if isinstance(one, Bounced):
            return f"bounced: {one.status} {one.reply}".strip()
    return ""


async def _arrivals(eyes: Eyes, clock: Clock, waiting: set[str], faults: dict[str, str]) -> dict[str, Arrived]:
    """Look into the mailboxes until every message is there, or the time is over."""
    took: dict[str, Arrived] = {}
    until = clock.now() + ROUTE_LIMIT

    async def look(watch: MailboxWatch) -> None:
        while waiting - took.keys() - faults.keys() and clock.now() < until:
            for one in await watch.look(clock.now()):
                if isinstance(one, Arrived):
                    took.setdefault(one.route, one)
                elif fault_said := _trouble([one]):
                    faults.update(_ending(eyes, watch.name, one, fault_said))
            await clock.sleep(timedelta(seconds=LOOK))

    # Each on its own: a mailbox that does not answer delays no other one.
    await asyncio.gather(*(look(watch) for watch in eyes.mailboxes.values()))
    return took


def _ending(eyes: Eyes, mailbox: str, seen: Observation, why: str) -> dict[str, str]:
    """Lay a mailbox's trouble to the routes that end there, a bounce to its own."""
    if isinstance(seen, Bounced):
        return {seen.route: why}
    return {name: why for name, line in eyes.lines.items() if f"mailbox:{line.receiver.name}" == mailbox}


async def prove_calendar(name: str, calendar: FreeBusy, clock: Clock) -> Result:
    """Make an entry, move it and wait until the change is shown; nothing is left behind."""
    what, until = f"calendar {name}", clock.now() + CALENDAR_PATIENCE
    try:
        while clock.now() < until:
            seen = await calendar.look(clock.now())
            blind = next((one.error for one in seen if isinstance(one, SourceBlind)), "")
            looks = [one for one in seen if isinstance(one, CalendarSeen)]
            if blind or (looks and looks[-1].fresh):
                detail = f"a change was shown after {looks[-1].age_seconds:.1f} s" if looks else ""
                return Result(what=what, fault=blind, detail=detail)
            await clock.sleep(timedelta(seconds=LOOK))
        await calendar.tidy()
    except CalendarError as error:
        return Result(what=what, fault=str(error))
    return Result(what=what, fault=f"no change was shown within {CALENDAR_PATIENCE.total_seconds():.0f} s: does "
                  "Outlook show old times as well?")  # fmt: skip


async def _destinations(settings: Settings) -> AsyncIterator[Result]:
    async with AsyncExitStack() as stack:
        try:
            store = await stack.enter_async_context(await Store.open(settings.store_url))
            installations = await open_installations(
                settings, store, SystemClock(), workspaces=lambda: workspaces(settings)
            )
        except StoreError:  # said already
            return
        api = slack_api(settings, installations)
        if api:
            stack.push_async_callback(api.aclose)
        for name, table in settings.installation.destinations.items():
            if table.conversation is None:
                check = await _destination(settings, api, table)
                yield Result(
                    what=f"destination {name}", fault=check, detail=await tried_again(store, table, name, check)
                )
        if api:
            teams = [api.of(team) for team in (workspaces(settings) if installations else [""])]
            extras = [await _pictures(team) for team in teams]
            for result in (*extras, *await managers(teams, settings.installation.rules.managers)):
                yield result
    if token := settings.environment.slack_app_token:
        yield await _socket(SlackApi(token, base_url=settings.environment.slack_api_url))
    yield Result(what="tenants", detail=", ".join(wiring.tenants(settings)))


async def _destination(settings: Settings, api: SlackApi | None, table: DestinationTable) -> str:
    """Check one address as far as it goes without a message; ``mailstatus say`` sends one."""
    if table.platform == "slack":
        return await _slack(api, table)
    box = settings.installation.mailboxes.get(table.mailbox or "")
    if box is not None and box.smtp is not None:
        return await _answers(box.smtp.host, box.smtp.port, f"mailboxes.{table.mailbox}.smtp")
    return await _teams(settings, table)


async def _slack(api: SlackApi | None, table: DestinationTable) -> str:
    if api is None:
        return "SLACK_BOT_TOKEN is not set. Example: SLACK_BOT_TOKEN=xoxb-1234567890-abcdefghij"
    try:
        workspace = api.of(table.workspace)
        await workspace.ask("auth.test")
        await workspace.ask("conversations.history", channel=table.channel, limit=1)
    except SendError as error:
        return str(error)
    return ""


async def _socket(api: SlackApi) -> Result:
    """Open one connection of Socket Mode and wait for Slack's hello."""
    try:
        async with aclosing(api):
            fault_said = await said_hello(api)
    except SendError as error:
        fault_said = f"{error}. Check SLACK_APP_TOKEN, its scope connections:write, and that Socket Mode is switched on"
    return Result(what="Socket Mode of Slack", fault=fault_said)


async def _pictures(api: SlackApi) -> Result:
    """Say once whether Slack's threads can be shown pictures; nothing is wrong where they cannot."""
    try:
        may = await may_share(api)
    except SendError as error:
        return Result(what="pictures in Slack", fault=str(error))
    without = f"none: the optional scope {SCOPE} is not granted. To have them, add it and install the app again"
    return Result(what="pictures in Slack", detail="" if may else without)


async def _answers(host: str, port: int, setting: str) -> str:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        return f"{host} cannot be reached ({type(error).__name__}): check the network and {setting}"
    writer.close()
    return ""


async def _teams(settings: Settings, table: DestinationTable) -> str:
    """Check the address, that its host answers, and that there is a token where one is needed."""
    url = settings.named[table.url_env or ""].get_secret_value()
    if why := fault(url):
        return f"{table.url_env} {why}"
    parts = urlsplit(url)
    if why := await _answers(parts.hostname or "", parts.port or 443, table.url_env or ""):
        return why
    try:
        token = flow_token(table, settings)
        if token:
            await token()
    except (ValueError, GraphError) as error:
        return f"{table.url_env} {error}"
    return ""
