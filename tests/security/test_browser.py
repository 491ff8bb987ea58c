"""The page in a real browser: nothing of ours is blocked, and no script that came in by a text runs."""

import asyncio
import subprocess
import tempfile

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.demo.served import served
from bot.web.app import create_app
from tests.kits import BROWSER, CHROMIUM
from tests.web.examples import alone, ports

BLOCKED = "Content Security Policy"
MARK = "data-got-in"
SCRIPTS = (
    f"<script>document.documentElement.setAttribute('{MARK}', 1)</script>",
    f"<img src=/nowhere onerror=\"document.documentElement.setAttribute('{MARK}', 1)\">",
    "<style>body { display: none }</style>",
)


def injecting(app: ASGIApp, html: str) -> ASGIApp:
    """Have something come in by the page, as if we had not escaped it."""

    async def injected(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if scope["path"] == "/" and "headers" in message:
                message["headers"] = [one for one in message["headers"] if one[0] != b"content-length"]
            if scope["path"] == "/" and b"</body>" in message.get("body", b""):
                message["body"] = message["body"].replace(b"</body>", html.encode() + b"</body>")
            await send(message)

        plain = [one for one in scope["headers"] if one[0] != b"accept-encoding"]
        await app({**scope, "headers": plain}, receive, sending)

    return injected


async def shown(html: str) -> tuple[str, str]:
    """Open the page with something injected; give what became of it, and what the browser's console says."""
    async with served(injecting(create_app(alone(ports())), html)) as port:
        return await asyncio.to_thread(_open, f"http://127.0.0.1:{port}/")


def _open(address: str) -> tuple[str, str]:
    with tempfile.TemporaryDirectory() as profile:
        flags = (f"--user-data-dir={profile}", "--enable-logging=stderr", "--timeout=4000", "--dump-dom")
        done = subprocess.run(  # noqa: S603 - our own page
            [CHROMIUM, *BROWSER, *flags, address], capture_output=True, text=True, timeout=60, check=True
        )
    return done.stdout, done.stderr


async def test_nothing_of_the_page_itself_is_blocked() -> None:
    """Its scripts ran: the chart is a canvas by then."""
    page, console = await shown("")
    assert "Sending mail fails." in page
    assert BLOCKED not in console


@pytest.mark.parametrize("html", SCRIPTS)
async def test_what_came_in_by_a_text_is_blocked(html: str) -> None:
    """The browser says so, and nothing of it ran."""
    page, console = await shown(html)
    assert f"{MARK}=" not in page.partition(">")[0] + page.partition("<html")[2].partition(">")[0]
    assert BLOCKED in console
