"""What ``mailstatus.toml`` holds: mailboxes, routes, destinations, tenants and rules; nothing in it is secret."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import unquote

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

PORTS = {"smtp": 587, "imap": 993}
_CONVERSATION = re.compile(r"(?:19:[\w-]+@(?:thread\.\w+|unq\.gbl\.spaces)|a:[\w-]{20,})")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def length(value: object) -> timedelta:
    """Read a length of time such as ``60s``, ``5m`` or ``1h``."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d+)\s*([smhd])", str(value).strip())
    if not found:
        raise ValueError('is not a length of time. Example: "60s", "5m" or "1h"')
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


Length = Annotated[timedelta, BeforeValidator(length)]
Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", examples=["OFFICE_PASSWORD"])]


class Table(BaseModel):
    """A table of the file; a misspelt key is a fault, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(Table):
    """A mail server; ``security`` is tls, starttls, or plain on a loopback address."""

    host: str
    port: int
    security: Literal["tls", "starttls", "plain"]


def server(value: object) -> object:
    """Read ``host:port`` with an optional ``tls://``, ``starttls://`` or ``plain://`` in front."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(?:(tls|starttls|plain)://)?([\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})", value)
    if not found:
        raise ValueError('is not a server. Example: "smtp.office365.com:587" or "tls://smtp.gmail.com:465"')
    security = found[1] or ("tls" if found[3] in {"465", "993"} else "starttls")
    if security == "plain" and found[2] not in {"127.0.0.1", "localhost", "[::1]"}:
        raise ValueError(f'would send the password in clear. Example: "starttls://{found[2]}:{found[3]}"')
    return {
        "host": found[2].strip("[]"),
        "port": int(found[3]),
        "security": security,
    }


ServerAddress = Annotated[Server, BeforeValidator(server)]


class MailboxTable(Table):
    """A mailbox that test messages leave or reach; ``via`` graph and ``auth`` oauth use the Entra app."""

    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", examples=["canary@contoso.com"])
    user: str | None = None
    via: Literal["servers", "graph"] = "servers"
    smtp: ServerAddress | None = None
    imap: ServerAddress | None = None
    auth: Literal["password", "oauth"] = "password"
    password_env: Variable | None = None

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        if self.via == "servers" and self.auth == "password" and not self.password_env:
            raise ValueError(
                'password_env is missing: the variable with the password. Example: password_env = "OFFICE_PASSWORD"'
            )
        return self


class RouteTable(Table):
    """A way from one mailbox to another; ``control`` joins two other providers and is never mail."""

    sender: str = Field("", alias="from", examples=["office"])
    receiver: str = Field("", alias="to", examples=["outside"])
    direction: Literal["outbound", "inbound", "internal", "control"] = Field(examples=["outbound"])
    vantage: str = "here"
    every: Length = timedelta(seconds=60)
    deadline: Length = timedelta(hours=1)
    tenant: str = "default"


class CalendarTable(Table):
    """A calendar that is tried: an entry is made in ``mailbox``, moved, and looked up as ``viewer`` is shown it."""

    mailbox: str = Field(examples=["office"])
    viewer: str | None = Field(None, examples=["colleague"])
    every: Length = Field(timedelta(minutes=5), ge=timedelta(minutes=1), examples=["5m"])
    limit: Length = Field(timedelta(minutes=10), ge=timedelta(minutes=1), le=timedelta(days=1), examples=["10m"])
    tenant: str = "default"


class QuietHours(Table):
    """When only what is severe may ring."""

    begin: str = Field(alias="from", pattern=r"^\d{2}:\d{2}$", examples=["22:00"])
    end: str = Field(alias="to", pattern=r"^\d{2}:\d{2}$", examples=["07:00"])
    zone: str = Field("UTC", examples=["Europe/Berlin"])


def conversation(value: object) -> object:
    """Read the id of a Teams conversation, or find it in the link that Teams gives to a channel."""
    if not isinstance(value, str):
        return value
    found = _CONVERSATION.search(unquote(value))
    if not found:
        raise ValueError(
            'is neither the id of a Teams channel nor a link to one. Example: conversation = "19:abc123@thread.tacv2"'
        )
    return found[0]


Conversation = Annotated[str, BeforeValidator(conversation), Field(examples=["19:abc123@thread.tacv2"])]


class DestinationTable(Table):
    """A channel that is told.

    ``channel`` is Slack's id, ``url_env`` the variable with the address of a Teams Workflow, ``conversation`` the
    Teams channel that the bot is in.
    """

    platform: Literal["slack", "teams"] = Field(examples=["slack"])
    channel: str | None = Field(None, pattern=r"^[CGD][A-Z0-9]{2,}$", examples=["C0123456789"])
    workspace: str = Field("", pattern=r"^(T[A-Z0-9]{2,})?$", examples=["T0123456789"])
    url_env: Variable | None = None
    conversation: Conversation | None = None
    language: Literal["en", "de", "fr", "es", "ja"] = "en"
    tenant: str = "default"
    severities: tuple[Literal["severe", "warning", "info", "good"], ...] = ()
    directions: tuple[Literal["outbound", "inbound", "internal"], ...] = ()
    only: Literal["advisories", "measured"] | None = None
    quiet: QuietHours | None = None
    mention: str = ""
    next: tuple[str, ...] = ()
    fallback: str = ""
    standby: bool = False

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if self.platform == "slack" and not self.channel:
            raise ValueError(
                'channel is missing: the id at the end of the channel\'s details. Example: channel = "C0123456789"'
            )
        if self.platform == "teams" and not (self.url_env or self.conversation):
            raise ValueError(
                'url_env is missing: the variable with the Workflows address. Example: url_env = "TEAMS_IT_URL". '
                'With the bot it is the channel instead. Example: conversation = "19:abc123@thread.tacv2"'
            )
        if self.url_env and self.conversation:
            raise ValueError("url_env is a webhook and conversation is the bot: take one of them. "
                             'Example: conversation = "19:abc123@thread.tacv2"')  # fmt: skip
        return self


