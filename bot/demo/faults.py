"""Faults to switch on any HTTP stand-in: answers that are wrong, late, or never come."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.demo.served import ABORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer in place of the true one."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer, for as long as the client likes to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The connection is reset: before the request is done, or (``accepted``) after it was, without the answer."""

    accepted: bool


Fault: TypeAlias = Answer | Hang | Drop


def json_answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    """Give a fault whose body is JSON."""
    content = {"Content-Type": "application/json", **(headers or {})}
    return Answer(status=status, body=json.dumps(body).encode(), headers=content)


def html_answer(status: int = 200) -> Answer:
    """Give the page of a proxy or portal that stands in the way, where JSON was expected."""
    page = b"<!DOCTYPE html><html><head><title>Please sign in</title></head><body>Sign in to go on.</body></html>"
    return Answer(status=status, body=page, headers={"Content-Type": "text/html; charset=utf-8"})


@dataclass(slots=True)
class _Switched:
    fault: Fault
    path: str
    left: int | None


class Faults:
    """The switches of one stand-in."""

    def __init__(self) -> None:
        """Begin with everything working."""
        self._switched: list[_Switched] = []

    def switch_on(self, fault: Fault, *, path: str = "", times: int | None = None) -> None:
        """Let requests whose path contains ``path`` meet ``fault``, ``times`` times or until it is switched off."""
        self._switched.append(_Switched(fault, path, times))

    def switch_off(self) -> None:
        """Let everything work again."""
        self._switched.clear()

    def meet(self, path: str) -> Fault | None:
        """Count a request for ``path``; gives the fault that it meets."""
        for switched in self._switched:
            if switched.path in path:
                return self._count(switched)
        return None

    def _count(self, switched: _Switched) -> Fault:
        if switched.left is not None:
            switched.left -= 1
            if switched.left <= 0:
                self._switched.remove(switched)
        return switched.fault


class Faulty:
    """An ASGI app whose requests may meet a fault first."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        """Put ``faults`` in front of ``app``."""
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or let it meet its fault."""
        fault = self._faults.meet(str(scope["path"]))
        match fault:
            case None:
                await self._app(scope, receive, send)
            case Answer():
                await _answer(fault, send)
            case Hang():
                await _gone(receive)
            case Drop(accepted=accepted):
                await self._drop(scope, receive, accepted=accepted)

    async def _drop(self, scope: Scope, receive: Receive, *, accepted: bool) -> None:
        if accepted:
            await self._app(scope, receive, _nowhere)
        scope["extensions"][ABORT]()
        await _gone(receive)


async def _answer(fault: Answer, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in fault.headers.items()]
    headers.append((b"content-length", str(len(fault.body)).encode()))
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": fault.body})


async def _gone(receive: Receive) -> None:
    """Wait until the client or the server has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _nowhere(message: Message) -> None:
    """Take an answer that nobody will get."""
