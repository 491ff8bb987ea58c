"""Polls Microsoft 365 service health: what is listed, what changed, what is gone, and when it cannot be read."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import structlog

from bot.microsoft import Call, GraphClient, GraphError
from bot.types import DEFAULT_TENANT, Observation
from bot.watch.ledger import Issue, Ledger
from bot.watch.sight import Sight

log = structlog.get_logger(__name__)

ISSUES = "admin/serviceAnnouncement/issues"
PERMISSION = "ServiceHealth.Read.All"
PAGE = {"Prefer": "odata.maxpagesize=1000"}
WINDOW = timedelta(days=7)
STALE = timedelta(days=7)
RUN_SECONDS = 120.0
MOST_CONFIRMED = 10
NOT_FOUND, BAD_REQUEST = 404, 400
# Fewer may well end or stand still together.
MANY = 5


class ServiceHealth:
    """Reads the advisories that are open or changed in the last seven days."""

    def __init__(self, graph: GraphClient, *, source: str = "microsoft", tenant: str = DEFAULT_TENANT) -> None:
        """Take a Graph client of the tenant."""
        self._graph = graph
        self._source = source
        self._sight = Sight(source, tenant=tenant)
        self._ledger = Ledger(source, tenant=tenant)
        self._can_filter = True
        self._not_before: datetime | None = None

    @property
    def name(self) -> str:
        """The feed, as a source."""
        return self._source

    @property
    def readable(self) -> bool:
        """Whether the last look succeeded."""
        return not self._sight.blind

    def remember(self, issues: Mapping[str, Issue], blind: Collection[str]) -> None:
        """Take in what was listed before a restart, and which sources could not be seen then."""
        self._ledger.remember(issues)
        self._sight.remember(blind)

    async def look(self, now: datetime) -> Sequence[Observation]:
        """Read the feed once, within two minutes; not at all before the time that Graph asked to wait for."""
        if self._not_before is not None and now < self._not_before:
            return ()
        self._not_before = None
        try:
            async with asyncio.timeout(RUN_SECONDS):
                issues = await self._issues(now)
                missing = await self._missing(issues)
        except GraphError as error:
            self._not_before = now + error.retry_after if error.retry_after else None
            return self._sight.lost(now, str(error))
        except TimeoutError:
            return self._sight.lost(now, f"Service health was not read within {RUN_SECONDS:.0f} seconds")
        return self._told(issues, missing, now)

    def unread(self, now: datetime) -> Sequence[Observation]:
        """Tell that the feed is long due and what we know of it old, as there is more to do than gets done."""
        return self._sight.unread(now, "Service health")

    def _told(
        self, issues: Mapping[str, Issue], missing: Mapping[str, Issue | None], now: datetime
    ) -> Sequence[Observation]:
        doubt = self._doubt(issues, missing, now)
        if doubt:
            return self._sight.lost(now, doubt)
        since = now - WINDOW
        still = {id_: issue for id_, issue in missing.items() if issue is not None and _wanted(issue, since)}
        found = [*self._sight.found(now), *self._ledger.seen({**issues, **still}, now)]
        for id_, issue in missing.items():
            if issue is None:
                found.append(self._ledger.gone(id_, now))
            elif id_ not in still:
                self._ledger.forget(id_)
        return found

    def _doubt(self, issues: Mapping[str, Issue], missing: Mapping[str, Issue | None], now: datetime) -> str:
        """Say why a list that was read is not believed, or nothing."""
        if not issues and (len(self._ledger) >= MANY or any(issue is not None for issue in missing.values())):
            return "Service health lists nothing any more"
        opened = [issue for issue in issues.values() if issue.get("isResolved") is not True]
        newest = max((moment for issue in issues.values() if (moment := _modified(issue))), default=None)
        if len(opened) >= MANY and newest is not None and now - newest > STALE:
            return f"Nothing in service health has changed since {newest:%Y-%m-%d %H:%M} UTC"
        return ""

    async def _issues(self, now: datetime) -> dict[str, Issue]:
        since = now - WINDOW
        if self._can_filter:
            wanted = f"isResolved eq false or lastModifiedDateTime ge {since:%Y-%m-%dT%H:%M:%SZ}"
            try:
                return await self._list({"$filter": wanted}, since)
            except GraphError as error:
                if error.status != BAD_REQUEST:
                    raise
                log.warning("filter_refused", source=self._source, why=str(error))
                self._can_filter = False
        return await self._list(None, since)

    async def _list(self, params: Mapping[str, str] | None, since: datetime) -> dict[str, Issue]:
        call = Call(method="GET", path=ISSUES, params=params, headers=PAGE, permission=PERMISSION)
        return {str(issue["id"]): issue async for issue in self._graph.pages(call) if _wanted(issue, since)}

    async def _missing(self, issues: Mapping[str, Issue]) -> dict[str, Issue | None]:
        """Ask by name for what is listed no more: a list that shifts between two pages can leave one out."""
        return {id_: await self._by_id(id_) for id_ in self._ledger.missing(issues)[:MOST_CONFIRMED]}

    async def _by_id(self, id_: str) -> Issue | None:
        try:
            return await self._graph.get(f"{ISSUES}/{quote(id_, safe='')}", permission=PERMISSION)
        except GraphError as error:
            if error.status == NOT_FOUND:
                return None
            raise


def _wanted(issue: Issue, since: datetime) -> bool:
    if not issue.get("id"):
        return False
    modified = _modified(issue)
    return issue.get("isResolved") is not True or modified is None or modified >= since


def _modified(issue: Issue) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(issue.get("lastModifiedDateTime")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
