"""What Slack's two rarer ways say: Socket Mode, and the installation in one more workspace."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from random import Random

from pydantic import SecretStr
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.api import SlackApi
from handlers.slack.connection import Limits
from handlers.slack.install import Installer, Keeper
from handlers.slack.listen import SlackListener
from handlers.slack.socket import SocketMode
from tests.handlers.asgi import Answered, receiving
from tests.handlers.asking import everybodys
from tests.handlers.examples import TestClock, snapshot
from tests.security.talking import SECRET, SHORT, Talk


class Station(SlackApi):
    """A Slack that names an address for Socket Mode, with a ticket that lets anybody listen."""

    async def call(self, _method: str, /, **_: object) -> Mapping[str, object]:
        """Answer to apps.connections.open."""
        return {"ok": True, "url": f"{self.base_url.replace('http', 'ws')}link?ticket={SECRET}"}


def nobodys() -> Orders:
    """Give orders that nobody gives."""

    async def never(*_: object) -> None:
        raise AssertionError("somebody ordered something")

    return Orders(snapshot=snapshot, order=never, report=never, refused=never, clock=TestClock(), may=lambda _: False)


@asynccontextmanager
async def slack_socket(url: str, _: Path) -> AsyncIterator[Talk]:
    """Listen over Socket Mode."""
    api = Station(SecretStr(f"xapp-{SECRET}"), base_url=f"{url}/")
    bolt = SlackListener(api, SecretStr(SECRET), everybodys(Commands(orders=nobodys())), now=TestClock().now).bolt()
    socket = SocketMode(api, bolt, clock=TestClock(), chance=Random(1), limits=Limits(open=SHORT))  # noqa: S311

    async def listened() -> str:
        async with asyncio.TaskGroup() as retired:
            await socket._wait(await socket._tried(retired), 1)
        return socket.error

    async with aclosing(api):
        yield listened


class AnyState(AsyncOAuthStateStore):
    """Takes every state for one that was given out."""

    async def async_consume(self, state: str) -> bool:  # noqa: ARG002 - slack_sdk's own signature
        """Take it."""
        return True


@asynccontextmanager
async def slack_installation(url: str, _: Path) -> AsyncIterator[Talk]:
    """Change the code that Slack sent somebody back with for a token."""
    api = SlackApi(SecretStr(""), base_url=f"{url}/api/", limit=SHORT)
    keeper = Keeper(AsyncInstallationStore(), AnyState(), lambda: ["T1"])
    pages = Installer(api.wire().client, "1.2", SecretStr(SECRET), keeper)
    query = f"code={SECRET}&state=s".encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": query,
        "headers": [(b"cookie", b"slack-app-oauth-state=s")],
    }

    async def ended() -> str:
        answered = Answered()
        await pages.end(scope, receiving(b""), answered.send)
        return repr(answered.parts)

    async with aclosing(api):
        yield ended
