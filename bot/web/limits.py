"""Holds back whoever asks too often, by where a request began; what a platform signed is never held back."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.proxies import Proxies

HELD_BACK = "mailstatus.held_back"
"""The key of a scope that says that its client was refused too often: nothing more is logged of it."""
MOST_CLIENTS = 10_000
TOO_MANY = 429
A_GUESS = 10
"""What a refused request for the page costs in place of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """So many at once, and then so many a second."""

    burst: float
    a_second: float


PAGE = Pace(burst=1200, a_second=20)
"""An office of some hundred people behind one address, who all open the page at once; a guesser has two a second."""
REFUSED = Pace(burst=120, a_second=2)
INSTALLATIONS = Pace(burst=20, a_second=0.1)
"""Each begun installation is a row in the store."""


class Allowance:
    """What each client has left; whoever has not asked for longest is forgotten first where there are many."""

    def __init__(self, pace: Pace, now: Callable[[], float] = time.monotonic) -> None:
        """Take ``now`` in seconds, of a clock that nobody sets."""
        self._pace = pace
        self._now = now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def has(self, client: str) -> bool:
        """Tell whether a client has anything left."""
        return self._of(client) >= 1

    def take(self, client: str, cost: float = 1) -> None:
        """Take off; below nothing nobody comes."""
        self._left[client] = (max(self._of(client) - cost, 0.0), self._now())
        self._left.move_to_end(client)
        if len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)

    def wait(self, client: str) -> int:
        """Say in how many seconds a client may come again."""
        return max(1, math.ceil((1 - self._of(client)) / self._pace.a_second))

    def _of(self, client: str) -> float:
        left, at = self._left.get(client, (self._pace.burst, self._now()))
        return min(self._pace.burst, left + (self._now() - at) * self._pace.a_second)


class Requests:
    """Counts every request, and one that is refused for ten: for pages, where nothing says before who it is."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowance: Allowance,
        proxies: Proxies,
        always: Iterable[str] = (),
        free: Iterable[str] = (),
    ) -> None:
        """Take the paths that are always answered, and how those begin that cost nothing unless they are refused."""
        self._app = app
        self._allowance = allowance
        self._proxies = proxies
        self._always = frozenset(always)
        self._free = tuple(free)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 429."""
        if scope["type"] != "http" or scope["path"] in self._always:
            await self._app(scope, receive, send)
            return
        client = self._proxies.client(scope)
        if not self._allowance.has(client):
            wait = {"Retry-After": str(self._allowance.wait(client))}
            await PlainTextResponse("", TOO_MANY, wait)(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._allowance.take(client, self._cost(scope["path"], message["status"]))
            await send(message)

        await self._app(scope, receive, counted)

    def _cost(self, path: str, status: int) -> int:
        if status in {401, 403}:
            return A_GUESS
        return 0 if path.startswith(self._free) else 1


class Refusals:
    """Counts what a door refuses without a word; beyond the limit it says 429, and lets in what is signed all the same.

    A platform sends what thousands of people write from a few addresses, and others can have it send us what they
    signed themselves: refusing an address before its signature is checked would let them silence it.
    """

    def __init__(self, app: ASGIApp, *, allowance: Allowance, proxies: Proxies) -> None:
        """Take what guards itself."""
        self._app = app
        self._allowance = allowance
        self._proxies = proxies
        self._log = structlog.get_logger(__name__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its refusal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = self._proxies.client(scope)
        held = not self._allowance.has(client)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_wordless(message):
                self._count(client)
                if held:
                    message = self._too_many(client)
            await send(message)

        await self._app({**scope, HELD_BACK: True} if held else scope, receive, counted)

    def _count(self, client: str) -> None:
        had = self._allowance.has(client)
        self._allowance.take(client)
        if had and not self._allowance.has(client):
            self._log.warning("held_back", client=client, why="too many requests that were not signed")

    def _too_many(self, client: str) -> Message:
        wait = str(self._allowance.wait(client)).encode()
        headers = [(b"retry-after", wait), (b"content-length", b"0"), (b"connection", b"close")]
        return {"type": "http.response.start", "status": TOO_MANY, "headers": headers}


def _is_wordless(message: Message) -> bool:
    """Tell a refusal of a stranger, who is told nothing, from what a door says to whom it knows."""
    refused = 400 <= message["status"] < 500  # noqa: PLR2004 - HTTP's own
    return refused and (b"content-length", b"0") in message["headers"]
