"""The ASGI application: page, API, health, metrics, and whatever else is mounted beside them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.types import Snapshot
from bot.web import render
from bot.web.columns import columns
from bot.web.doors import Doors
from bot.web.guard import Guard, SafeHeaders
from bot.web.health import Health, alive, conditions, kinds, ready, stuck
from bot.web.hosts import Hosts
from bot.web.house import Doorkeeper, House, Keys, Rooms, everybody, has_room, is_operator, room_of
from bot.web.lazy import Lazy
from bot.web.limits import PAGE, REFUSED, Allowance, Refusals, Requests
from bot.web.live import CLIENTS
from bot.web.metrics import Collector, installed
from bot.web.overview import Overview
from bot.web.proxies import NOBODY, PERSON, Proxies
from bot.web.range import DEFAULT, RANGES
from bot.web.render import HERE
from bot.words import catalogue
from bot.words.page import Line, PageWords

UNGUARDED = ("/healthz", "/readyz")
"""Asked by orchestrators, which have no token: they answer conditions, kinds and counts, and no name."""
STATIC = "/static/"
"""What every page is made of: a dozen files, for which a browser that may see the page asks at once."""


def create_app(
    house: House,
    *,
    token: SecretStr | None = None,
    proxies: Proxies = NOBODY,
    mounts: Mapping[str, ASGIApp] | None = None,
    links: Mapping[str, str] | None = None,
) -> Starlette:
    """Make the application.

    ``token`` is the operator's, for every page, the API and the metrics, and the identity that ``proxies`` name opens
    pages too; ``mounts`` (path to ASGI app, both the path itself and all below it) guard themselves; ``links`` (words
    to address) are shown at the top of the page.
    """
    rooms = Rooms(house=house, links=links or {})
    refused = Allowance(REFUSED)
    doors = {path: Refusals(door, allowance=refused, proxies=proxies) for path, door in (mounts or {}).items()}
    app = Starlette(
        routes=[*_page_routes(rooms), *_machine_routes(rooms)],
        middleware=[
            Middleware(Doors, mounts=doors),
            Middleware(SafeHeaders),
            *_hosts(token, proxies),
            Middleware(Requests, allowance=Allowance(PAGE), proxies=proxies, always=UNGUARDED, free=(STATIC,)),
            Middleware(
                Guard,
                admits=Keys(token=token, house=house, proxied=bool(proxies.header)),
                unguarded=UNGUARDED,
                has_token=token is not None,
                proxies=proxies,
                refusal=PageWords(catalogue(house.language)).string(Line.LOCKED if token else Line.SIGN_IN),
            ),
            Middleware(Doorkeeper, rooms=rooms),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        ],
    )
    app.state.live = rooms
    return app


def create_health_app(
    health: Callable[[], Health],
    snapshots: Callable[[], Sequence[Snapshot]],
    *,
    token: SecretStr | None = None,
    proxies: Proxies = NOBODY,
) -> Starlette:
    """Make the application of a process that nobody asks about mail: health, and metrics behind ``token``."""
    house = House(ports=lambda _: None, tenants=tuple, snapshots=snapshots, health=health, everybody=_nobody)
    app = Starlette(
        routes=_health_routes(house, clients=int),
        middleware=[
            Middleware(SafeHeaders),
            *_hosts(token, proxies),
            Middleware(Requests, allowance=Allowance(PAGE), proxies=proxies, always=UNGUARDED),
            Middleware(Guard, admits=Keys(token=token, house=house), unguarded=UNGUARDED, refusal=""),
        ],
    )
    app.state.live = None
    return app


def _hosts(token: SecretStr | None, proxies: Proxies) -> list[Middleware]:
    """Hold requests to this machine's own names, where neither a token nor a proxy stands before what is answered."""
    return [] if token or proxies.trusted else [Middleware(Hosts, always=UNGUARDED)]


async def _nobody() -> Overview:
    raise HTTPException(404, "This process is asked about nobody.")


def _page_routes(rooms: Rooms) -> list[BaseRoute]:
    async def page(request: Request) -> Response:
        if not has_room(request):
            words = PageWords(catalogue(rooms.house.language))
            shown = render.everybody(await everybody(request), words, version=installed())
            return HTMLResponse(shown, headers={"Cache-Control": "no-store"})
        room, wanted = room_of(request), RANGES.get(request.query_params.get("range", ""), DEFAULT)
        shown = await room.site.page(wanted, request.scope.get(PERSON, ""))
        return HTMLResponse(shown, headers={"Cache-Control": "no-store"})

    async def stream(request: Request) -> Response:
        live = room_of(request).live
        if live.full or rooms.clients >= CLIENTS:
            return PlainTextResponse("", 503, {"Retry-After": "60"})
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(live.stream(), media_type="text/event-stream", headers=headers)

    async def delays(request: Request) -> Response:
        site, wanted = room_of(request).site, RANGES.get(request.query_params.get("range", ""), DEFAULT)
        return JSONResponse(columns(await site.delays(wanted), site.words), headers={"Cache-Control": "no-store"})

    return [
        Route("/", page),
        Route("/live", stream),
        Route("/delays.json", delays),
        Mount(STATIC.removesuffix("/"), _Static(directory=HERE / "static")),
    ]


def _machine_routes(rooms: Rooms) -> list[BaseRoute]:
    def api() -> ASGIApp:
        # FastAPI takes a quarter of a second and 20 MB, and few ever ask for the API.
        from bot.web.api import build  # noqa: PLC0415 - see above

        return build()

    return [*_health_routes(rooms.house, clients=lambda: rooms.clients), Mount("/api/v1", Lazy(api))]


def _health_routes(house: House, *, clients: Callable[[], int]) -> list[BaseRoute]:
    registry = Collector(snapshots=house.snapshots, health=house.health, clients=clients).registry()

    async def healthz(_: Request) -> Response:
        health = house.health()
        said = {"alive": alive(health), "stuck": kinds(stuck(health))}
        return JSONResponse(said, 200 if alive(health) else 503)

    async def readyz(_: Request) -> Response:
        health = house.health()
        reasons = [condition for condition, holds in conditions(health).items() if holds]
        shut = sum(bool(mouth.error) for mouth in health.mouths)
        return JSONResponse({"ready": not reasons, "reasons": reasons, "shut": shut}, 200 if ready(health) else 503)

    async def metrics(request: Request) -> Response:
        if not is_operator(request):
            return PlainTextResponse("The metrics are for the operator's token.\n", 403)
        return _scrape(registry, request.headers.get("accept", ""))

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def _scrape(registry: CollectorRegistry, accept: str) -> Response:
    encode, media_type = choose_encoder(accept)
    return Response(encode(registry), headers={"Content-Type": media_type})


class _Static(StaticFiles):
    """Files of ours; an address bears the file's checksum, so they may be kept for ever."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 - Starlette's own signature
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
