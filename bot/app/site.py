"""The status pages, the API and the ways in for the chat platforms, for one bot."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256

from starlette.applications import Starlette

from bot.app import wiring
from bot.app.bot import Bot
from bot.app.doors import doors, proxies_of
from bot.app.tenant_clashes import owners
from bot.app.tenants import Moved, page_people, page_token
from bot.types import Direction
from bot.web.app import create_app, create_health_app
from bot.web.history import RollupHistory
from bot.web.house import OPERATOR, House
from bot.web.overview import Overview, overview
from bot.web.site import Ports

FRESH = timedelta(seconds=10)
"""So long the view over all companies stands."""


@asynccontextmanager
async def open_site(bot: Bot, *, links: Mapping[str, str] | None = None) -> AsyncIterator[Starlette]:
    """Make the ASGI application; what people do in Slack comes in by it where the settings have a signing secret.

    A worker has no page and no way in: only what tells whether it is well.
    """
    environment = bot.settings.environment
    if not bot.role.answers:
        yield create_health_app(
            bot.pulse.health,
            bot.pipeline.snapshots,
            token=environment.page_token,
            proxies=proxies_of(environment),
        )
        return
    pages = Pages(bot)
    bot.tenants.listen(pages.follow)
    house = House(
        ports=pages.ports,
        tenants=lambda: bot.pipeline.tenants,
        snapshots=bot.pipeline.snapshots,
        health=bot.pulse.health,
        everybody=pages.everybody,
        opens=pages.opens,
        person=pages.person,
        language=pages.language(),
    )
    async with doors(bot) as mounts:
        yield create_app(
            house, token=environment.page_token, proxies=proxies_of(environment), mounts=mounts, links=links
        )


@dataclass(slots=True)
class Pages:
    """What each company's page reads, and which token opens it."""

    bot: Bot
    _ports: dict[str, Ports] | None = None
    _tokens: dict[str, str | None] | None = None
    _people: dict[str, str | None] | None = None
    _everybody: Overview | None = None
    _gathering: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def everybody(self) -> Overview:
        """Gather what is open at all companies, at most every few seconds, beside whatever else is to be done."""
        async with self._gathering:
            now = self.bot.clock.now()
            if self._everybody is None or abs(now - self._everybody.at) >= FRESH:
                watched = len(self.bot.tenants.names())
                gathered = partial(overview, self.bot.pipeline.open(), at=now, watched=watched)
                self._everybody = await asyncio.to_thread(gathered)
            return self._everybody

    async def follow(self, _: Moved) -> None:
        """Make everything anew when somebody asks."""
        self._ports = self._tokens = self._people = None

    def ports(self, tenant: str) -> Ports | None:
        """Give what a company's page reads; None where it is not watched."""
        known, bot = self._ports, self.bot
        if known is None:
            known = self._ports = {}
        if tenant not in bot.pipeline.tenants:
            return None
        if tenant not in known:
            known[tenant] = Ports(
                snapshot=bot.pipeline.asked,
                health=lambda: bot.pulse.health_of(tenant),
                history=RollupHistory(store=bot.store, directions=_directions(bot, tenant)),
                tenant=tenant,
                language=bot.pipeline.language(tenant),
            )
        return known[tenant]

    def opens(self, token: str) -> str | None:
        """Tell whose page a token opens, by its SHA-256 in hex; nobody's where two have it, the paused among them."""
        if self._tokens is None:
            owned = [(page_token(one), one.name) for one in self.bot.tenants.all()]
            self._tokens = owners((sha256(own.encode()).hexdigest(), name) for own, name in owned if own)
        return self._watched(self._tokens.get(token))

    def person(self, name: str) -> str | None:
        """Tell whose page somebody sees whom the proxy names: theirs where one company lists them, else the only one.

        The paused count: their people do not become those of the one that is left. A person's own name goes before
        their domain, also where it leads nowhere since two companies list it.
        """
        everybody = self.bot.tenants.all()
        if len(everybody) == 1:
            return OPERATOR
        if self._people is None:
            self._people = owners((who, one.name) for one in everybody for who in page_people(one))
        who = name.lower()
        domain = f"@{who.rpartition('@')[2]}" if "@" in who else who
        return self._watched(self._people.get(who if who in self._people else domain))

    def _watched(self, name: str | None) -> str | None:
        known = self.bot.tenants.find(name) if name else None
        return name if known and not known.paused else None

    def language(self) -> str:
        """Give the language that strangers are refused in."""
        names = self.bot.pipeline.tenants
        return self.bot.pipeline.language(names[0]) if len(names) == 1 else "en"


def _directions(bot: Bot, tenant: str) -> Mapping[str, Direction]:
    routes = wiring.routes(bot.tenants.view(tenant).settings, tenant)
    return {route.name: route.direction for route in routes if not route.control}
