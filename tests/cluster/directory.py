"""A Graph of many tenants: each has its own list of tickets, and it is noted when each was polled."""

import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.demo.graph import Graph, Registration, Tokens
from bot.types import Clock

CLIENT = "6a1de2c0-77b1-4f0e-8a51-d3b0c0ffee01"
SECRET = "opens nothing outside"


class Directory:
    """The tenants' Graphs behind one address."""

    def __init__(self, tenants: Mapping[str, str], clock: Clock) -> None:
        """Take the name of each tenant by its id at Microsoft."""
        self._names = tenants
        self._tokens = {
            id_: Tokens(Registration(tenant_id=id_, client_id=CLIENT, client_secret=SECRET), rng=random.Random(id_))  # noqa: S311 - no secret
            for id_ in tenants
        }
        self.graphs = {name: Graph(clock=clock, tokens=self._tokens[id_]) for id_, name in tenants.items()}
        self._apps = {name: graph.app() for name, graph in self.graphs.items()}
        self.polls: defaultdict[str, list[float]] = defaultdict(list)
        """When each tenant's tickets were listed, in seconds of a steady clock."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the Graph of the tenant whose token or sign-in it is."""
        if scope["type"] != "http":
            return
        name = self._names.get(scope["path"].split("/")[1]) or self._whose(Request(scope))
        if name is None:
            await Response(status_code=401)(scope, receive, send)
            return
        if scope["path"].endswith("/issues"):
            self.polls[name].append(time.monotonic())
        await self._apps[name](scope, receive, send)

    def unwatched(self, until: float) -> float:
        """Tell the longest time that passed between two polls of a tenant, the time until the end included."""
        return max((_longest([*polls, until]) for polls in self.polls.values()), default=until)

    def _whose(self, request: Request) -> str | None:
        token = request.headers.get("Authorization", "").partition(" ")[2]
        return next((self._names[id_] for id_, tokens in self._tokens.items() if tokens.knows(token)), None)


def _longest(moments: Sequence[float]) -> float:
    return max(later - earlier for earlier, later in pairwise(moments))
