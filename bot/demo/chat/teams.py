"""A Teams Workflows webhook: takes cards, answers 202, and says nothing more."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.demo.faults import Answer, Faults, Faulty, json_answer
from bot.types import Clock

Card: TypeAlias = Mapping[str, Any]

_PATH = "/workflows/1f0c5d6e/triggers/manual/paths/invoke"
_LARGEST = 28 * 1024
_CARD_TYPE = "application/vnd.microsoft.card.adaptive"
_HIGHEST_VERSION = (1, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A card in the channel."""

    at: datetime
    card: Card


class Teams:
    """A channel behind a webhook; ``faults`` break it, ``lost`` are bodies that got a 202 and no message."""

    def __init__(self, *, clock: Clock, signature: str) -> None:
        """Let those in whose address holds ``signature``."""
        self.faults = Faults()
        self.posted: list[Posted] = []
        self.lost: list[object] = []
        self._clock = clock
        self._signature = signature

    def address(self, base: str) -> str:
        """Give the webhook's secret address on the server ``base``."""
        query = {"api-version": "2016-06-01", "sp": "/triggers/manual/run", "sv": "1.0", "sig": self._signature}
        return f"{base}{_PATH}?{urlencode(query)}"

    def app(self) -> ASGIApp:
        """Give the stand-in as an ASGI app."""
        return Faulty(Starlette(routes=[Route(_PATH, self._invoke, methods=["POST"])]), self.faults)

    async def _invoke(self, request: Request) -> Response:
        if "Authorization" in request.headers:
            return _error(401, "DirectApiAuthorizationRequired", "Send the signature or a token, not both.")
        if request.query_params.get("sig") != self._signature:
            return _error(401, "DirectApiInvalidAuthorizationScheme", "The signature is missing or wrong.")
        body = await request.body()
        if len(body) > _LARGEST:
            return _error(413, "RequestEntityTooLarge", "The message is larger than 28 KB.")
        try:
            given = json.loads(body)
        except ValueError:
            return _error(400, "InvalidRequestContent", "The body is no JSON.")
        self._run(given)
        return Response(status_code=202)

    def _run(self, given: object) -> None:
        """Do what the stock flow does after its 202: post each attached card, and fail unseen on anything else."""
        cards = _cards(given)
        if not cards:
            self.lost.append(given)
        self.posted += [Posted(at=self._clock.now(), card=card) for card in cards]


def teams_throttled(retry_after: int = 1) -> Answer:
    """Give the 429 of a flow that is asked too often."""
    error = {"code": "TooManyRequests", "message": "Rate limit is exceeded. Try again later."}
    return json_answer(429, {"error": error}, {"Retry-After": str(retry_after)})


def _cards(given: object) -> list[Card]:
    if not isinstance(given, Mapping) or given.get("type") != "message":
        return []
    attached = [item for item in given.get("attachments") or () if item.get("contentType") == _CARD_TYPE]
    cards = [item.get("content") for item in attached]
    return [card for card in cards if isinstance(card, Mapping) and _showable(card)]


def _showable(card: Card) -> bool:
    try:
        version = tuple(int(part) for part in str(card.get("version")).split("."))
    except ValueError:
        return False
    return card.get("type") == "AdaptiveCard" and version <= _HIGHEST_VERSION


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)
