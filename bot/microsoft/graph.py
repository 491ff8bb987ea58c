"""One client for Microsoft Graph: authorisation, paging, throttling, and failures as one error."""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

import httpx

from bot.egress import same_origin
from bot.microsoft.budget import HEALTH, Budget
from bot.microsoft.clouds import GLOBAL
from bot.microsoft.errors import GraphError, grant
from bot.microsoft.tokens import EntraTokens
from bot.types import Clock

Json: TypeAlias = dict[str, Any]

ATTEMPTS = 4
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=30)
# httpx limits each read, so an answer that trickles in would take for ever.
ANSWER_SECONDS = 60.0
MOST_BYTES = 32 * 1024 * 1024
MOST_PAGES = 50
# A throttled request was not looked at, so that even a message may be sent again.
REFUSED_UNSEEN = {429}
NOT_HANDED_OVER = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
OF_THE_WHOLE = {b"content-encoding", b"content-length", b"transfer-encoding"}
"""Headers that describe a body as it was sent, not as far as it was read."""
REQUEST = re.compile("[0-9a-fA-F-]{1,64}")
"""The id of a request; anything else in its place would go into logs."""
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
WORTH_ANOTHER_TRY = {429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; ``permission`` is what a 403 is about, and only what is ``repeatable`` is sent again after a 5xx.

    No more than ``most`` bytes of the answer are read.
    """

    method: str
    path: str
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    content: bytes | None = None
    permission: str = ""
    repeatable: bool = True
    most: int = MOST_BYTES


class GraphClient:
    """Talks to one Graph as one app."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        tokens: EntraTokens,
        *,
        clock: Clock,
        chance: random.Random,
        base: str = f"{GLOBAL.graph}/v1.0",
        scope: str = GLOBAL.graph_scope,
    ) -> None:
        """Bind an open HTTP client, which stays the caller's, to an app's tokens and a base URL."""
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._chance = chance
        self._base = httpx.URL(base.rstrip("/"))
        self._scope = scope
        self.budget = Budget()
        """Of requests about service health."""

    async def get(self, path: str, params: Mapping[str, str] | None = None, *, permission: str = "") -> Json:
        """Read one object; raises GraphError."""
        return await self.call(Call(method="GET", path=path, params=params, permission=permission))

    async def pages(self, first: Call) -> AsyncIterator[Json]:
        """Give each element of a collection, page by page; follows links to the same host only."""
        call: Call | None = first
        for _ in range(MOST_PAGES):
            if call is None:
                return
            page = await self.call(call)
            for element in elements(page):
                yield element
            call = self._next(page, call)
        raise GraphError(f"Graph has more than {MOST_PAGES} pages of {first.path}", permanent=True)

    async def call(self, call: Call) -> Json:
        """Send a request, again where that helps and is safe, and return its JSON object; raises GraphError."""
        response = await self.send(call)
        if not response.content:
            return {}
        return object_of(response.content, status=response.status_code)

    async def send(self, call: Call) -> httpx.Response:
        """Send a request, again where that helps and is safe; raises GraphError for all that is not a success."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._once(call)
            except GraphError as error:
                wait = self._wait(error, call, attempt)
                if wait is None:
                    raise
                if error.status == httpx.codes.UNAUTHORIZED:
                    self._tokens.forget()
                await self._clock.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, call: Call) -> httpx.Response:
        if HEALTH in self._url(call.path).path and (wait := await self.budget.take(self._clock.now())):
            await self._clock.sleep(wait)
        token = await self._tokens.token(self._scope)
        headers = {**call.headers, "Authorization": f"Bearer {token.get_secret_value()}"}
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                response = await self._answer(call, headers)
        except TimeoutError as error:
            raise GraphError(f"Graph took more than {ANSWER_SECONDS:.0f} seconds", fate_unknown=True) from error
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise GraphError(
                f"Graph cannot be reached: {said}", fate_unknown=not isinstance(error, NOT_HANDED_OVER)
            ) from error
        if response.is_success:
            return response
        raise self._error(response, call)

    async def _answer(self, call: Call, headers: Mapping[str, str]) -> httpx.Response:
        async with self._http.stream(
            call.method,
            self._url(call.path),
            params=call.params,
            headers=headers,
            json=call.json,
            content=call.content,
        ) as response:
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) >= call.most:
                    break
            kept = [(name, value) for name, value in response.headers.raw if name.lower() not in OF_THE_WHOLE]
            return httpx.Response(
                response.status_code, headers=kept, content=bytes(body[: call.most]), request=response.request
            )

    def _url(self, path: str) -> httpx.URL:
        url = httpx.URL(path)
        return url if url.is_absolute_url else httpx.URL(f"{self._base}/{path.lstrip('/')}")

    def _next(self, page: Json, call: Call) -> Call | None:
        link = page.get("@odata.nextLink")
        if not link:
            return None
        url = _link(str(link))
        if not same_origin(str(url), str(self._base)):
            # The token goes where the link points, so a link elsewhere is never followed.
            raise GraphError(f"Graph links to another host for the next page: {url.host}", permanent=True)
        return Call(method="GET", path=str(url), headers=call.headers, permission=call.permission)

    def _wait(self, error: GraphError, call: Call, attempt: int) -> timedelta | None:
        if error.status == httpx.codes.UNAUTHORIZED and attempt == 1:
            return timedelta()
        if attempt == ATTEMPTS or error.permanent:
            return None
        if not call.repeatable and error.status not in REFUSED_UNSEEN:
            return None
        backoff = FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + self._chance.random())
        wait = max(backoff, error.retry_after or timedelta())
        return wait if wait <= LONGEST_WAIT else None

    def _error(self, response: httpx.Response, call: Call) -> GraphError:
        code, said = _said(response)
        status = response.status_code
        advice = ""
        if status == httpx.codes.FORBIDDEN and call.permission:
            advice = " " + grant(call.permission, self._tokens.client_id)
        where = f"{call.method} {httpx.URL(call.path).path}"
        return GraphError(
            f"Graph answered {status} {code} to {where}: {said or 'no words'}{_trace(response)}.{advice}",
            status=status,
            code=code,
            permanent=status not in WORTH_ANOTHER_TRY,
            retry_after=self._retry_after(response.headers.get("Retry-After")),
            fate_unknown=status == httpx.codes.GATEWAY_TIMEOUT,
        )

    def _retry_after(self, value: str | None) -> timedelta | None:
        if not value:
            return None
        try:
            return timedelta(seconds=max(0.0, float(value)))
        except (ValueError, OverflowError):
            return self._until(value)

    def _until(self, date: str) -> timedelta | None:
        try:
            return max(timedelta(), parsedate_to_datetime(date) - self._clock.now())
        except (ValueError, TypeError, OverflowError):
            return None


def object_of(content: bytes, *, status: int | None = None) -> Json:
    """Read the JSON object that a body is, its strings whole characters; raises GraphError for any other body."""
    try:
        found = json.loads(content)
        if SURROGATE.search(content):
            # Half a character goes into no address, header or database.
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise GraphError("Graph answered with something that is not JSON", status=status) from error
    if not isinstance(found, dict):
        raise GraphError("Graph answered with JSON that is no object", status=status)
    return found


def elements(page: Json) -> list[Json]:
    """Give the objects of one page of a collection; raises GraphError where it is none."""
    value = page.get("value")
    if not isinstance(value, list):
        raise GraphError("Graph answered with a page that has no list in it")
    return [element for element in value if isinstance(element, dict)]


def _link(link: str) -> httpx.URL:
    try:
        return httpx.URL(link)
    except httpx.InvalidURL as error:
        raise GraphError("Graph links to no address for the next page", permanent=True) from error


def _body_error(response: httpx.Response) -> Json:
    try:
        error = object_of(response.content).get("error")
    except GraphError:
        return {}
    return error if isinstance(error, dict) else {}


def _said(response: httpx.Response) -> tuple[str, str]:
    error = _body_error(response)
    return str(error.get("code") or ""), str(error.get("message") or "").strip().rstrip(".")


def _trace(response: httpx.Response) -> str:
    inner = _body_error(response).get("innerError")
    request = inner.get("request-id") if isinstance(inner, dict) else None
    request = request or response.headers.get("request-id")
    return f" (request-id {request})" if REQUEST.fullmatch(str(request)) else ""
