"""Teams' connector as a bot meets it: takes posts, edits and answers in threads, and hands out its tokens' keys."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.demo.faults import Answer, Faults, Faulty, json_answer
from bot.types import Clock

KEYS = "/.well-known/keys"
OPENID = "/.well-known/openidconfiguration"
_LARGEST = 100 * 1024
_FIRST_ID = 1_700_000_000_000


@dataclass(slots=True, kw_only=True)
class Card:
    """A message in a conversation, as it stands after its edits."""

    id: str
    at: datetime
    conversation: str
    thread: str
    first: Mapping[str, Any]
    """The activity that people were told of it by."""
    activity: Mapping[str, Any]
    edits: int = 0

    @property
    def content(self) -> Mapping[str, Any]:
        """Give the Adaptive Card in it."""
        return card_in(self.activity)


@dataclass(slots=True)
class Connector:
    """Every conversation that a bot is in; ``faults`` break it, ``keys`` are the public ones as a JWK set."""

    clock: Clock
    faults: Faults = field(default_factory=Faults)
    cards: list[Card] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    """What came as ``Authorization``, one a request."""
    keys: Mapping[str, object] = field(default_factory=lambda: {"keys": []})
    keys_asked: int = 0

    def app(self) -> ASGIApp:
        """Give the stand-in as an ASGI app."""
        activities = "/v3/conversations/{conversation}/activities"
        routes = [
            Route(activities, self._post, methods=["POST"]),
            Route(activities + "/{activity}", self._edit, methods=["PUT"]),
            Route(KEYS, self._keys),
            Route("/{tenant}/discovery/v2.0/keys", self._keys),
        ]
        return Faulty(Starlette(routes=routes), self.faults)

    def delete(self, id_: str) -> None:
        """Delete a message, as a member of the channel may."""
        self.cards = [card for card in self.cards if card.id != id_]

    async def _post(self, request: Request) -> Response:
        activity = await self._read(request)
        if isinstance(activity, Response):
            return activity
        conversation, _, thread = request.path_params["conversation"].partition(";messageid=")
        id_ = str(_FIRST_ID + len(self.tokens))
        at = self.clock.now()
        self.cards.append(
            Card(id=id_, at=at, conversation=conversation, thread=thread, first=activity, activity=activity)
        )
        return JSONResponse({"id": id_}, status_code=201)

    async def _edit(self, request: Request) -> Response:
        activity = await self._read(request)
        if isinstance(activity, Response):
            return activity
        id_ = request.path_params["activity"]
        found = next((card for card in self.cards if card.id == id_), None)
        if found is None:
            return JSONResponse(_error("ActivityNotFoundInConversation"), status_code=404)
        found.activity = activity
        found.edits += 1
        return JSONResponse({"id": id_})

    async def _read(self, request: Request) -> Mapping[str, Any] | Response:
        self.tokens.append(request.headers.get("Authorization", ""))
        body = await request.body()
        if not self.tokens[-1].startswith("Bearer "):
            return Response(status_code=401)
        if len(body) > _LARGEST:
            return JSONResponse(_error("MessageSizeTooBig"), status_code=413)
        activity: Mapping[str, Any] = json.loads(body)
        return activity

    async def _keys(self, _: Request) -> Response:
        self.keys_asked += 1
        return JSONResponse(self.keys)


def card_in(activity: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the Adaptive Card in an activity."""
    content: Mapping[str, Any] = activity["attachments"][0]["content"]
    return content


def connector_error(status: int, code: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Give one of the connector's refusals."""
    return json_answer(status, _error(code), headers)


def _error(code: str) -> dict[str, object]:
    return {"error": {"code": code, "message": f"{code}."}}
