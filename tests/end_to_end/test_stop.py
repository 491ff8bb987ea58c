"""The real command is told to stop while people change things: what was answered is saved."""

import asyncio
import hashlib
import hmac
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from bot.app.clock import SystemClock
from bot.demo.clock import StoryClock
from bot.demo.world import World, world
from tests.end_to_end.process import mailstatus, write_settings
from tests.ports import free_port

PEOPLE = 200
AT_ONCE = 8
ENOUGH = 40
"""Answers after which the bot is told to stop, in the middle of all the others."""


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[World]:
    """Run a world for a bot to live in."""
    clock = StoryClock(datetime(2023, 7, 18, 5, tzinfo=UTC), speed=1)
    today = SystemClock().now()
    async with world(clock=clock, rng=random.Random(5), folder=tmp_path, today=today, tls=True) as opened:  # noqa: S311
        write_settings(opened.facts, tmp_path, free_port())
        yield opened


async def test_what_was_answered_before_the_end_is_there_after_it(box: World, tmp_path: Path) -> None:
    """Reports of many people come in when it is told to stop; each that got its thanks is kept, and it ends well."""
    answered: list[str] = []
    waiting = iter(range(PEOPLE))
    enough = asyncio.Event()
    async with mailstatus(tmp_path) as bot, httpx.AsyncClient(base_url=bot.address) as http:

        async def people() -> None:
            for number in waiting:
                with suppress(httpx.TransportError):
                    if (await _report(http, box, number)).is_success:
                        answered.append(f"ana{number}")
                if len(answered) >= ENOUGH:
                    enough.set()

        crowd = [asyncio.create_task(people()) for _ in range(AT_ONCE)]
        await enough.wait()
        assert await bot.stop() == 0
        await asyncio.gather(*crowd)
        assert not [line for line in bot.log if "Traceback" in line]
    assert ENOUGH <= len(answered) < PEOPLE
    async with mailstatus(tmp_path) as bot:
        assert await bot.stop() == 0
    assert not set(answered) - _reporters(tmp_path)


async def _report(http: httpx.AsyncClient, box: World, number: int) -> httpx.Response:
    """Have one person say what they see, signed as Slack signs."""
    form = {
        "command": "/mailstatus",
        "text": f"report my mail number {number} is late",
        "team_id": "T1",
        "channel_id": box.facts.slack_channel,
        "user_id": f"U{number}",
        "user_name": f"ana{number}",
        "response_url": "https://hooks.slack.com/commands/T1/1/x",
    }
    body, stamp = urlencode(form), str(int(time.time()))
    secret = box.facts.slack_signing_secret.encode()
    signature = hmac.new(secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }
    return await http.post("slack/events", content=body, headers=headers)


def _reporters(folder: Path) -> set[str]:
    """Read in the store who was heard."""
    with closing(sqlite3.connect(folder / "state" / "mailstatus" / "mailstatus.db")) as database:
        rows = database.execute("SELECT json_extract(rest, '$.person') FROM observations WHERE kind = 'Reported'")
        return {str(person) for (person,) in rows}
