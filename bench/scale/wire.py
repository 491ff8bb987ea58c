"""The least of HTTP/1.1 that our clients need of a server, so that the stand-ins cost little beside the bot."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

END = b"\r\n\r\n"
REASONS = {200: "OK", 202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        """Give the path alone."""
        return urlsplit(self.target).path

    @property
    def query(self) -> Mapping[str, str]:
        """Give the first value of each parameter."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


Answers: TypeAlias = Callable[[Asked], bytes]


class Line(asyncio.Protocol):
    """A connection that is known for as long as it is open."""

    transport: asyncio.WriteTransport

    def __init__(self, known: set["Line"]) -> None:
        """Take where the open ones are kept."""
        self._known = known
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the line."""
        self.transport = transport  # type: ignore[assignment]  # a stream by contract
        self._known.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Forget it."""
        self._known.discard(self)


class Http(Line):
    """One connection, kept open: each request is answered as soon as it is whole."""

    def __init__(self, known: set[Line], answers: Answers) -> None:
        """Take what answers."""
        super().__init__(known)
        self._answers = answers

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self._buffer += data
        while asked := self._next():
            self.transport.write(self._answers(asked))

    def _next(self) -> Asked | None:
        head, found, rest = self._buffer.partition(END)
        if not found:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        method, target, _ = first.split(" ", 2)
        return Asked(method, target, headers, rest[:length])


def answer(status: int, body: bytes = b"", content_type: str = "application/json") -> bytes:
    """Write a whole answer."""
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Length: {len(body)}\r\n"
    kind = f"Content-Type: {content_type}\r\n" if body else ""
    return f"{head}{kind}\r\n".encode("latin-1") + body


def json_answer(value: object, status: int = 200) -> bytes:
    """Write an answer of JSON, as compact as the contract-checked stand-ins write it."""
    return answer(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
