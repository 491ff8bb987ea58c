import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.lazy import Lazy
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
