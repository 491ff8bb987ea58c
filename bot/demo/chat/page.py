"""A local web page with the chat channels, live, in which a person can also type and press."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.demo.chat.channels_html import slack_html, teams_html
from bot.demo.chat.slack_people import People
from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.chat.teams import Teams
from bot.demo.forms import form
from bot.demo.served import served
from bot.types import Clock

_STATIC = Path(__file__).parent / "static"
_PAGE = (_STATIC / "channels.html").read_text(encoding="utf-8")
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """What the page shows, and whom its person's words go to: ``bot_url`` takes Slack's requests."""

    clock: Clock
    workspace: Workspace
    teams: Teams
    people: People
    channel: str
    person: str
    bot_url: str = ""
    caption: Callable[[], str] = str
    """What the story is doing, for the top of the page."""


@asynccontextmanager
async def channels_page(channels: Channels) -> AsyncIterator[str]:
    """Serve the page until the end of the block; yields its address."""
    async with served(channels_app(channels)) as port:
        yield f"http://127.0.0.1:{port}/"


def channels_app(channels: Channels) -> ASGIApp:
    """Give the page as an ASGI app that answers to loopback names alone."""
    page = _Page(channels)
    routes = [
        Route("/", page.whole),
        Route("/now", page.now),
        Route("/type", page.typed, methods=["POST"]),
        Route("/press", page.pressed, methods=["POST"]),
        Route("/files/{file}", page.file),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    # A name that somebody else makes point here must not reach the bot through this page.
    local = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    return Starlette(routes=routes, middleware=[local])


class _Page:
    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    async def whole(self, _: Request) -> Response:
        channels, page = self._channels, _PAGE
        for name, shown in {
            **self._shown(),
            "now": _time(channels.clock),
            "caption": escape(channels.caption()),
        }.items():
            page = page.replace(f"<!--{name}-->", shown)
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})

    async def now(self, request: Request) -> Response:
        channels, revision = self._channels, self._revision()
        body = {"time": _time(channels.clock), "caption": channels.caption(), "revision": revision}
        if request.query_params.get("seen") != revision:
            body |= self._shown()
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    async def typed(self, request: Request) -> Response:
        channels = self._channels
        words = (await form(request)).get("words", "")
        if _foreign(request) or not channels.bot_url:
            return Response(status_code=403)
        await channels.people.command(channels.bot_url, words, user=channels.person, channel=channels.channel)
        return Response(status_code=204)

    async def pressed(self, request: Request) -> Response:
        channels, given = self._channels, await form(request)
        if _foreign(request) or not channels.bot_url:
            return Response(status_code=403)
        post = channels.workspace.post(channels.channel, given.get("ts", ""))
        action = _action(post, given.get("action", "")) if post else None
        if post is None or action is None:
            return Response(status_code=404)
        await channels.people.press(channels.bot_url, post, action, user=channels.person)
        return Response(status_code=204)

    async def file(self, request: Request) -> Response:
        file = self._channels.workspace.files.get(request.path_params["file"])
        return Response(file.content, media_type="image/png") if file else Response(status_code=404)

    def _shown(self) -> dict[str, str]:
        channels = self._channels
        return {
            "slack": slack_html(channels.workspace, channels.channel),
            "teams": teams_html(channels.teams.posted),
        }

    def _revision(self) -> str:
        """Name the state of both channels: it differs whenever something was posted, edited or whispered."""
        posts, whispers = self._channels.workspace.posts, self._channels.workspace.whispers
        edits = sum(len(post.versions) for post in posts)
        return f"{len(posts)}.{edits}.{len(whispers)}.{len(self._channels.teams.posted)}"


def _time(clock: Clock) -> str:
    return f"{clock.now():%a %-d %b %Y, %H:%M UTC}"


def _foreign(request: Request) -> bool:
    """Tell whether another site's page sent this, as far as browsers say."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def _action(post: SlackPost, action_id: str) -> dict[str, object] | None:
    elements = [part for block in post.blocks for part in block.get("elements") or ()]
    return next((dict(part) for part in elements if action_id and part.get("action_id") == action_id), None)
