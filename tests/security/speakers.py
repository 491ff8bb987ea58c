"""All that speaks to the outside: one list of it, each with a secret, for tests of what is said, to whom and how."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Any

import requests
from pydantic import SecretStr

from bot.app.heartbeat import Heartbeat
from bot.mail import ImapInbox, Mailbox, Security, Server, SmtpSender
from bot.microsoft import ClientSecret, EntraApp, EntraTokens, GraphClient, open_http
from bot.microsoft.tokens import TimedSession
from bot.store import Store
from bot.vantage.push import Pusher
from bot.vantage.spool import open_spool
from bot.web.health import Health
from handlers.email.send import EmailSender
from handlers.slack.api import SlackApi
from handlers.slack.direct import DirectSender
from handlers.slack.send import SlackSender
from handlers.teams.bot.api import BotApp, TeamsApi
from handlers.teams.bot.direct import DirectBotSender
from handlers.teams.bot.places import Places
from handlers.teams.bot.send import BotSender
from handlers.teams.bot.wire import Wire
from handlers.teams.lane import Lane
from handlers.teams.send import Flow, TeamsSender
from tests.handlers.examples import TestClock, delivery
from tests.security.speakers_of_slack import slack_installation, slack_socket
from tests.security.talking import OF_TEAMS, SECRET, SHORT, Opening, Talk


@asynccontextmanager
async def slack(url: str, _: Path) -> AsyncIterator[Talk]:
    """Post to a channel."""
    api = SlackApi(SecretStr(f"xoxb-{SECRET}"), base_url=f"{url}/api/", limit=SHORT)
    async with aclosing(api):
        sender = SlackSender(api, "C1", clock=TestClock())
        yield lambda: sender.send(delivery())


@asynccontextmanager
async def teams(url: str, _: Path) -> AsyncIterator[Talk]:
    """Post to a flow, by the signature in its address."""
    flow = Flow(url=SecretStr(f"{url}/workflows/1?sig={SECRET}"), lane=Lane(TestClock()))
    sender = TeamsSender(flow, clock=TestClock(), limit=SHORT)
    yield lambda: sender.send(delivery())


@asynccontextmanager
async def slack_in_person(url: str, _: Path) -> AsyncIterator[Talk]:
    """Tell one person."""
    api = SlackApi(SecretStr(f"xoxb-{SECRET}"), base_url=f"{url}/api/", limit=SHORT)
    async with aclosing(api):
        sender = DirectSender(api, "U1", clock=TestClock())
        yield lambda: sender.send(delivery())


@asynccontextmanager
async def bot_api(url: str, folder: Path) -> AsyncIterator[TeamsApi]:
    """Open the bot's way to Teams."""

    async def tokens(_: str) -> SecretStr:
        return SecretStr(OF_TEAMS)

    app = BotApp(id="2f4e6a8c-1111-2222-3333-444455556666", azure_tenant="8e6f1a0c", tokens=tokens)
    async with await Store.open(f"sqlite:///{folder / 'bot.db'}") as store:
        places = Places(store, now=TestClock().now, own=url)
        api = TeamsApi(app, places, connect=lambda app: Wire(app, limit=SHORT))
        async with aclosing(api):
            yield api


@asynccontextmanager
async def teams_bot(url: str, folder: Path) -> AsyncIterator[Talk]:
    """Post as the bot."""
    async with bot_api(url, folder) as api:
        sender = BotSender(api, "19:f1d2@thread.tacv2", clock=TestClock())
        yield lambda: sender.send(delivery())


@asynccontextmanager
async def teams_in_person(url: str, folder: Path) -> AsyncIterator[Talk]:
    """Tell one person as the bot."""
    async with bot_api(url, folder) as api:
        sender = DirectBotSender(api, "a:1", clock=TestClock())
        yield lambda: sender.send(delivery())


@asynccontextmanager
async def email(url: str, _: Path) -> AsyncIterator[Talk]:
    """Send a mail, where no chat can be reached."""
    sender = EmailSender(box(url), "oncall@example.org", clock=TestClock(), run_seconds=SHORT.total_seconds())
    yield lambda: sender.send(delivery())


SENDERS: Mapping[str, Opening] = {"slack": slack, "teams": teams, "teams bot": teams_bot, "email": email}
LINES: Mapping[str, Opening] = {"slack": slack_in_person, "teams": teams_in_person}
"""By platform, as those that lead to a person are."""


@asynccontextmanager
async def slack_answer(url: str, _: Path) -> AsyncIterator[Talk]:
    """Answer by a response URL, which whoever has it can write with."""
    api = SlackApi(SecretStr(f"xoxb-{SECRET}"), base_url=f"{url}/api/", limit=SHORT)
    async with aclosing(api):
        yield lambda: api.respond(f"{url}/commands/{SECRET}", {"text": "x"})


@asynccontextmanager
async def slack_file(url: str, _: Path) -> AsyncIterator[Talk]:
    """Bring a file to the address that Slack gave."""
    api = SlackApi(SecretStr(f"xoxb-{SECRET}"), base_url=f"{url}/api/", limit=SHORT)
    async with aclosing(api):
        yield lambda: api.upload(f"{url}/upload/{SECRET}", b"x")


