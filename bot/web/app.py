"""The ASGI application: page, API, health, metrics, and whatever else is mounted beside them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.types import Snapshot
from bot.web.columns import columns
from bot.web.doors import Doors
from bot.web.guard import Guard, SafeHeaders
from bot.web.health import Health, alive, conditions, ready, stuck
from bot.web.lazy import Lazy
from bot.web.live import Live
from bot.web.metrics import Collector
from bot.web.proxies import NOBODY, PERSON, Proxies
from bot.web.range import DEFAULT, RANGES
from bot.web.render import HERE
from bot.web.site import Ports, Site
from bot.words.page import Line

UNGUARDED = ("/healthz", "/readyz")
"""Asked by orchestrators, which have no token; they answer conditions and nothing else."""


def create_app(
    ports: Ports,
    *,
    token: SecretStr | None = None,
    proxies: Proxies = NOBODY,
    mounts: Mapping[str, ASGIApp] | None = None,
    links: Mapping[str, str] | None = None,
) -> Starlette:
    """Make the application.

    ``token`` guards page, API and metrics, and so does the identity that ``proxies`` name; ``mounts`` (path to ASGI
    app, both the path itself and all below it) guard themselves; ``links`` (words to address) are shown
    at the top of the page.
    """
    site = Site(ports=ports, links=links or {})
    live = Live(site.live)
    app = Starlette(
        routes=[*_page_routes(site, live), *_machine_routes(site, live)],
        middleware=[
            Middleware(Doors, mounts=mounts or {}),
            Middleware(SafeHeaders),
            Middleware(
                Guard,
                token=token,
                unguarded=UNGUARDED,
                proxies=proxies,
                refusal=site.words.string(Line.LOCKED if token else Line.SIGN_IN),
            ),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        ],
    )
    app.state.live = live
    return app


def create_health_app(
    health: Callable[[], Health], snapshots: Callable[[], Sequence[Snapshot]], *, token: SecretStr | None = None
) -> Starlette:
    """Make the application of a process that nobody asks about mail: health, and metrics behind ``token``."""
    guard = Middleware(Guard, token=token, unguarded=UNGUARDED, refusal="")
    return Starlette(
        routes=_health_routes(Collector(snapshots=snapshots, health=health, clients=int), health),
        middleware=[Middleware(SafeHeaders), guard],
    )


def _page_routes(site: Site, live: Live) -> list[BaseRoute]:
    async def page(request: Request) -> Response:
        wanted = RANGES.get(request.query_params.get("range", ""), DEFAULT)
        person = request.scope.get(PERSON, "")
        return HTMLResponse(await site.page(wanted, person), headers={"Cache-Control": "no-store"})

    async def stream(_: Request) -> Response:
        if live.full:
            return PlainTextResponse("", 503, {"Retry-After": "60"})
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(live.stream(), media_type="text/event-stream", headers=headers)

    async def delays(request: Request) -> Response:
        wanted = RANGES.get(request.query_params.get("range", ""), DEFAULT)
        return JSONResponse(columns(await site.delays(wanted), site.words), headers={"Cache-Control": "no-store"})

    return [
        Route("/", page),
        Route("/live", stream),
        Route("/delays.json", delays),
        Mount("/static", _Static(directory=HERE / "static")),
    ]


def _machine_routes(site: Site, live: Live) -> list[BaseRoute]:
    collector = Collector(
        snapshots=lambda: [site.ports.snapshot(tenant) for tenant in site.ports.tenants()],
        health=site.ports.health,
        clients=lambda: live.clients,
    )

    def api() -> ASGIApp:
        # FastAPI takes a quarter of a second and 20 MB, and few ever ask for the API.
        from bot.web.api import build  # noqa: PLC0415 - see above

        return build(site)

    return [*_health_routes(collector, site.ports.health), Mount("/api/v1", Lazy(api))]


def _health_routes(collector: Collector, asked: Callable[[], Health]) -> list[BaseRoute]:
    registry = collector.registry()

    async def healthz(_: Request) -> Response:
        health = asked()
        return JSONResponse({"alive": alive(health), "stuck": stuck(health)}, 200 if alive(health) else 503)

    async def readyz(_: Request) -> Response:
        health = asked()
        reasons = [condition for condition, holds in conditions(health).items() if holds]
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 200 if ready(health) else 503)

    async def metrics(request: Request) -> Response:
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
