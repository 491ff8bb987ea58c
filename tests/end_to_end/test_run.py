"""The real command in a world in a box: mail breaks, and people read it in Slack and Teams."""

import random
import re
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.app.clock import SystemClock
from bot.demo.chat.texts import slack_texts, teams_texts
from bot.demo.clock import StoryClock
from bot.demo.mail.faults import BAD_SEQUENCE, MailFault, Trouble
from bot.demo.world import PERSON, World, world
from tests.end_to_end.process import Running, mailstatus, until, write_settings

START = datetime(2023, 7, 18, 5, tzinfo=UTC)
REFUSED = MailFault(trouble=Trouble.REFUSE, routes=("outbound-eu", "outbound-us"), reply=BAD_SEQUENCE)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[World]:
    """Run a world whose mail is quicker than the real one, so that no test waits for it."""
    today = SystemClock().now()
    clock = StoryClock(START, speed=60)
    async with world(clock=clock, rng=random.Random(5), folder=tmp_path, today=today, tls=True) as opened:  # noqa: S311
        write_settings(opened.facts, tmp_path, _free_port())
        yield opened


async def test_a_refused_message_is_plain_words_in_slack_and_teams(box: World, tmp_path: Path) -> None:
    """Sending is refused; both channels say so once, and what to do; a restart repeats nothing."""
    async with mailstatus(tmp_path) as bot:
        await until(lambda: _sent(bot) >= 10, "test messages travel")
        box.mail.faults.switch_on(REFUSED)
        await until(lambda: _told(box), "Slack and Teams say that sending is refused")
        await until(lambda: _pictures(box), "a picture of it stands in the thread")
        answer = await box.people.command(
            f"{bot.address}slack/events", "", user=PERSON, channel=box.facts.slack_channel
        )
        assert re.search("refus|fail", answer.text, re.IGNORECASE)
        async with httpx.AsyncClient() as http:
            status = (await http.get(f"{bot.address}api/v1/status")).json()
        assert status["open_incidents"] == ["1"]
        assert await bot.stop() == 0
        assert not [line for line in bot.log if "Traceback" in line]
    heads = len(_heads(box))
    async with mailstatus(tmp_path) as bot:
        await until(lambda: _sent(bot) >= 10, "test messages travel again")
        assert await bot.stop() == 0
    assert len(_heads(box)) == heads == 1
    (picture,) = _pictures(box)
    assert "failed" in picture


def _told(box: World) -> bool:
    channels = [slack_texts(box.slack.workspace), teams_texts(box.teams.posted)]
    return all(any(re.search(r"503 5\.5\.1", said.text) for said in told) for told in channels)


def _pictures(box: World) -> list[str]:
    posts = box.slack.workspace.posts
    assert all(post.thread_ts for post in posts if post.files)
    return [file.alt for post in posts for file in post.files if file.content.startswith(b"\x89PNG")]


def _sent(bot: Running) -> int:
    return sum("event='probe_sent'" in line for line in bot.log)


def _heads(box: World) -> list[str]:
    return [post.text for post in box.slack.workspace.posts if not post.thread_ts]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
