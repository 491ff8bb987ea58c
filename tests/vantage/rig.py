"""A bot's way in on a real port, with a real store, and the far side of it."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.demo.served import served
from bot.jobs import TableJobs
from bot.keeper import Company
from bot.pipeline import Memory, Pipeline
from bot.store import Push, Store, StoreError
from bot.types import Arrived, Direction, Observation, Route, Sent
from bot.vantage.push import Pusher
from bot.vantage.spool import Spool, open_spool
from handlers.vantage.guard import Guard
from handlers.vantage.listen import PATH, Ports, VantageListener

T0 = datetime(2026, 11, 28, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SECRET = SecretStr("tokyo's own long secret")
OTHER = SecretStr("sydney's own long secret")


@dataclass
class Hand:
    """A clock that is set by hand; waiting passes at once and is remembered."""

    at: datetime = T0
    waits: list[timedelta] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, length: timedelta) -> None:
        self.waits.append(length)
        self.at += length


def route(name: str, vantage: str = "tokyo", tenant: str = "default") -> Route:
    return Route(name=name, direction=Direction.OUTBOUND, vantage=vantage, tenant=tenant, far=vantage != "here")


ROUTES = (
    route("outbound-tokyo"),
    route("fabrikam-tokyo", tenant="fabrikam"),
    route("outbound-sydney", "sydney"),
    route("outbound-here", "here"),
)


@dataclass
class Bot:
    """The near side: ``up`` is whether it answers, ``saving`` whether its store does."""

    store: Store
    clock: Hand
    routes: Sequence[Route] = ROUTES
    up: bool = True
    saving: bool = True
    confirm: tuple[str, ...] = ()

    async def known(self, vantage: str, spool: str) -> dict[str, Push]:
        if not self.saving:
            raise StoreError("store: gone")
        async with self.store.read() as tx:
            return dict(await tx.pushes.known(vantage, spool))

    async def opened(self) -> ASGIApp:
        """Start, as after a restart."""
        jobs = TableJobs(self.store, self.clock, random.Random(1))  # noqa: S311 - no secret
        tenants = dict.fromkeys(one.tenant for one in self.routes)
        pipeline = Pipeline(Memory(store=self.store, jobs=jobs, clock=self.clock))
        for name in tenants:
            await pipeline.admit(name, Company(routes=[one for one in self.routes if one.tenant == name]))
        ports = Ports(
            routes=self.routes,
            known=self.known,
            take=pipeline.take,
            suspects=lambda tenant: self.confirm if tenant == "default" else (),
            now=self.clock.now,
        )
        guard = Guard({"tokyo": SECRET, "sydney": OTHER}, now=self.clock.now)
        listener = VantageListener(guard, ports)

        async def app(scope: object, receive: object, send: object) -> None:
            if not self.up:
                scope["extensions"]["mailstatus.abort"]()  # type: ignore[index]  # an ASGI scope
                return
            await listener(scope, receive, send)  # type: ignore[arg-type]  # passed on as they came

        return app

    async def seen(self, tenant: str = "default") -> list[Observation]:
        """Give all that was saved."""
        async with self.store.read() as tx:
            return [one async for one in tx.observations.between(tenant, T0 - 48 * HOUR, T0 + 48 * HOUR)]


@dataclass
class Far:
    """The far side, with a clock of its own."""

    port: int
    clock: Hand
    http: httpx.AsyncClient
    folder: Path
    vantage: str = "tokyo"
    secret: SecretStr = SECRET

    @contextmanager
    def spool(self, most: int = 1000) -> Iterator[Spool]:
        with open_spool(self.folder, now=self.clock.now, most=most) as spool:
            yield spool

    @contextmanager
    def pusher(self) -> Iterator[Pusher]:
        with self.spool() as spool:
            yield Pusher(
                url=f"http://127.0.0.1:{self.port}",
                vantage=self.vantage,
                secret=self.secret,
                spool=spool,
                http=self.http,
                clock=self.clock,
                chance=random.Random(1),  # noqa: S311 - no secret
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"


@asynccontextmanager
async def far_side(bot: Bot, folder: Path) -> AsyncIterator[Far]:
    """Serve a bot, and give a far side for it."""
    async with served(await bot.opened()) as port, httpx.AsyncClient() as http:
        yield Far(port, Hand(), http, folder)


def sent(number: int, *, route: str = "outbound-tokyo", at: datetime = T0 - 20 * MINUTE) -> Sent:
    return Sent(at=at + number * SECOND, route=route, probe=f"{number:016x}")


def arrived(number: int, *, route: str = "outbound-tokyo", at: datetime = T0 - 20 * MINUTE) -> Arrived:
    return Arrived(at=at + (number + 5) * SECOND, route=route, probe=f"{number:016x}", latency=5 * SECOND)
