"""Service health and calendars as Graph serves them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.demo.faults import Answer, Faults, Faulty, json_answer
from bot.demo.graph.calendars import Calendars
from bot.demo.graph.odata import ODataError, Row, matching, ordered, page_size, whole
from bot.demo.graph.tokens import Tokens
from bot.types import Clock

BASE = "/v1.0/admin/serviceAnnouncement"
USERS = "/v1.0/users"
_SERVICES = {
    "Exchange": "Exchange Online",
    "OSDPPlatform": "Microsoft 365 suite",
    "SharePoint": "SharePoint Online",
    "microsoftteams": "Microsoft Teams",
}
_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#admin/serviceAnnouncement"


class Graph:
    """Lists the issues that were published and not withdrawn, to those who bring a token."""

    def __init__(self, *, clock: Clock, tokens: Tokens) -> None:
        """Begin with no issue and everything operational."""
        self.faults = Faults()
        self._clock = clock
        self._tokens = tokens
        self._issues: dict[str, Row] = {}
        self.calendars = Calendars(self.error)

    @property
    def issues(self) -> tuple[Row, ...]:
        """What is listed now."""
        return tuple(self._issues.values())

    def publish(self, issue: Mapping[str, Any]) -> None:
        """List a ``serviceHealthIssue`` from now on, in place of the one with the same id."""
        self._issues[str(issue["id"])] = dict(issue)

    def withdraw(self, issue_id: str) -> None:
        """List an issue no more, as when the vendor narrows its audience; ``KeyError`` if it is not listed."""
        del self._issues[issue_id]

    def app(self) -> ASGIApp:
        """Give the whole stand-in as an ASGI app, token endpoint and faults included."""
        health = [
            Route("/issues", self._list_issues),
            Route("/issues/{issue_id}", self._one_issue),
            Route("/healthOverviews", self._overviews),
        ]
        guard = Middleware(_Guard, tokens=self._tokens, graph=self)
        routes = [*self._tokens.routes(), Mount(BASE, routes=health, middleware=[guard])]
        routes.append(Mount(USERS, routes=self.calendars.routes(), middleware=[guard]))
        return Faulty(Starlette(routes=routes), self.faults)

    def error(self, status: int, code: str, message: str) -> Response:
        """Give an error as Graph words it."""
        return JSONResponse({"error": self._error_body(code, message)}, status_code=status)

    def _error_body(self, code: str, message: str) -> dict[str, object]:
        stamp = self._clock.now().strftime("%Y-%m-%dT%H:%M:%S")
        ids = dict.fromkeys(("request-id", "client-request-id"), "3f1c2a60-0000-4000-8000-00000000d3e0")
        return {"code": code, "message": message, "innerError": {"date": stamp, **ids}}

    async def _list_issues(self, request: Request) -> Response:
        query = request.query_params
        try:
            rows = ordered(matching(self.issues, query.get("$filter", "")), query.get("$orderby", ""))
            size = page_size(request.headers.get("Prefer", ""), query.get("$top", ""))
            skip = whole(query.get("$skip", ""), 0)
        except ODataError as error:
            return self.error(400, "BadRequest", str(error))
        body: dict[str, object] = {"@odata.context": f"{_CONTEXT}/issues"}
        # With $top the client wants that many and no more: there is no next page.
        if skip + size < len(rows) and "$top" not in query:
            body["@odata.nextLink"] = _next_link(request, skip + size)
        return JSONResponse({**body, "value": rows[skip : skip + size]})

    async def _one_issue(self, request: Request) -> Response:
        issue = self._issues.get(request.path_params["issue_id"])
        if issue is None:
            return self.error(404, "UnknownError", "")
        return JSONResponse({"@odata.context": f"{_CONTEXT}/issues/$entity", **issue})

    async def _overviews(self, request: Request) -> Response:
        expand = request.query_params.get("$expand") == "issues"
        value = [self._overview(service_id, name, expand=expand) for service_id, name in _SERVICES.items()]
        return JSONResponse({"@odata.context": f"{_CONTEXT}/healthOverviews", "value": value})

    def _overview(self, service_id: str, name: str, *, expand: bool) -> dict[str, object]:
        mine = [issue for issue in self.issues if issue["service"] == name]
        overview: dict[str, object] = {"id": service_id, "service": name, "status": _status(mine)}
        return {**overview, "issues": mine} if expand else overview


class _Guard:
    """Turns away requests without a token, as Graph does before it looks at anything else."""

    def __init__(self, app: ASGIApp, *, tokens: Tokens, graph: Graph) -> None:
        self._app = app
        self._tokens = tokens
        self._graph = graph

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scheme, _, token = Request(scope).headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer" and self._tokens.knows(token):
            await self._app(scope, receive, send)
            return
        refusal = self._graph.error(401, "InvalidAuthenticationToken", "Access token is empty, unknown or expired.")
        await refusal(scope, receive, send)


def throttled(retry_after: str = "2.128") -> Answer:
    """Give Graph's 429: its wait may be a fraction of seconds."""
    body = {
        "error": {"code": "TooManyRequests", "message": "Please retry again later.", "innerError": {"status": "429"}}
    }
    return json_answer(429, body, {"Retry-After": retry_after})


def unavailable(status: int = 503) -> Answer:
    """Give Graph's 503 (or 500, 504): the message is empty, and nothing says how long to wait."""
    return json_answer(status, {"error": {"code": "UnknownError", "message": "", "innerError": {}}})


def forbidden() -> Answer:
    """Give Graph's 403 for an application without the permission."""
    return json_answer(
        403, {"error": {"code": "Forbidden", "message": "Insufficient privileges to complete the operation."}}
    )


def _status(issues: Sequence[Row]) -> object:
    open_incidents = [issue["status"] for issue in issues if not issue["isResolved"]]
    return open_incidents[0] if open_incidents else "serviceOperational"


def _next_link(request: Request, skip: int) -> str:
    query = {**request.query_params, "$skip": str(skip)}
    return f"{request.url.replace(query='')}?{urlencode(query, safe='$')}"
