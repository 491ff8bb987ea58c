"""The real command in a world in a box: mail breaks, and people read it in Slack and Teams."""

import re
from pathlib import Path

import httpx

from bot.demo.world import PERSON, World
from tests.end_to_end.process import mailstatus, until
from tests.end_to_end.scene import REFUSED, heads, sent, told


async def test_a_refused_message_is_plain_words_in_slack_and_teams(box: World, tmp_path: Path) -> None:
    """Sending is refused; both channels say so once, and what to do; a restart repeats nothing."""
    async with mailstatus(tmp_path) as bot:
        await until(lambda: sent(bot) >= 10, "test messages travel")
        await box.people.visit(f"{bot.address}slack/events", user=PERSON)
        await until(lambda: "Mail is flowing." in _home(box), "the app's home tab says that mail flows")
        box.mail.faults.switch_on(REFUSED)
        await until(lambda: told(box), "Slack and Teams say that sending is refused")
        await until(lambda: "Sending mail fails." in _home(box), "the home tab has changed by itself")
        await until(lambda: _pictures(box), "a picture of it stands in the thread")
        answer = await box.people.command(
            f"{bot.address}slack/events", "", user=PERSON, channel=box.facts.slack_channel
        )
        assert re.search("refus|fail", answer.text, re.IGNORECASE)
        await _takes_it_on(box, f"{bot.address}slack/events")
        async with httpx.AsyncClient() as http:
            status = (await http.get(f"{bot.address}api/v1/status")).json()
        assert status["open_incidents"] == ["1"]
        assert await bot.stop() == 0
        assert not [line for line in bot.log if "Traceback" in line]
    before = len(heads(box))
    async with mailstatus(tmp_path) as bot:
        await until(lambda: sent(bot) >= 10, "test messages travel again")
        assert await bot.stop() == 0
    assert len(heads(box)) == before == 1
    (picture,) = _pictures(box)
    assert "failed" in picture


async def test_with_a_store_on_postgresql_the_same_is_told_once(box: World, tmp_path: Path, postgres_url: str) -> None:
    """Its jobs run on procrastinate then."""
    with (tmp_path / ".env").open("a") as settings:
        settings.write(f"MAILSTATUS_STORE='{postgres_url}'\n")
    async with mailstatus(tmp_path) as bot:
        await until(lambda: sent(bot) >= 10, "test messages travel")
        box.mail.faults.switch_on(REFUSED)
        await until(lambda: told(box), "Slack and Teams say that sending is refused")
        assert await bot.stop() == 0
        assert not [line for line in bot.log if "Traceback" in line]
    assert len(heads(box)) == 1


async def _takes_it_on(box: World, url: str) -> None:
    """Press the first button below the head: who pressed is told so, and everybody reads it in the head."""
    head = next(post for post in box.slack.workspace.posts if post.metadata)
    buttons = next(block["elements"] for block in head.blocks if block["type"] == "actions")
    await box.people.press(url, head, buttons[0], user=PERSON)
    await until(lambda: "is on it" in box.slack.workspace.whispers[-1].text, "the one who pressed is answered")
    await until(lambda: "ana is on it" in head.text, "the head says who is on it")


def _home(box: World) -> str:
    return str(box.slack.workspace.homes.get(PERSON, ""))


def _pictures(box: World) -> list[str]:
    posts = box.slack.workspace.posts
    assert all(post.thread_ts for post in posts if post.files)
    return [file.alt for post in posts for file in post.files if file.content.startswith(b"\x89PNG")]
