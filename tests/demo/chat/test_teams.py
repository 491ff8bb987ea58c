"""The webhook, called by the real pymsteams."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pymsteams
import pytest

from bot.demo.chat.teams import Teams, teams_throttled
from bot.demo.clock import StoryClock
from bot.demo.served import served

CARD = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "Mail is late", "wrap": True}]}
CARD_TYPE = "application/vnd.microsoft.card.adaptive"


def envelope(card: object) -> dict[str, Any]:
    """Wrap a card as Workflows wants it."""
    return {"type": "message", "attachments": [{"contentType": CARD_TYPE, "contentUrl": None, "content": card}]}


class Hook:
    """A channel's webhook."""

    def __init__(self, teams: Teams, base: str) -> None:
        """Take what runs."""
        self.teams = teams
        self.url = teams.address(base)

    def send(self, payload: object) -> int:
        """Post with pymsteams, blocking; gives the status."""
        hook = pymsteams.connectorcard(self.url, http_timeout=5)
        hook.payload = payload
        with contextlib.suppress(pymsteams.TeamsWebhookException):
            hook.send()
        return int(hook.last_http_response.status_code)


@pytest.fixture
async def hook(clock: StoryClock) -> AsyncIterator[Hook]:
    """Serve one."""
    teams = Teams(clock=clock, signature="sig-secret")
    async with served(teams.app()) as port:
        yield Hook(teams, f"http://127.0.0.1:{port}")


async def test_a_card_is_accepted_with_202_and_shown(hook: Hook) -> None:
    """With the story's time."""
    assert await asyncio.to_thread(hook.send, envelope(CARD)) == 202
    (posted,) = hook.teams.posted
    assert posted.card == CARD
    assert posted.at.year == 2023


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(CARD, id="a bare card"),
        pytest.param(envelope({**CARD, "version": "1.5"}), id="a version that the flow cannot post"),
        pytest.param(envelope({**CARD, "version": "new"}), id="a version that is none"),
        pytest.param(envelope("no card"), id="no card"),
        pytest.param({"type": "message", "attachments": []}, id="no attachment"),
        pytest.param(["list"], id="a list"),
    ],
)
async def test_what_the_flow_cannot_post_gets_a_202_all_the_same(hook: Hook, payload: object) -> None:
    """And is lost, which nobody is told."""
    assert await asyncio.to_thread(hook.send, payload) == 202
    assert hook.teams.posted == []
    assert hook.teams.lost == [payload]


async def test_28_kilobytes_are_the_most(hook: Hook) -> None:
    """More is too large."""
    big = {**CARD, "body": [{"type": "TextBlock", "text": "x" * 29_000}]}
    assert await asyncio.to_thread(hook.send, envelope(big)) == 413
    assert hook.teams.posted == []


async def test_the_address_is_the_key(hook: Hook) -> None:
    """A wrong signature opens nothing, nor does a token beside the right one."""
    async with httpx.AsyncClient(trust_env=False) as http:
        wrong = await http.post(hook.url.replace("sig-secret", "guess"), json=envelope(CARD))
        both = await http.post(hook.url, json=envelope(CARD), headers={"Authorization": "Bearer x"})
        bad = await http.post(hook.url, content=b"{")
    assert [answer.status_code for answer in (wrong, both, bad)] == [401, 401, 400]
    assert wrong.json()["error"]["code"]
    assert hook.teams.posted == []


async def test_the_flow_can_be_throttled(hook: Hook) -> None:
    """Once, and then it goes on."""
    hook.teams.faults.switch_on(teams_throttled(), times=1)
    assert await asyncio.to_thread(hook.send, envelope(CARD)) == 429
    assert await asyncio.to_thread(hook.send, envelope(CARD)) == 202
