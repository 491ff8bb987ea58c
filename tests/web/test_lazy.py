import asyncio

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.lazy import Exact, Lazy
from tests.web.examples import browser


async def path_of(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path."""
    await PlainTextResponse(scope["path"])(scope, receive, send)


async def test_it_is_made_when_first_asked_for_and_only_once() -> None:
    made: list[int] = []

    def make() -> ASGIApp:
        made.append(1)
        return path_of

    lazy = Lazy(make)
    assert made == []
    async with browser(lazy) as client:
        answers = await asyncio.gather(*(client.get("/x") for _ in range(5)))
    assert {answer.text for answer in answers} == {"/x"}
    assert made == [1]


async def test_a_plain_asgi_function_can_stand_at_a_route_for_every_method() -> None:
    app = Starlette(routes=[Route("/slack/events", Exact(path_of))])
    async with browser(app) as client:
        assert (await client.post("/slack/events")).text == "/slack/events"
