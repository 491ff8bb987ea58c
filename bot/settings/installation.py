"""What ``mailstatus.toml`` holds: mailboxes, routes, destinations, tenants and rules; nothing in it is secret."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Literal, Protocol, Self, TypeVar

from pydantic import AwareDatetime, Field, model_validator

from bot.settings.destinations import DestinationTable, destination_faults
from bot.settings.forms import Length, Table, Variable
from bot.settings.last_resort import last_resort_faults
from bot.settings.routes import MailboxTable, RouteTable

PORTS = {"smtp": 587, "imap": 993}


class CalendarTable(Table):
    """A calendar that is tried: an entry is made in ``mailbox``, moved, and looked up as ``viewer`` is shown it."""

    mailbox: str = Field(examples=["office"])
    viewer: str | None = Field(None, examples=["colleague"])
    every: Length = Field(timedelta(minutes=5), ge=timedelta(minutes=1), examples=["5m"])
    limit: Length = Field(timedelta(minutes=10), ge=timedelta(minutes=1), le=timedelta(days=1), examples=["10m"])
    tenant: str = "default"


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
    page_token_env: Variable | None = None
    page_people: tuple[Annotated[str, Field(pattern=r"^[^A-Z\s]+$", examples=["ana@contoso.com"])], ...] = ()


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
    poll_every: Length = Field(timedelta(seconds=60), ge=timedelta(seconds=5), examples=["60s"])
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
        faults += destination_faults(self.destinations)
        faults += last_resort_faults(self.destinations, self.mailboxes, self.routes.values())
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

    def of(self, tenant: str) -> Self:
        """Give the tables of one tenant: nothing in them is another one's."""
        return self.apart([tenant])[tenant]

    def apart(self, tenants: Iterable[str]) -> Mapping[str, Self]:
        """Give the tables of each of some tenants, as ``of`` does: thousands may stand in one file."""
        routes, calendars = _by_tenant(self.routes), _by_tenant(self.calendars)
        destinations = _by_tenant(self.destinations)
        return {
            name: self._own(name, routes.get(name, {}), calendars.get(name, {}), destinations.get(name, {}))
            for name in tenants
        }

    def _own(
        self,
        tenant: str,
        routes: dict[str, RouteTable],
        calendars: dict[str, CalendarTable],
        destinations: dict[str, DestinationTable],
    ) -> Self:
        used = {box: True for one in routes.values() for box in (one.sender, one.receiver)}
        used |= {box: True for one in calendars.values() for box in (one.mailbox, one.viewer) if box}
        used |= {one.mailbox: True for one in destinations.values() if one.mailbox}
        own = {
            "routes": routes,
            "calendars": calendars,
            "destinations": destinations,
            "mailboxes": {name: self.mailboxes[name] for name in used if name in self.mailboxes},
            "tenants": {name: self.tenants[name] for name in (tenant,) if name in self.tenants},
        }
        return self.model_copy(update=own)

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
        tokens = {t.page_token_env: "a-long-random-string" for t in self.tenants.values() if t.page_token_env}
        secrets = {v.secret_env: "a-long-random-string" for v in self.vantages.values()}
        return {**boxes, **hooks, **tenants, **tokens, **secrets}


class Owned(Protocol):
    """A table that says whose it is."""

    @property
    def tenant(self) -> str:
        """Name the company."""


OwnedTable = TypeVar("OwnedTable", bound=Owned)


def _by_tenant(tables: Mapping[str, OwnedTable]) -> dict[str, dict[str, OwnedTable]]:
    found: dict[str, dict[str, OwnedTable]] = {}
    for name, one in tables.items():
        found.setdefault(one.tenant, {})[name] = one
    return found
