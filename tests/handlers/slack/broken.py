"""A network between us and somebody else's Slack that breaks in every way that was seen, and remembers what was asked."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import httpx
from starlette.types import Receive, Scope, Send

from bot.demo.served import ABORT

Json: TypeAlias = dict[str, Any]

UPLOAD = "upload"
"""What the sending of a file's bytes is called here: it is no method of Slack's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """What happens to one call: whether Slack gets it (``accepted``), and what comes back in place of its answer."""

    accepted: bool
    status: int | None = None
    """None: no answer of anybody's."""
    said: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    """No answer, and no end of the connection either."""
    share: float = 0
    """How much of Slack's own answer comes through before the connection is cut."""


def _answers() -> Iterator[tuple[str, Break]]:
    for accepted in (True, False):
        when = "accepted" if accepted else "not accepted"
        for status in (500, 502, 503):
            yield f"{status}, {when}", Break(accepted=accepted, status=status)
        said = {"ok": False, "error": "internal_error"}
        yield f"internal_error, {when}", Break(accepted=accepted, status=200, said=said)
        yield f"reset, {when}", Break(accepted=accepted)
        yield f"no answer in time, {when}", Break(accepted=accepted, hangs=True)


LIMITED = Break(accepted=False, status=429, said={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "30"})
BREAKS: Mapping[str, Break] = {
    **dict(_answers()),
    "cut in the middle of the answer": Break(accepted=True, share=0.5),
    "cut before the end of the answer": Break(accepted=True, share=0.99),
    "429": LIMITED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as Slack would have got it."""

    method: str
    arguments: Json
    broken: Break | None


class Broken:
    """An ASGI app that hands every call on to ``upstream``, unless it is to break."""

    def __init__(self, upstream: str) -> None:
        """Begin with a network that works."""
        self.calls: list[Call] = []
        self.breaks: Callable[[str], Break | None] = lambda _: None
        self._upstream = httpx.AsyncClient(base_url=upstream, timeout=30)
        self._port = upstream.rpartition(":")[2]

    def break_first(self, broken: Break, *methods: str) -> None:
        """Let the next call of each method break."""
        left = deque(methods)

        def breaks(method: str) -> Break | None:
            if method not in left:
                return None
            left.remove(method)
            return broken

        self.breaks = breaks

    def asked(self, method: str) -> list[Json]:
        """Give the arguments of every call of a method, broken ones included."""
        return [call.arguments for call in self.calls if call.method == method]

    async def aclose(self) -> None:
        """Let go of Slack."""
        await self._upstream.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a call on, or break it."""
        body = await _body(receive)
        path = str(scope["path"])
        method = UPLOAD if path.startswith("/upload/") else path.rpartition("/")[2]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        broken = self.breaks(method)
        self.calls.append(Call(method=method, arguments=_arguments(headers, body), broken=broken))
        answer = b""
        if broken is None or broken.accepted:
            kept = {name: headers[name] for name in ("authorization", "content-type") if name in headers}
            answer = (await self._upstream.post(path, content=body, headers=kept)).content
            # Files are sent to an address that Slack names: that way leads through here as well.
            answer = re.sub(rf"http://[a-z0-9.]+:{self._port}/".encode(), f"http://{headers['host']}/".encode(), answer)
        if broken is None:
            await _answer(send, 200, answer)
        elif broken.status is not None:
            await _answer(send, broken.status, json.dumps(broken.said).encode() if broken.said else b"", broken.headers)
        else:
            await _leave(scope, receive, send, broken, answer)


async def _leave(scope: Scope, receive: Receive, send: Send, broken: Break, answer: bytes) -> None:
    """Say nothing, or half of it."""
    if part := answer[: int(len(answer) * broken.share)]:
        await send(_start(200, len(answer), {}))
        await send({"type": "http.response.body", "body": part, "more_body": True})
    if not broken.hangs:
        scope["extensions"][ABORT]()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    await send(_start(status, len(body), headers or {}))
    await send({"type": "http.response.body", "body": body})


def _start(status: int, length: int, headers: Mapping[str, str]) -> Json:
    told = {"content-type": "application/json; charset=utf-8", "content-length": str(length), **headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    return {"type": "http.response.start", "status": status, "headers": raw}


async def _body(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        part = await receive()
        body += part.get("body", b"")
        more = part.get("more_body", False)
    return bytes(body)


def _arguments(headers: Mapping[str, str], body: bytes) -> Json:
    if headers.get("content-type", "") == "application/octet-stream":
        return {"bytes": len(body)}
    if headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(body or b"{}"))
    return dict(parse_qsl(body.decode()))