@asynccontextmanager
async def flow_by_token(url: str, _: Path) -> AsyncIterator[Talk]:
    """Post to a flow that wants a token."""

    async def token() -> SecretStr:
        return SecretStr(SECRET)

    flow = Flow(url=SecretStr(f"{url}/workflows/1"), lane=Lane(TestClock()), token=token)
    sender = TeamsSender(flow, clock=TestClock(), limit=SHORT)
    yield lambda: sender.send(delivery())


def entra_app(url: str) -> EntraTokens:
    """Give an app whose sign-in is at the server."""
    login = url.replace("http://", "https://")  # msal asks nobody without TLS; the session does what the server can
    app = EntraApp(credential=ClientSecret(secret=SecretStr(SECRET)), tenant="t", client_id="c", login=login)
    return EntraTokens(app, http=_Quick(url))


class _Quick(TimedSession):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._scheme = url.partition(":")[0]

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401  # as the parent has it
        return super().request(
            method, str(url).replace("https", self._scheme), *args, **{**kwargs, "timeout": SHORT.total_seconds()}
        )


@asynccontextmanager
async def entra(url: str, _: Path) -> AsyncIterator[Talk]:
    """Sign in."""
    yield lambda: entra_app(url).token("https://graph.microsoft.com/.default")


class _Tokens(EntraTokens):
    async def token(self, scope: str) -> SecretStr:  # noqa: ARG002 - the same for all
        return SecretStr(SECRET)


@asynccontextmanager
async def graph(url: str, _: Path) -> AsyncIterator[Talk]:
    """Read service health."""
    app = EntraApp(credential=ClientSecret(secret=SecretStr(SECRET)), client_id="c")
    async with open_http() as http:
        http.timeout = SHORT.total_seconds()
        client = GraphClient(http, _Tokens(app), clock=TestClock(), chance=Random(1), base=url)  # noqa: S311 - no secret
        yield lambda: client.get("/x")


def box(url: str) -> Mailbox:
    """Give a mailbox at the server; plain text is for loopback alone."""
    security = Security.TLS if url.startswith("https") else Security.PLAIN
    server = Server(host="127.0.0.1", port=int(url.rpartition(":")[2]), security=security)
    return Mailbox(name="a", address="a@example.org", smtp=server, imap=server, secret=SecretStr(SECRET))


@asynccontextmanager
async def smtp(url: str, _: Path) -> AsyncIterator[Talk]:
    """Hand a message over."""
    letter = EmailMessage()
    letter["From"] = letter["To"] = "a@example.org"
    sender = SmtpSender(box(url), run_seconds=SHORT.total_seconds())
    yield lambda: sender.send(letter)


@asynccontextmanager
async def imap(url: str, _: Path) -> AsyncIterator[Talk]:
    """Look into a mailbox."""
    inbox = ImapInbox(box(url), TestClock())
    yield lambda: asyncio.wait_for(inbox.letters(), 1)
    await inbox.close()


@asynccontextmanager
async def heartbeat(url: str, _: Path) -> AsyncIterator[Talk]:
    """Call the dead man's switch; whoever has its address can silence it."""
    async with open_http() as http:
        http.timeout = SHORT.total_seconds()
        beat = Heartbeat(url=SecretStr(f"{url}/ping/{SECRET}"), http=http, health=_health, chance=Random(1))  # noqa: S311
        request = http.build_request("POST", f"{url}/ping/{SECRET}")
        yield lambda: beat._once(request)


def _health() -> Health:
    raise AssertionError("nobody asks")


@asynccontextmanager
async def push(url: str, folder: Path) -> AsyncIterator[Talk]:
    """Report from a far vantage."""
    clock = TestClock()
    async with open_http() as http:
        http.timeout = SHORT.total_seconds()
        with open_spool(folder / "spool", now=clock.now) as spool:
            pusher = Pusher(
                url=url, vantage="tokyo", secret=SecretStr(SECRET), spool=spool, http=http, clock=clock, chance=Random(1)  # noqa: S311
            )  # fmt: skip
            yield pusher.greet


@asynccontextmanager
async def store(url: str, _: Path) -> AsyncIterator[Talk]:
    """Open the store."""
    yield lambda: Store.open(f"postgresql://mailstatus:{SECRET}@{url.partition('//')[2]}/mailstatus?connect_timeout=1")


OTHERS: Mapping[str, Opening] = {
    "slack's response URL": slack_answer,
    "slack's file": slack_file,
    "slack's socket": slack_socket,
    "slack's installation": slack_installation,
    "a flow by token": flow_by_token,
    "entra": entra,
    "graph": graph,
    "smtp": smtp,
    "imap": imap,
    "the heartbeat": heartbeat,
    "a vantage's push": push,
    "the store": store,
}
EVERYBODY: Mapping[str, Opening] = {**SENDERS, **{f"{name} in person": one for name, one in LINES.items()}, **OTHERS}
