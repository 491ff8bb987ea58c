"""Whose page a request is about: each company's own token opens its own, the operator's token opens them all."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.types import Snapshot
from bot.web.guard import VIEWER
from bot.web.health import Health
from bot.web.live import Live
from bot.web.overview import Overview
from bot.web.site import Ports, Site

OPERATOR = ""
"""Who sees everybody; the name of no company."""
ROOM, HOUSE = "mailstatus.room", "mailstatus.house"
BELOW = "/tenants/"
"""Where the operator finds each company's page."""
MOST_ROOMS = 500

Viewer: TypeAlias = str
"""A company's name, or the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the web is given; nothing in it waits for anything."""

    ports: Callable[[str], Ports | None]
    """What a company's page reads; None for one that is not watched."""
    tenants: Callable[[], Sequence[str]]
    """Those who are watched."""
    snapshots: Callable[[], Sequence[Snapshot]]
    health: Callable[[], Health]
    """Of the whole bot, for the operator and for machines."""
    everybody: Callable[[], Awaitable[Overview]]
    """What is open at all of them, for the operator alone."""
    opens: Callable[[str], str | None] = lambda _: None
    """Tells whose page a token opens, by its SHA-256 in hex; None for a strange one."""
    person: Callable[[str], str | None] = lambda _: None
    """Tells whose page somebody sees whom the proxy names; None for a stranger."""
    language: str = "en"
    """Of what is said to strangers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A company's page, and the streams that keep it up to date."""

    site: Site
    live: Live


@dataclass(slots=True, kw_only=True)
class Rooms:
    """The pages that were asked for lately."""

    house: House
    links: Mapping[str, str] = field(default_factory=dict)
    _rooms: OrderedDict[str, tuple[Ports, Room]] = field(default_factory=OrderedDict)

    def of(self, tenant: str) -> Room | None:
        """Give a company's page; None where it is not watched."""
        ports = self.house.ports(tenant)
        if ports is None:
            self._rooms.pop(tenant, None)
            return None
        known = self._rooms.get(tenant)
        if known is None or known[0] != ports:
            site = Site(ports=ports, links=self.links)
            known = (ports, Room(site=site, live=Live(site.live)))
        self._rooms[tenant] = known
        self._rooms.move_to_end(tenant)
        if len(self._rooms) > MOST_ROOMS:
            self._rooms.popitem(last=False)
        return known[1]

    def alone(self) -> str:
        """Name the only company; the operator's name where there are none or several."""
        names = self.house.tenants()
        return names[0] if len(names) == 1 else OPERATOR

    @property
    def clients(self) -> int:
        """Count the open pages."""
        return sum(room.live.clients for _, room in self._rooms.values())

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        for _, room in self._rooms.values():
            room.live.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Tells who looks; where there is neither a token nor a proxy everybody does: then nobody but this machine can."""

    token: SecretStr | None
    """The operator's."""
    house: House
    proxied: bool = False
    """A proxy names people."""

    def __call__(self, given: str, person: str) -> Viewer | None:
        """Tell who it is, by the token that was given and the person that the proxy named; None for a stranger."""
        if person:
            return self.house.person(person)
        if self.token and secrets.compare_digest(given.encode(), self.token.get_secret_value().encode()):
            return OPERATOR
        tenant = self.house.opens(hashlib.sha256(given.encode()).hexdigest()) if given else None
        return tenant or (OPERATOR if self.token is None and not self.proxied else None)


class Doorkeeper:
    """Leads each request to the page that it is about, and nobody to another company's."""

    def __init__(self, app: ASGIApp, *, rooms: Rooms) -> None:
        self._app = app
        self._rooms = rooms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; 404 where there is no such page for the one who asks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        viewer, path = scope.get(VIEWER, OPERATOR), scope["path"]
        tenant = viewer or self._rooms.alone()
        if viewer == OPERATOR and path.startswith(BELOW):
            tenant, slash, _ = path.removeprefix(BELOW).partition("/")
            if not slash:
                await RedirectResponse(f"{path}/")(scope, receive, send)
                return
            scope = {**scope, "root_path": f"{BELOW}{tenant}"}
        room = self._rooms.of(tenant) if tenant else None
        if tenant and room is None:
            await PlainTextResponse("This company is not watched.\n", 404)(scope, receive, send)
            return
        await self._app({**scope, ROOM: room, HOUSE: self._rooms.house}, receive, send)


def has_room(request: Request) -> bool:
    """Tell whether a request is about one company; else it is the operator's, about all."""
    return request.scope[ROOM] is not None


def room_of(request: Request) -> Room:
    """Give the page that a request is about."""
    room: Room | None = request.scope[ROOM]
    if room is None:
        raise HTTPException(404, f"Name a company: {BELOW}NAME/")
    return room


async def everybody(request: Request) -> Overview:
    """Give the view over all companies to the operator, and to nobody else."""
    if not is_operator(request) or request.scope.get("root_path", "").startswith(BELOW):
        raise HTTPException(403, "This is for the operator's token.")
    house: House = request.scope[HOUSE]
    return await house.everybody()


def is_operator(request: Request) -> bool:
    """Tell whether the operator asks."""
    return bool(request.scope.get(VIEWER, OPERATOR) == OPERATOR)
