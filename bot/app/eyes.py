"""The watchers that the settings ask for."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot.app import wiring
from bot.mail import ImapInbox, Mailbox, Seal, Secret, Security, Server, SmtpSender
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
)
from bot.settings import Environment, MailboxTable, Settings
from bot.settings import Server as ServerTable
from bot.types import DEFAULT_TENANT, Clock
from bot.watch import Canary, Line, MailboxWatch, ServiceHealth, Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Tooling:
    """What every watcher is made with."""

    settings: Settings
    http: httpx.AsyncClient
    clock: Clock
    chance: random.Random
    seal: Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """Everything that looks: feeds by tenant, mailboxes by name with their tenant, and the canary."""

    feeds: Mapping[str, ServiceHealth]
    mailboxes: Mapping[str, MailboxWatch]
    owners: Mapping[str, str]
    """The tenant of each mailbox."""
    canary: Canary
    lines: Mapping[str, Line]


def open_eyes(tooling: Tooling) -> Eyes:
    """Make the watchers; none of them connects before it looks."""
    settings = tooling.settings
    tokens = {name: app for name in wiring.tenants(settings) if (app := entra(settings, name))}
    lines = _lines(tooling, tokens)
    watches = _watches(tooling, lines)
    senders = {line.sender.name: SmtpSender(line.sender) for line in lines.values()}
    tools = Tools(
        seal=tooling.seal,
        clock=tooling.clock,
        chance=tooling.chance,
        readable=lambda name: name not in watches or watches[name].readable,
    )
    feeds = {name: ServiceHealth(graph(tooling, app), tenant=name) for name, app in tokens.items()}
    owners = {line.receiver.name: line.route.tenant for line in lines.values()}
    owners |= {line.sender.name: line.route.tenant for line in lines.values()}
    return Eyes(
        feeds=feeds,
        mailboxes=watches,
        owners=owners,
        canary=Canary(list(lines.values()), senders, tools),
        lines=lines,
    )


def entra(settings: Settings, tenant: str) -> EntraTokens | None:
    """Give a tenant's way to tokens; None where it has no credentials."""
    environment, table = settings.environment, settings.installation.tenants.get(tenant)
    tenant_id = table.azure_tenant_id if table else environment.azure_tenant_id
    client_id = (table and table.azure_client_id) or environment.azure_client_id
    variable = table.azure_client_secret_env if table else None
    credential = ClientSecret(secret=settings.named[variable]) if variable else _credential(environment)
    if not (tenant_id and client_id and credential):
        return None
    login = environment.azure_authority_host or cloud(settings).login
    app = EntraApp(
        credential=credential,
        tenant=tenant_id,
        client_id=client_id,
        login=login.rstrip("/"),
        ca_bundle=environment.ca_file,
    )
    return EntraTokens(app)


def graph(tooling: Tooling, tokens: EntraTokens) -> GraphClient:
    """Give a client of one tenant's Graph."""
    base = (tooling.settings.environment.graph_url or cloud(tooling.settings).graph).rstrip("/")
    return GraphClient(
        tooling.http,
        tokens,
        clock=tooling.clock,
        chance=tooling.chance,
        base=f"{base}/v1.0",
        scope=f"{base}/.default",
    )


def cloud(settings: Settings) -> Cloud:
    """Give the cloud that is watched."""
    return CLOUDS[settings.environment.cloud]


def _credential(environment: Environment) -> Credential | None:
    if environment.azure_client_secret:
        return ClientSecret(secret=environment.azure_client_secret)
    if environment.azure_client_certificate_path:
        return Certificate(path=environment.azure_client_certificate_path)
    if environment.azure_federated_token_file:
        return FederatedTokenFile(path=environment.azure_federated_token_file)
    return None


def _lines(tooling: Tooling, tokens: Mapping[str, EntraTokens]) -> dict[str, Line]:
    settings = tooling.settings
    lines = {}
    for tenant in wiring.tenants(settings):
        for route in wiring.routes(settings, tenant):
            table = settings.installation.routes[route.name]
            sender, receiver = (_mailbox(settings, name, tokens.get(tenant)) for name in (table.sender, table.receiver))
            lines[route.name] = Line(route=route, sender=sender, receiver=receiver)
    return lines


def _mailbox(settings: Settings, name: str, tokens: EntraTokens | None) -> Mailbox:
    table = settings.installation.mailboxes[name]
    return Mailbox(
        name=name,
        address=table.address,
        user=table.user or "",
        smtp=_server(table.smtp),
        imap=_server(table.imap),
        secret=_secret(settings, table, tokens),
        ca_bundle=_path(settings.environment.ca_file),
    )


def _server(table: ServerTable | None) -> Server | None:
    return Server(host=table.host, port=table.port, security=Security(table.security)) if table else None


def _path(path: Path | None) -> Path | None:
    return path.expanduser() if path else None


def _secret(settings: Settings, table: MailboxTable, tokens: EntraTokens | None) -> Secret | None:
    if table.auth == "oauth" and tokens:
        return tokens.source(cloud(settings).outlook_scope)
    password: SecretStr | None = settings.named.get(table.password_env or "")
    return password


def _watches(tooling: Tooling, lines: Mapping[str, Line]) -> dict[str, MailboxWatch]:
    """Look into every mailbox that messages reach, and into those that bounces come back to."""
    boxes = {box.name: box for line in lines.values() for box in (line.sender, line.receiver) if box.imap}
    tenants = {line.sender.name: line.route.tenant for line in lines.values()}
    tenants |= {line.receiver.name: line.route.tenant for line in lines.values()}
    return {
        name: MailboxWatch(
            name,
            ImapInbox(box),
            seal=tooling.seal,
            clock=tooling.clock,
            arriving=[route for route, line in lines.items() if line.receiver.name == name],
            tenant=tenants.get(name, DEFAULT_TENANT),
        )
        for name, box in boxes.items()
    }
