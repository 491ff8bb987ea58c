"""The whole world in one box, and what a bot needs to know to live in it."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

import httpx

from bot.demo.authority import make_authority
from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_people import People
from bot.demo.chat.slack_posts import Workspace
from bot.demo.chat.teams import Teams
from bot.demo.clock import StoryClock
from bot.demo.graph import Graph, Registration, Tokens
from bot.demo.mail.lanes import WATCHED, Box, Lane
from bot.demo.mail.system import MailSystem, mail_system
from bot.demo.served import served
from bot.types import Route

CHANNEL = "C0MAILSTATUS"
PERSON = "U0ANA"
_TENANT_ID = "0e5bf1a4-3c1f-4b4c-9d4e-5a1d6c7f0de0"
_CLIENT_ID = "6a1de2c0-77b1-4f0e-8a51-d3b0c0ffee01"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxFacts:
    """How a mailbox is used: ``security`` is ``none``, or ``tls`` (STARTTLS for SMTP, TLS for IMAP)."""

    name: str
    """``provider-mailbox``, as in ``contoso-canary-eu``."""
    address: str
    password: str = field(repr=False)
    smtp_host: str
    smtp_port: int
    imap_host: str
    imap_port: int
    security: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFacts:
    """A route and the names of its two mailboxes."""

    route: Route
    sender: str
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a bot needs to connect; the secrets are made up and open nothing outside."""

    ca_file: Path
    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)
    authority: str
    """The identity platform, for msal with instance discovery off."""
    graph: str
    """Graph's base address, version included, without a slash at the end."""
    slack_api: str
    """The Web API's base address, with a slash at the end."""
    slack_token: str = field(repr=False)
    slack_signing_secret: str = field(repr=False)
    slack_channel: str
    teams_url: str = field(repr=False)
    mailboxes: tuple[MailboxFacts, ...]
    routes: tuple[RouteFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The parts, to break and to look at."""

    clock: StoryClock
    facts: Facts
    graph: Graph
    tokens: Tokens
    mail: MailSystem
    slack: Slack
    people: People
    teams: Teams


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secrets:
    """Made up at every start."""

    client: str
    slack_token: str
    slack_signing: str
    teams_signature: str

    @classmethod
    def draw(cls, rng: random.Random) -> Self:
        client, slack, signing, teams = (f"{rng.getrandbits(128):032x}" for _ in range(4))
        return cls(client=client, slack_token=f"xoxb-demo-{slack}", slack_signing=signing, teams_signature=teams)


@asynccontextmanager
async def world(
    *, clock: StoryClock, rng: random.Random, folder: Path, today: datetime, tls: bool = False
) -> AsyncIterator[World]:
    """Run everything until the end of the block, the clock steady; certificates good from ``today`` in ``folder``.

    With ``tls`` the mail servers want STARTTLS and TLS too; Graph always does.
    """
    authority, secrets = make_authority(folder, today=today), _Secrets.draw(rng)
    registration = Registration(tenant_id=_TENANT_ID, client_id=_CLIENT_ID, client_secret=secrets.client)
    tokens = Tokens(registration, rng=rng)
    graph = Graph(clock=clock, tokens=tokens)
    workspace = Workspace(clock, {CHANNEL: "mail-status"}, {PERSON: "Ana", "U0BEN": "Ben"})
    slack, teams = Slack(workspace, token=secrets.slack_token), Teams(clock=clock, signature=secrets.teams_signature)
    async with AsyncExitStack() as running:
        await running.enter_async_context(clock.steady())
        ports = _Ports(
            graph=await running.enter_async_context(served(graph.app(), authority=authority)),
            slack=await running.enter_async_context(served(slack.app())),
            teams=await running.enter_async_context(served(teams.app())),
        )
        mail = await running.enter_async_context(
            mail_system(clock=clock, rng=rng, authority=authority if tls else None, knows_token=tokens.knows)
        )
        for box in (box for box in mail.accounts if box.provider == WATCHED):
            graph.calendars.open(box.address)
        http = await running.enter_async_context(httpx.AsyncClient())
        hooks = f"http://127.0.0.1:{ports.slack}"
        people = People(workspace, signing_secret=secrets.slack_signing, http=http, slack=hooks)
        facts = _facts(authority.ca_file, secrets, ports, mail, teams, tls=tls)
        yield World(
            clock=clock, facts=facts, graph=graph, tokens=tokens, mail=mail, slack=slack, people=people, teams=teams
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ports:
    graph: int
    slack: int
    teams: int


def _facts(ca_file: Path, secrets: _Secrets, ports: _Ports, mail: MailSystem, teams: Teams, *, tls: bool) -> Facts:
    base = f"https://localhost:{ports.graph}"
    security = "tls" if tls else "none"
    return Facts(
        ca_file=ca_file,
        tenant_id=_TENANT_ID,
        client_id=_CLIENT_ID,
        client_secret=secrets.client,
        authority=f"{base}/{_TENANT_ID}",
        graph=f"{base}/v1.0",
        slack_api=f"http://127.0.0.1:{ports.slack}/api/",
        slack_token=secrets.slack_token,
        slack_signing_secret=secrets.slack_signing,
        slack_channel=CHANNEL,
        teams_url=teams.address(f"http://127.0.0.1:{ports.teams}"),
        mailboxes=tuple(_mailbox(mail, box, security) for box in mail.accounts),
        routes=tuple(_route(lane) for lane in mail.lanes),
    )


def _mailbox(mail: MailSystem, box: Box, security: str) -> MailboxFacts:
    door = mail.doors[box.provider, box.vantage]
    return MailboxFacts(
        name=f"{box.provider}-{box.name}",
        address=box.address,
        password=mail.accounts[box].password,
        smtp_host="localhost",
        smtp_port=door.smtp.port,
        imap_host="localhost",
        imap_port=door.imap.port,
        security=security,
    )


def _route(lane: Lane) -> RouteFacts:
    sender, recipient = (f"{box.provider}-{box.name}" for box in (lane.sender, lane.recipient))
    return RouteFacts(route=lane.route, sender=sender, recipient=recipient)
