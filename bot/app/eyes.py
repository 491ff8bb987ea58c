"""The watchers that the settings ask for."""

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot.app import wiring
from bot.app.graph_budgets import GraphBudgets
from bot.mail import (
    GraphCalendar,
    ImapInbox,
    Inbox,
    Mailbox,
    Names,
    Seal,
    Secret,
    Sender,
    SmtpSender,
)
from bot.mail.graph_mail import GraphInbox, GraphMailbox, GraphSender
from bot.microsoft import (
    CLOUDS,
    Certificate,
    ClientSecret,
    Cloud,
    Credential,
    EntraApp,
    EntraTokens,
    FederatedTokenFile,
    GraphClient,
    ManagedIdentity,
)
from bot.settings import Environment, MailboxTable, Settings, SettingsError
from bot.types import Clock
from bot.watch import (
    PAGES,
    Canary,
    FreeBusy,
    Habit,
    Issue,
    Line,
    MailboxWatch,
    Page,
    ServiceHealth,
    StatusFeed,
    StatusPage,
    Tools,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tooling:
    """What every watcher is made with."""

    settings: Settings
    http: httpx.AsyncClient
    clock: Clock
    chance: random.Random
    seal: Seal
    names: Names = field(default_factory=Names)
    budgets: GraphBudgets | None = None
    """Where other processes ask the same Graph."""
    vantage: str = ""
    """The far vantage that we are; empty for the bot, which leaves the routes of far vantages to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """Everything that looks for one tenant: its feed, its mailboxes, calendars and pages by name, and its canary."""

    tenant: str
    feed: ServiceHealth | None
    """None where it has no credentials."""
    mailboxes: Mapping[str, MailboxWatch]
    calendars: Mapping[str, FreeBusy]
    pages: Mapping[str, StatusPage]
    canary: Canary
    lines: Mapping[str, Line]

    @property
    def feeds(self) -> Sequence[ServiceHealth | StatusPage]:
        """Give all that lists advisories."""
        return [*([self.feed] if self.feed else []), *self.pages.values()]

    def remember(self, listed: Mapping[str, Mapping[str, Issue]], blind: Collection[str]) -> None:
        """Take in what each source listed before this start, and which could not be seen: what ended since is told."""
        for feed in self.feeds:
            feed.remember(listed.get(feed.name, {}), blind)
        others: list[MailboxWatch | FreeBusy | Canary] = [*self.mailboxes.values(), *self.calendars.values()]
        for one in (*others, self.canary):
            one.remember(blind)

    async def aclose(self) -> None:
        """Let go of every connection."""
        await asyncio.gather(*(box.close() for box in self.mailboxes.values()))


def open_eyes(tooling: Tooling, tenant: str, pages: Mapping[str, StatusFeed] | None = None) -> Eyes:
    """Make the watchers of a tenant, with the status ``pages`` that are read for all; none connects before it looks."""
    tokens = entra(tooling.settings, tenant)
    ends = Ends(tooling, tokens)
    lines = _lines(tooling, tenant, tokens)
    watches = _watches(tooling, tenant, lines, ends)
    senders = {line.sender.name: ends.sender(line.sender) for line in lines.values()}
    tools = Tools(
        seal=tooling.seal,
        clock=tooling.clock,
        chance=tooling.chance,
        readable=lambda name: name not in watches or watches[name].readable,
        resolves=tooling.names.live,
    )
    return Eyes(
        tenant=tenant,
        feed=ServiceHealth(graph(tooling, tokens), tenant=tenant) if tokens else None,
        mailboxes=watches,
        calendars=_calendars(tooling, tenant, ends),
        pages={name: StatusPage(feed, tenant=tenant) for name, feed in (pages or {}).items()},
        canary=Canary(list(lines.values()), senders, tools),
        lines=lines,
    )


def open_pages(settings: Settings, http: httpx.AsyncClient) -> Mapping[str, StatusFeed]:
    """Give the public status pages that the settings ask for, by name; each is read once for all tenants."""
    installation = settings.installation
    pages: dict[str, Page] = {name: PAGES[name] for name in installation.rules.status_pages}
    pages |= {
        name: Page(source=name, url=one.url, reader=one.reader) for name, one in installation.status_pages.items()
    }
    return {name: StatusFeed(page, http) for name, page in pages.items()}


def entra(settings: Settings, tenant: str) -> EntraTokens | None:
    """Give a tenant's way to tokens; None where it has no credentials."""
    environment, table = settings.environment, settings.installation.tenants.get(tenant)
    tenant_id = table.azure_tenant_id if table else environment.azure_tenant_id
    client_id = (table and table.azure_client_id) or environment.azure_client_id
    variable = table.azure_client_secret_env if table else None
    signs_in = ClientSecret(secret=settings.named[variable]) if variable else credential(environment)
    whole = isinstance(signs_in, ManagedIdentity) or (tenant_id and client_id)
    if signs_in is None or not whole:
        return None
    login = environment.azure_authority_host or cloud(settings).login
    app = EntraApp(
        credential=signs_in,
        tenant=tenant_id or "",
        client_id=client_id or "",
        login=login.rstrip("/"),
        ca_bundle=environment.ca_file,
    )
    return EntraTokens(app)


def graph(tooling: Tooling, tokens: EntraTokens) -> GraphClient:
    """Give a client of one tenant's Graph."""
    base = (tooling.settings.environment.graph_url or cloud(tooling.settings).graph).rstrip("/")
    client = GraphClient(
        tooling.http,
        tokens,
        clock=tooling.clock,
        chance=tooling.chance,
        base=f"{base}/v1.0",
        scope=f"{base}/.default",
    )
    if tooling.budgets:
        client.budget = tooling.budgets.of(tokens.name)
    return client


def cloud(settings: Settings) -> Cloud:
    """Give the cloud that is watched."""
    return CLOUDS[settings.environment.cloud]


def credential(environment: Environment) -> Credential | None:
    """Give what the environment signs in with; None without anything."""
    if environment.managed_identity:
        return ManagedIdentity(client_id=environment.azure_client_id)
    if environment.azure_client_secret:
        return ClientSecret(secret=environment.azure_client_secret)
    if environment.azure_client_certificate_path:
        return Certificate(path=environment.azure_client_certificate_path)
    if environment.azure_federated_token_file:
        return FederatedTokenFile(path=environment.azure_federated_token_file)
    return None


def _lines(tooling: Tooling, tenant: str, tokens: EntraTokens | None) -> dict[str, Line]:
    settings = tooling.settings
    lines = {}
    for route in wiring.routes(settings, tenant):
        if (route.vantage if route.far else "") != tooling.vantage:
            continue
        table = settings.installation.routes[route.name]
        sender, receiver = (mailbox(settings, name, tokens) for name in (table.sender, table.receiver))
        lines[route.name] = Line(route=route, sender=sender, receiver=receiver)
    return lines


def mailbox(settings: Settings, name: str, tokens: EntraTokens | None) -> Mailbox:
    """Give a mailbox of the settings with its servers and its secret."""
    table = settings.installation.mailboxes[name]
    return Mailbox(
        name=name,
        address=table.address,
        user=table.user or "",
        smtp=wiring.server(settings, table.smtp),
        imap=wiring.server(settings, table.imap),
        secret=_secret(settings, table, tokens),
        ca_bundle=_path(settings.environment.ca_file),
    )


def _path(path: Path | None) -> Path | None:
    return path.expanduser() if path else None


def _secret(settings: Settings, table: MailboxTable, tokens: EntraTokens | None) -> Secret | None:
    if table.auth == "oauth" and tokens:
        return tokens.source(cloud(settings).outlook_scope)
    password: SecretStr | None = settings.named.get(table.password_env or "")
    return password


class Ends:
    """Makes what sends from and looks into a mailbox, over its servers or over Graph."""

    def __init__(self, tooling: Tooling, tokens: EntraTokens | None) -> None:
        """Take the tenant's tokens."""
        self._tooling = tooling
        self._tokens = tokens
        self._boxes: dict[str, GraphMailbox] = {}

    def sender(self, box: Mailbox) -> Sender:
        """Give what sends from a mailbox."""
        return GraphSender(self.by_graph(box.name)) if self._by_graph(box) else SmtpSender(box, self._tooling.names)

    def inbox(self, box: Mailbox) -> Inbox | None:
        """Give what looks into a mailbox; None where there is no way in."""
        if self._by_graph(box):
            return GraphInbox(box.name, self.by_graph(box.name), self._tooling.clock)
        return ImapInbox(box, self._tooling.clock, self._tooling.names) if box.imap else None

    def _by_graph(self, box: Mailbox) -> bool:
        return self._tooling.settings.installation.mailboxes[box.name].via == "graph"

    def by_graph(self, name: str) -> GraphMailbox:
        """Give a mailbox at Graph, one for each: all that uses it shares its limit of calls at a time."""
        if name not in self._boxes:
            if self._tokens is None:
                example = "AZURE_CLIENT_ID=0b1d2c3e-1111-2222-3333-444455556666"
                fault = f"mailboxes.{name}: Graph needs the AZURE_ variables of its tenant. Example: {example}"
                raise SettingsError([fault])
            address = self._tooling.settings.installation.mailboxes[name].address
            self._boxes[name] = GraphMailbox(graph(self._tooling, self._tokens), address)
        return self._boxes[name]


def _calendars(tooling: Tooling, tenant: str, ends: Ends) -> dict[str, FreeBusy]:
    installation = tooling.settings.installation
    found = {}
    for name, table in installation.calendars.items():
        if table.tenant != tenant:
            continue
        calendar = GraphCalendar(
            ends.by_graph(table.mailbox),
            ends.by_graph(table.viewer or table.mailbox),
            address=installation.mailboxes[table.mailbox].address,
            seal=tooling.seal,
        )
        habit = Habit(every=table.every, limit=table.limit)
        found[name] = FreeBusy(name, calendar, habit, clock=tooling.clock, chance=tooling.chance, tenant=tenant)
    return found


def _watches(tooling: Tooling, tenant: str, lines: Mapping[str, Line], ends: Ends) -> dict[str, MailboxWatch]:
    """Look into every mailbox that messages reach, and into those that bounces come back to."""
    boxes = {box.name: box for line in lines.values() for box in (line.sender, line.receiver)}
    inboxes = {name: ends.inbox(box) for name, box in boxes.items()}
    return {
        name: MailboxWatch(
            name,
            inbox,
            seal=tooling.seal,
            clock=tooling.clock,
            arriving=[route for route, line in lines.items() if line.receiver.name == name],
            tenant=tenant,
        )
        for name, inbox in inboxes.items()
        if inbox is not None
    }
