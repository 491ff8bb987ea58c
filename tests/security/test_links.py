"""A link in whatever somebody writes is kept, told and shown, and nobody of ours ever goes there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from bot.demo.served import served
from bot.microsoft import open_http
from bot.store import Store
from bot.types import AdvisorySeen, Delivery
from bot.watch.status_pages import Page, StatusFeed, StatusPage
from handlers.email.send import EmailSender
from handlers.slack.api import SlackApi
from handlers.slack.send import SlackSender
from handlers.teams.lane import Lane
from handlers.teams.send import Flow, TeamsSender
from tests.handlers.examples import TestClock, delivery, message
from tests.handlers.teams.bot.rig import CHANNEL, personal, rig
from tests.mail.smtp_server import SmtpServer
from tests.mail.worlds import NOON, mailbox
from tests.security.test_isolation import MUST_SAY, everything
from tests.security.town import DEEDS, Firm, Town
from tests.test_pipeline import HandClock

WORD = "KESTREL"
COMMANDS = ("{link}", "report it fails, see {link}", "mute 1 2h {link}", "unmute 1", "ack 1 {link}", "explain {link}",
            "details {link}", "history {link}", "part {link}", "join {link}", "subscribe {link}", "share {link}")  # fmt: skip
Place: TypeAlias = Callable[[str, Path], Awaitable[str]]
"""Writes a link in one place, and gives what came of it there."""


@asynccontextmanager
async def bait(met: list[str]) -> AsyncIterator[str]:
    """Listen where a link leads, and note who comes."""

    async def come(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append("somebody")
        writer.close()

    server = await asyncio.start_server(come, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{WORD}"


async def by_everybody(link: str, folder: Path) -> str:
    """Have vendors, mail servers and people write it: all that the pipeline takes in, and all that can be asked."""
    firm, other = Firm("acme", link), Firm("beta", "other")
    async with await Store.open(f"sqlite:///{folder / 'town.db'}") as store:
        town = Town(store, HandClock(), [firm, other])
        await town.open()
        for deed in [*DEEDS, *DEEDS]:
            await town.lives(firm, deed)
        said = [repr(await town.ask(firm, text.format(link=link))) for text in COMMANDS]
        shown = await everything(town, firm, other)
    assert [where for where in MUST_SAY if WORD not in shown[where]] == []
    return "".join(said)


def linked(link: str) -> Delivery:
    """Give a delivery that has it in every text."""
    told = message(headline=(link,), advice=(link,), facts=((link,),), vendor=(link,), basis=(link,))
    return delivery(said=told)


class Sink:
    """Takes what is sent to a chat platform."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.taken = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a post."""
        self.taken += unquote((await Request(scope, receive).body()).decode())
        await JSONResponse({"ok": True, "channel": "C1", "ts": "1.1"})(scope, receive, send)


async def by_slack(link: str, _: Path) -> str:
    """Tell a channel."""
    sink = Sink()
    async with served(sink) as port:
        api = SlackApi(SecretStr("xoxb-1"), base_url=f"http://127.0.0.1:{port}/api/")
        async with aclosing(api):
            await SlackSender(api, "C1", clock=TestClock()).send(linked(link))
    return sink.taken


async def by_teams(link: str, _: Path) -> str:
    """Post to a flow."""
    sink = Sink()
    async with served(sink) as port:
        flow = Flow(url=SecretStr(f"http://127.0.0.1:{port}/x?sig=1"), lane=Lane(TestClock()))
        await TeamsSender(flow, clock=TestClock()).send(linked(link))
    return sink.taken


async def by_the_bot(link: str, folder: Path) -> str:
    """Ask the Teams bot, with a file and a card that are at the link, and tell its channel."""
    async with rig(folder) as bot:
        files = [{"contentType": "image/png", "contentUrl": link}, {"contentType": "text/html", "content": link}]
        await bot.deliver(bot.activity(text=f"<at>mailstatus</at> report {link}", attachments=files))
        await bot.deliver(personal(bot.url, link, id="2", attachments=files))
        await bot.sender(CHANNEL).send(linked(link))
        return repr(bot.teams.cards)


async def by_email(link: str, _: Path) -> str:
    """Send a mail."""
    async with SmtpServer() as server:
        await EmailSender(mailbox(smtp=server.port), "oncall@example.org", clock=TestClock()).send(linked(link))
        return repr(server.taken)


async def by_a_status_page(link: str, _: Path) -> str:
    """Have a public page tell of it, in every form in which a feed can point elsewhere."""
    text = f'&lt;img src="{link}"&gt; &lt;a href="{link}"&gt;more&lt;/a&gt; {link}'
    item = f"<item><title>Mail is down {link}</title><link>{link}</link><guid>{link}</guid>"
    feed = f'{item}<description>{text}</description><enclosure url="{link}"/></item>'

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url == "https://status.contoso.com/"
        return httpx.Response(200, text=f'<rss version="2.0"><channel><link>{link}</link>{feed}</channel></rss>')

    async with open_http(transport=httpx.MockTransport(answer)) as http:
        page = StatusPage(StatusFeed(Page(source="x", url="https://status.contoso.com/", reader="rss"), http))
        (seen,) = await page.look(NOON)
    assert isinstance(seen, AdvisorySeen)
    return repr(seen)


PLACES: Mapping[str, Place] = {
    "what vendors, mail servers and people write": by_everybody,
    "a status page": by_a_status_page,
    "Slack": by_slack,
    "Teams": by_teams,
    "the Teams bot": by_the_bot,
    "e-mail": by_email,
}


@pytest.mark.parametrize("place", PLACES)
async def test_a_link_is_told_and_never_followed(place: str, tmp_path: Path) -> None:
    """It came through, so that it could have been followed; nobody came to where it leads."""
    met: list[str] = []
    async with bait(met) as link:
        said = await PLACES[place](link, tmp_path)
        await _come(link)
    assert WORD in said
    assert met == ["somebody"]  # ourselves, at last: it listened all the while


async def _come(link: str) -> None:
    """Come to where a link leads."""
    parts = urlsplit(link)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    await reader.read()
    writer.close()
