"""Requests without a network."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from handlers.door import Receive


def receiving(body: bytes, piece: int = 65536) -> Receive:
    """Give a body in pieces, as a server does."""
    pieces = [body[start : start + piece] for start in range(0, len(body), piece)] or [b""]

    async def receive() -> MutableMapping[str, Any]:
        part = pieces.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(pieces)}

    return receive


@dataclass
class Answered:
    """What an ASGI app sent."""

    parts: list[MutableMapping[str, Any]] = field(default_factory=list)

    async def send(self, part: MutableMapping[str, Any]) -> None:
        """Take a part of an answer."""
        self.parts.append(part)

    @property
    def status(self) -> int:
        """Give its status."""
        return int(self.parts[0]["status"])

    @property
    def body(self) -> bytes:
        """Give its body."""
        return b"".join(part.get("body", b"") for part in self.parts[1:])
