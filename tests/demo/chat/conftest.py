"""A Slack workspace to talk to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import Workspace
from bot.demo.clock import StoryClock
from bot.demo.served import served

CHANNEL = "C0MAIL"
ANA = "U0ANA"
TOKEN = "xoxb-right"


@dataclass(frozen=True, kw_only=True)
class Talked:
    """A workspace, its stand-in, and the bot's client for it."""

    workspace: Workspace
    slack: Slack
    client: AsyncWebClient


@pytest.fixture
def workspace(clock: StoryClock) -> Workspace:
    """Give a workspace with one channel and one person."""
    return Workspace(clock, {CHANNEL: "mail-status"}, {ANA: "Ana"})


@pytest.fixture
async def talked(workspace: Workspace) -> AsyncIterator[Talked]:
    """Serve it to slack_sdk, which must not try anything twice by itself."""
    slack = Slack(workspace, token=TOKEN)
    async with served(slack.app()) as port, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as session:
        client = AsyncWebClient(
            token=TOKEN, base_url=f"http://127.0.0.1:{port}/api/", session=session, retry_handlers=[]
        )
        yield Talked(workspace=workspace, slack=slack, client=client)
