"""Polls Microsoft 365 service health: what is listed, what changed, what is gone, and when it cannot be read."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import structlog

from bot.microsoft import Call, GraphClient, GraphError
from bot.types import DEFAULT_TENANT, AdvisoryGone, AdvisorySeen, Observation
from bot.watch.sight import Sight

log = structlog.get_logger(__name__)

Issue: TypeAlias = Mapping[str, object]

ISSUES = "admin/serviceAnnouncement/issues"
PERMISSION = "ServiceHealth.Read.All"
PAGE = {"Prefer": "odata.maxpagesize=1000"}
WINDOW = timedelta(days=7)
RUN_SECONDS = 120.0
MOST_CONFIRMED = 10
NOT_FOUND, BAD_REQUEST = 404, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What is kept of an advisory between two looks."""

    fingerprint: str
    open: bool
    modified: datetime | None


class ServiceHealth:
    """Reads the advisories that are open or changed in the last seven days."""

    def __init__(self, graph: GraphClient, *, source: str = "microsoft", tenant: str = DEFAULT_TENANT) -> None:
        """Take a Graph client of the tenant."""
        self._graph = graph
        self._source = source
        self._tenant = tenant
        self._sight = Sight(source, tenant=tenant)
        self._listed: dict[str, _Listed] = {}
        self._can_filter = True

    @property
    def name(self) -> str:
        """The feed, as a source."""
        return self._source

    @property
    def readable(self) -> bool:
        """Whether the last look succeeded."""
        return not self._sight.blind

    async def look(self, now: datetime) -> Sequence[Observation]:
        """Read the feed once, within two minutes."""
        try:
            async with asyncio.timeout(RUN_SECONDS):
                issues = await self._issues(now)
                gone = await self._gone(issues, now)
        except GraphError as error:
            return self._sight.lost(now, str(error))
        except TimeoutError:
            return self._sight.lost(now, f"Service health was not read within {RUN_SECONDS:.0f} seconds")
        return [*self._sight.found(now), *self._changed(issues, now), *gone]

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
        return {str(issue.get("id")): issue async for issue in self._graph.pages(call) if _wanted(issue, since)}

    def _changed(self, issues: Mapping[str, Issue], now: datetime) -> list[Observation]:
        found: list[Observation] = []
        for id_, issue in issues.items():
            listed, before = _listed(issue), self._listed.get(id_)
            if before is None or before.fingerprint != listed.fingerprint:
                found.append(AdvisorySeen(at=now, tenant=self._tenant, source=self._source, issue=issue))
            self._listed[id_] = listed
        return found

    async def _gone(self, issues: dict[str, Issue], now: datetime) -> list[Observation]:
        missing = [id_ for id_ in self._listed if id_ not in issues][:MOST_CONFIRMED]
        asked = {id_: await self._by_id(id_) for id_ in missing}
        gone = [id_ for id_, issue in asked.items() if issue is None]
        issues |= {id_: issue for id_, issue in asked.items() if issue is not None and _wanted(issue, now - WINDOW)}
        for id_ in set(missing) - set(issues):
            del self._listed[id_]
        return [AdvisoryGone(at=now, tenant=self._tenant, source=self._source, id=id_) for id_ in gone]

    async def _by_id(self, id_: str) -> Issue | None:
        """Ask for one advisory by name: a list that shifts between two pages can leave one out."""
        try:
            return await self._graph.get(f"{ISSUES}/{id_}", permission=PERMISSION)
        except GraphError as error:
            if error.status == NOT_FOUND:
                return None
            raise


def _listed(issue: Issue) -> _Listed:
    text = json.dumps(issue, sort_keys=True, default=str).encode()
    return _Listed(
        fingerprint=hashlib.sha256(text).hexdigest(),
        open=issue.get("isResolved") is not True,
        modified=_moment(issue.get("lastModifiedDateTime")),
    )


def _wanted(issue: Issue, since: datetime) -> bool:
    modified = _moment(issue.get("lastModifiedDateTime"))
    return bool(issue.get("id")) and (issue.get("isResolved") is not True or modified is None or modified >= since)


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
