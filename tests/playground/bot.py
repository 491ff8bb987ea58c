"""The real bot on a port of loopback, in the middle of an outage, for Microsoft's Agents Playground to talk to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import jwt
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app.clock import SystemClock
from bot.store import Store
from bot.types import Kind, Landed, Message, Order, Person, Reason, Reported
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.teams.bot.api import BotApp, TeamsApi
from handlers.teams.bot.dialogue import Dialogue
from handlers.teams.bot.listen import PATH, BotListener
from handlers.teams.bot.places import Places
from handlers.teams.bot.send import BotSender
from handlers.teams.bot.wire import Wire
from tests.handlers.asking import everybodys
from tests.handlers.examples import delivery, message, snapshot

APP = "2f4e6a8c-1111-2222-3333-444455556666"
TENANT = "00000000-0000-0000-0000-0000000000001"
"""Of the playground's people."""
TOKEN = jwt.encode({"appid": APP}, "the playground signs nothing and checks nothing", algorithm="HS256")
WORSE = message(
    headline=("No mail leaves the company.",),
    facts=(("10 of 10 test messages were refused.",),),
    vendor=("Microsoft confirmed it (EX649175).",),
    reason=Reason.WORSE,
)


class Trusting(Wire):
    """The playground signs no requests; all else is as in production."""

    async def check(self, token: str, service_url: str) -> None:
        """Let in."""


@dataclass
class Unsigned:
    """Puts a token where the playground sends none, so that our guard has one to read."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        headers = [*scope["headers"], (b"authorization", f"Bearer {TOKEN}".encode())]
        await self.app({**scope, "headers": headers}, receive, send)


@dataclass
class Outage:
    """What happens in the story, one step a call: the bot tells of it, changes its card, answers below it."""

    store: Store
    api: TeamsApi
    head: Landed | None = None

    async def step(self, request: Request) -> Response:
        """Send what comes next to the conversation that the bot was added to last."""
        kind = Kind(request.path_params["kind"])
        async with self.store.read() as tx:
            (place, *_) = await tx.conversations.all()
        said: Message = message() if kind is Kind.HEAD else WORSE
        sender = BotSender(self.api, place.id, clock=SystemClock())
        self.head = await sender.send(replace(delivery(kind, head=self.head, said=said), key=str(kind)))
        return PlainTextResponse("done")


@asynccontextmanager
async def bot(folder: Path, service_url: str) -> AsyncIterator[ASGIApp]:
    """Give the bot as an ASGI app that may answer at ``service_url``; ``/step/KIND`` makes it tell something."""
    clock, shows = SystemClock(), snapshot()

    async def order(_: Order) -> None:
        """Take an order."""

    async def report(_: Reported, _by: Person) -> None:
        """Take a report."""

    async def tokens(_: str) -> SecretStr:
        return SecretStr(TOKEN)

    async with await Store.open(f"sqlite:///{folder / 'playground.db'}") as store:
        places = Places(store, now=clock.now, own=service_url)
        api = TeamsApi(BotApp(id=APP, azure_tenant=TENANT, tokens=tokens), places, connect=Trusting)
        orders = Orders(
            snapshot=lambda: shows, order=order, report=report, refused=order, clock=clock, may=lambda _: True
        )
        desks = everybodys(Commands(orders=orders, name="@mailstatus"))
        chance = Random(1)  # noqa: S311 - nothing secret hangs on it
        dialogue = Dialogue(api=api, desks=desks, clock=clock, chance=chance)
        listener = BotListener(api, dialogue, azure_tenants=lambda: [TENANT])
        await listener.warm()
        outage = Outage(store, api)
        steps = Route("/step/{kind}", outage.step, methods=["POST"])
        try:
            yield Starlette(routes=[steps, Route(PATH, Unsigned(listener), methods=["POST"])])
        finally:
            await api.aclose()
