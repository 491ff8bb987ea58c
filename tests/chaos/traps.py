"""What can happen to a request of the bot: it dies over it, or, to see whether the oracle sees, it goes astray."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.demo.served import ABORT


class Moment(Enum):
    """When the kill comes, seen from the platform."""

    UNTAKEN = auto()
    """The request has come and nothing is done: between save and send."""
    TAKEN = auto()
    """All is done and the answer is not given: between send and mark."""
    FORGOTTEN = auto()
    """Nobody dies; nothing is done and a good answer given, as if the bot had marked what it never sent."""
    DOUBLED = auto()
    """Nobody dies; it is done twice, as if the bot had sent it again."""


@dataclass(slots=True, kw_only=True)
class Trap:
    """Kills at the requests that it is for, as often as ``left`` says."""

    path: str
    moment: Moment
    holds: bytes = b""
    """What the request's body contains."""
    lacks: bytes = b""
    """And what it does not."""
    left: int = 1
    spares: bool = False
    """Whether it lets the next one through: nobody dies over the same message twice in a row."""

    def catches(self, path: str, body: bytes) -> bool:
        """Tell whether a request is one to die at, and count it."""
        meant = self.path in path and self.holds in body and not (self.lacks and self.lacks in body)
        if not (meant and self.left) or self.spares:
            self.spares = self.spares and not meant
            return False
        self.left -= 1
        self.spares = True
        return True


class Trapped:
    """An ASGI app on the way to which the client may be killed."""

    def __init__(
        self, app: ASGIApp, traps: list[Trap], *, kill: Callable[[], object], cut_off: Callable[[], object]
    ) -> None:
        """Put the traps in front of an app; ``cut_off`` is called where a request gets no answer."""
        self._app = app
        self._traps = traps
        self._kill = kill
        self._cut_off = cut_off

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or let its client die over it."""
        body = await _body(receive)
        replayed = _Replayed(body, receive)
        trap = next((one for one in self._traps if one.catches(str(scope["path"]), body)), None)
        match trap.moment if trap else None:
            case None:
                answer = _Answer(send)
                await self._app(scope, replayed, answer)
                if not answer.given:
                    self._cut_off()
            case Moment.FORGOTTEN:
                await Response(status_code=202)(scope, replayed, send)
            case Moment.DOUBLED:
                await self._app(scope, replayed, _nowhere)
                await self._app(scope, _Replayed(body, receive), send)
            case Moment.UNTAKEN:
                await self._die(scope, receive)
            case Moment.TAKEN:
                await self._app(scope, replayed, _nowhere)
                await self._die(scope, receive)

    async def _die(self, scope: Scope, receive: Receive) -> None:
        self._kill()
        scope["extensions"][ABORT]()
        while (await receive())["type"] != "http.disconnect":
            pass


class _Answer:
    """Passes an answer on, and knows whether there was one."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.given = False

    async def __call__(self, message: Message) -> None:
        self.given = True
        await self._send(message)


class _Replayed:
    """A request's body once more, then what comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._first: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._receive = receive

    async def __call__(self) -> Message:
        first, self._first = self._first, None
        return first or await self._receive()


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _nowhere(_: Message) -> None:
    """Take an answer that nobody will get."""
