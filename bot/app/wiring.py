"""Settings to the nouns: routes, destinations and rules, by tenant."""

from datetime import time

from bot.egress import Reach, public_socket
from bot.mail import Security, Server
from bot.settings import DestinationTable, RouteTable, RulesTable, Settings
from bot.settings import Server as ServerTable
from bot.types import DEFAULT_TENANT, Destination, Direction, Only, QuietHours, Route, Rules, Severity, Window


def tenants(settings: Settings) -> list[str]:
    """Name the companies that are watched: those with a table, else the one that the environment speaks of."""
    named = list(settings.installation.tenants)
    elsewhere = named or settings.environment.tenants
    lone = not elsewhere or settings.environment.azure_tenant_id
    routes, calendars = settings.installation.routes, settings.installation.calendars
    used = {one.tenant for one in routes.values()} | {one.tenant for one in calendars.values()}
    return [DEFAULT_TENANT, *named] if lone or DEFAULT_TENANT in used else named


def routes(settings: Settings, tenant: str) -> list[Route]:
    """Give the routes of one tenant."""
    tables = settings.installation.routes
    far = settings.installation.vantages
    return [_route(name, one, far=one.vantage in far) for name, one in tables.items() if one.tenant == tenant]


def reach(settings: Settings) -> Reach | None:
    """Give what connects to the hosts that the settings name; None where any address will do."""
    return public_socket if settings.public_only else None


def server(settings: Settings, table: ServerTable | None) -> Server | None:
    """Give a mail server, reached as these settings may; None where there is none."""
    if table is None:
        return None
    security, way = Security(table.security), reach(settings)
    return Server(host=table.host, port=table.port, security=security, reach=way)


def language(settings: Settings, tenant: str) -> str:
    """Give the language of a tenant's page."""
    table = settings.installation.tenants.get(tenant)
    return table.language if table else "en"


def destinations(settings: Settings) -> list[Destination]:
    """Give every channel that is told, of all tenants."""
    measured = {one.tenant for one in settings.installation.routes.values() if one.direction != "control"}
    tables = settings.installation.destinations.items()
    return [_destination(name, table, measured=table.tenant in measured) for name, table in tables]


def rules(settings: Settings) -> Rules:
    """Give the rules of ringing: what the file sets, and the defaults for the rest."""
    table = settings.installation.rules
    lengths = {name: value for name in _LENGTHS if (value := getattr(table, name)) is not None}
    longest = max((len(one.next) for one in settings.installation.destinations.values()), default=0)
    windows = tuple(Window(start=one.begin, end=one.end, note=one.note) for one in table.windows)
    return Rules(**lengths, windows=windows, escalations=longest)


_LENGTHS = sorted(set(RulesTable.model_fields) & set(Rules.__dataclass_fields__) - {"windows"})


def _route(name: str, table: RouteTable, *, far: bool) -> Route:
    control = table.direction == "control"
    return Route(
        name=name,
        direction=Direction.OUTBOUND if control else Direction(table.direction),
        vantage=table.vantage,
        control=control,
        interval=table.every,
        deadline=table.deadline,
        tenant=table.tenant,
        far=far,
    )


def _destination(name: str, table: DestinationTable, *, measured: bool) -> Destination:
    return Destination(
        name=name,
        platform=table.platform,
        language=table.language,
        tenant=table.tenant,
        severities=frozenset(Severity(one) for one in table.severities) or frozenset(Severity),
        directions=frozenset(Direction(one) for one in table.directions),
        only=Only(table.only) if table.only else None,
        quiet=_quiet(table),
        mention=table.mention,
        next=table.next,
        fallback=table.fallback,
        standby=table.standby,
        edits=table.platform == "slack" or table.conversation is not None,
        measured=measured,
    )


def _quiet(table: DestinationTable) -> QuietHours | None:
    if table.quiet is None:
        return None
    start, end = time.fromisoformat(table.quiet.begin), time.fromisoformat(table.quiet.end)
    return QuietHours(start=start, end=end, zone=table.quiet.zone)
