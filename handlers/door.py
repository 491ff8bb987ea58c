"""What stands in front of every way in from outside: reads a request's body within limits, refuses without a word."""

import asyncio
import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import structlog

from bot.web.limits import HELD_BACK

log = structlog.get_logger()

BODY_LIMIT = 256 * 1024
BODY_WAIT = timedelta(seconds=5)
SEEN_MOST = 20_000

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class RefusedError(Exception):
    """A request is not let in; ``status`` is all that the other side is told."""

    def __init__(self, status: int, why: str) -> None:
        """Keep the status, and why for our own log, which holds nothing of the request."""
        super().__init__(why)
        self.status = status


class Seen:
    """Remembers signatures for a while, so that the same bytes are not let in twice."""

    def __init__(self, keep: timedelta) -> None:
        """Forget a signature after ``keep``."""
        self._keep = keep
        self._seen: OrderedDict[str, datetime] = OrderedDict()

    def again(self, signature: str, now: datetime) -> bool:
        """Tell whether a signature was seen before, and remember it."""
        while self._seen and (len(self._seen) > SEEN_MOST or now - next(iter(self._seen.values())) > self._keep):
            self._seen.popitem(last=False)
        if signature in self._seen:
            return True
        self._seen[signature] = now
        return False


def headers_of(scope: Scope) -> dict[str, str]:
    """Give the headers by lower-case name; of one that comes twice the last."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def body_of(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """Read a body within size and time; raise RefusedError with 413, 400 or 408."""
    stated = headers.get("content-length", "0")
    if not (stated.isascii() and stated.isdigit()) or len(stated) > len(str(BODY_LIMIT)) or int(stated) > BODY_LIMIT:
        raise RefusedError(413, "too large")
    try:
        async with asyncio.timeout(BODY_WAIT.total_seconds()):
            return await _read(receive)
    except TimeoutError:
        raise RefusedError(408, "too slow") from None


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        part = await receive()
        if part["type"] == "http.disconnect":
            raise RefusedError(400, "cut off")
        body += part.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise RefusedError(413, "too large")
        if not part.get("more_body", False):
            return bytes(body)


def text_of(body: bytes) -> str:
    """Read a body as UTF-8; raise RefusedError with 400."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise RefusedError(400, "not UTF-8") from None


def json_of(text: str) -> object:
    """Read JSON that may be nested as deep as somebody likes; raise RefusedError with 400."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise RefusedError(400, "not JSON") from None


def signed(secret: bytes, message: bytes) -> hmac.HMAC:
    """Sign a message with HMAC-SHA256."""
    return hmac.new(secret, message, hashlib.sha256)


async def refuse(scope: Scope, send: Send, refused: RefusedError) -> None:
    """Refuse a request with a status and nothing else."""
    note(scope, refused)
    await answer(send, refused.status)


def note(scope: Scope, refused: RefusedError) -> None:
    """Log why a request was refused, but of a flood no more than its beginning."""
    if HELD_BACK not in scope:
        log.info("request_refused", path=scope.get("path"), status=refused.status, why=str(refused))


async def answer(send: Send, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
    """Answer a request in one piece."""
    sent = {"content-type": "text/plain; charset=utf-8", **(headers or {}), "content-length": str(len(body))}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