KnownPage = Literal["microsoft-status", "azure", "google", "slack", "proton", "fastmail", "aws"]


class PageTable(Table):
    """A public status page that is not among the known ones; ``reader`` names its form."""

    url: str = Field(pattern=r"^https://", examples=["https://status.example.com/api/v2/summary.json"])
    reader: Literal["microsoft", "rss", "google", "slack", "statuspage", "instatus", "aws"]


class TenantTable(Table):
    """A company of its own; its credentials stand in the named variables."""

    azure_tenant_id: str | None = None
    azure_client_id: str | None = None
    azure_client_secret_env: Variable | None = None
    language: Literal["en", "de", "fr", "es", "ja"] = "en"


class VantageTable(Table):
    """A far vantage, which reports what it sees on the routes that bear its name."""

    secret_env: Variable = Field(examples=["TOKYO_SECRET"])


VantageName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


class WindowTable(Table):
    """A stretch of time with work on the mail system, during which only what is severe rings."""

    begin: AwareDatetime = Field(alias="from", examples=["2026-12-01T20:00:00Z"])
    end: AwareDatetime = Field(alias="to", examples=["2026-12-01T23:00:00Z"])
    note: str = ""


class RulesTable(Table):
    """When to ring; what is not set here is as the rules' own defaults have it."""

    false_alarms_a_year: float = Field(4.0, gt=0, le=365)
    poll_every: Length = timedelta(seconds=60)
    managers: tuple[Annotated[str, Field(pattern=r"^S[A-Z0-9]+$")], ...] = ()
    status_pages: tuple[KnownPage, ...] = ()
    merge: Length | None = None
    steady: Length | None = None
    least_delay: Length | None = None
    flap: Length | None = None
    flap_hold: Length | None = None
    blind: Length | None = None
    overdue: Length | None = None
    remind: Length | None = None
    escalate: Length | None = None
    advice: Length | None = None
    gone: Length | None = None
    keep: Length | None = None
    refresh: Length | None = None
    stale: Length | None = None
    windows: tuple[WindowTable, ...] = ()


class Installation(Table):
    """The whole file."""

    mailboxes: dict[str, MailboxTable] = Field(default_factory=dict)
    routes: dict[str, RouteTable] = Field(default_factory=dict)
    calendars: dict[str, CalendarTable] = Field(default_factory=dict)
    destinations: dict[str, DestinationTable] = Field(default_factory=dict)
    tenants: dict[str, TenantTable] = Field(default_factory=dict)
    vantages: dict[VantageName, VantageTable] = Field(default_factory=dict)
    status_pages: dict[str, PageTable] = Field(default_factory=dict)
    rules: RulesTable = Field(default_factory=RulesTable)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        known = {"default", *self.tenants}
        near = [name for name, route in self.routes.items() if route.vantage not in self.vantages]
        faults = [*self.route_faults(near), *self._calendar_faults()]
        named = (("routes", self.routes), ("calendars", self.calendars), ("destinations", self.destinations))
        for kind, tables in named:
            faults += [f"{kind}.{name}.tenant: there is no tenant {table.tenant!r}. Example: [tenants.{table.tenant}]"
                       for name, table in tables.items() if table.tenant not in known]  # fmt: skip
        faults += [
            f"destinations.{name}.{key}: there is no destination {other!r}. Example: [destinations.{other}]"
            for name, table in self.destinations.items()
            for key, others in (("fallback", [table.fallback] if table.fallback else []), ("next", table.next))
            for other in others
            if other not in self.destinations
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def route_faults(self, names: Iterable[str]) -> Iterable[str]:
        """Say what keeps some routes from being travelled; a far vantage's mailboxes are in its own file."""
        for name in names:
            route = self.routes[name]
            for key, box in (("from", route.sender), ("to", route.receiver)):
                mailbox = self.mailboxes.get(box)
                need = "smtp" if key == "from" else "imap"
                if not box:
                    yield f'routes.{name}.{key}: is missing: the name of a mailbox. Example: {key} = "office"'
                elif mailbox is None:
                    yield f"routes.{name}.{key}: there is no mailbox {box!r}. Example: [mailboxes.{box}]"
                elif mailbox.via == "servers" and getattr(mailbox, need) is None:
                    example = f'{need} = "{need}.example.com:{PORTS[need]}"'
                    yield f"mailboxes.{box}.{need}: is missing, and routes.{name} needs it. Example: {example}"

    def _calendar_faults(self) -> Iterable[str]:
        for name, calendar in self.calendars.items():
            for key, box in (("mailbox", calendar.mailbox), ("viewer", calendar.viewer or calendar.mailbox)):
                if box not in self.mailboxes:
                    yield f"calendars.{name}.{key}: there is no mailbox {box!r}. Example: [mailboxes.{box}]"

    def variables(self) -> dict[str, str]:
        """Return the variables that the file refers to, each with an example of what it holds."""
        boxes = {box.password_env: "app-password" for box in self.mailboxes.values() if box.password_env}
        hooks = {
            d.url_env: "https://….environment.api.powerplatform.com:443/…&sig=…"
            for d in self.destinations.values()
            if d.url_env
        }
        tenants = {
            t.azure_client_secret_env: "q~8Q~abcdefghijklmnopqrstuvwxyz"
            for t in self.tenants.values()
            if t.azure_client_secret_env
        }
        secrets = {v.secret_env: "a-long-random-string" for v in self.vantages.values()}
        return {**boxes, **hooks, **tenants, **secrets}
