"""What people do in Teams comes in here, behind our own guard: size, shape, token, tenant, then the SDK."""

import asyncio
import json
import re
from collections.abc import Callable, Collection, Mapping

from handlers.door import Receive, RefusedError, Scope, Send, answer, body_of, headers_of, json_of, refuse, text_of
from handlers.teams.bot.api import TeamsApi
from handlers.teams.bot.heard import Listener
from handlers.teams.bot.heard_once import HeardOnce, Said

PATH = "/api/messages"
"""The messaging endpoint, as an Azure Bot has it."""
OURS = frozenset({"message", "conversationUpdate", "installationUpdate"})
BUTTON = "adaptiveCard/action"
_TOKEN = re.compile(r"Bearer ([A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+)")
_LONGEST_TOKEN = 8192


class BotListener:
    """An ASGI application for one bot; ``azure_tenants`` gives the Entra ids of those whose people may talk to it."""

    def __init__(self, api: TeamsApi, listener: Listener, *, azure_tenants: Callable[[], Collection[str]]) -> None:
        """Take who is told of what comes in."""
        self._api = api
        self._listener = listener
        self._tenants = azure_tenants
        self._once = HeardOnce()

    async def warm(self) -> None:
        """Import the SDK beside whatever else is starting; raises TeamsError where it is not installed."""
        await asyncio.to_thread(self._api.load)
        self._api.wire().listener = self._listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with a status and nothing else."""
        if scope["type"] != "http":
            return
        try:
            status, said = await self._answered(scope, receive)
        except RefusedError as refused:
            await refuse(scope, send, refused)
            return
        body = b"" if said is None else json.dumps(said).encode()
        await answer(send, status, body, {"content-type": "application/json; charset=utf-8"})

    async def _answered(self, scope: Scope, receive: Receive) -> Said:
        if scope["method"] != "POST":
            raise RefusedError(405, "not a POST")
        headers = headers_of(scope)
        token = _token(headers)
        activity = json_of(text_of(await body_of(receive, headers)))
        if not isinstance(activity, dict):
            raise RefusedError(400, "not an object")
        service_url = str(activity.get("serviceUrl") or "")
        if not self._api.places.trusted(service_url):
            raise RefusedError(403, "would be answered at an address that is not Microsoft's")
        await self._api.wire().check(token, service_url)
        if not self._belongs(activity):
            raise RefusedError(403, "of a tenant that is not ours")
        return await self._taken(activity, token)

    async def _taken(self, activity: Mapping[str, object], token: str) -> Said:
        """Hand over what is for us, once; take no notice of the rest, as Teams expects it."""
        kind = str(activity.get("type") or "")
        if kind == "invoke" and activity.get("name") != BUTTON:
            return 501, None
        if kind not in OURS and kind != "invoke":
            return 200, None
        id_ = str(activity.get("id") or "")
        if not id_:
            raise RefusedError(400, "without an id")
        # An id is of one conversation: it may be the time of a message, and two people may write at the same time.
        request = f"{_inside(activity, 'conversation', 'id')} {id_}"
        return await self._once.answer(request, lambda: self._api.wire().take(activity, token))

    def _belongs(self, activity: Mapping[str, object]) -> bool:
        """Tell whether all that names a tenant names one of ours, and something does."""
        named = {_inside(activity, "conversation", "tenantId"), _inside(activity, "channelData", "tenant", "id")}
        named -= {""}
        return bool(named) and named <= {one.lower() for one in self._tenants()}


def _token(headers: Mapping[str, str]) -> str:
    given = headers.get("authorization", "")
    found = _TOKEN.fullmatch(given) if len(given) <= _LONGEST_TOKEN else None
    if found is None:
        raise RefusedError(401, "without a token")
    return found[1]


def _inside(value: object, *path: str) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value.lower() if isinstance(value, str) else ""
