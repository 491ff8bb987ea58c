"""The commands that look once, in a world in a box."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app.audit import audit
from bot.app.clock import SystemClock
from bot.app.demo import settings
from bot.app.doctor import examine
from bot.app.look import look
from bot.app.say import say
from bot.demo.clock import StoryClock
from bot.demo.faults import json_answer
from bot.demo.graph import forbidden
from bot.demo.mail.faults import MailFault, Trouble
from bot.demo.world import World, world
from bot.settings import CalendarTable, Settings

PORT = 8025


@pytest.fixture
def now() -> datetime:
    """Give the real time: the commands know no other."""
    return SystemClock().now()


@pytest.fixture
async def box(tmp_path: Path, now: datetime) -> AsyncIterator[World]:
    """Run a world whose mail is quick."""
    clock = StoryClock(now - timedelta(hours=1), speed=120)
    async with world(clock=clock, rng=random.Random(3), folder=tmp_path, today=now) as opened:  # noqa: S311 - the same each time
        yield opened


@pytest.fixture
def given(box: World, tmp_path: Path) -> Settings:
    """Give the settings by which a bot lives there, with a calendar that one mailbox writes and another looks up."""
    sound = settings(box.facts, tmp_path, PORT)
    calendar = CalendarTable(mailbox="contoso-canary-eu", viewer="contoso-canary-us")
    return replace(sound, installation=sound.installation.model_copy(update={"calendars": {"office": calendar}}))


async def test_the_doctor_finds_nothing_wrong_in_a_sound_world(given: Settings) -> None:
    """Each route is proved by a message that arrived."""
    lines: list[str] = []
    assert await examine(given, say=lines.append)
    assert not [line for line in lines if line.startswith("FAIL")]
    assert len([line for line in lines if line.startswith("ok    route")]) == 7
    assert any(line.startswith("ok    calendar office: a change was shown after") for line in lines)


async def test_the_doctor_says_once_that_pictures_need_a_scope(box: World, given: Settings) -> None:
    """It is optional, so nothing is wrong."""
    box.slack.faults.switch_on(json_answer(200, {"ok": False, "error": "missing_scope"}), path="files.")
    lines: list[str] = []
    assert await examine(given, say=lines.append)
    (said,) = [line for line in lines if "pictures" in line]
    assert said.startswith("ok    pictures in Slack: none: the optional scope files:write is not granted.")


async def test_the_doctor_names_what_is_wrong_and_what_mends_it(box: World, given: Settings) -> None:
    """A missing permission comes with the command that grants it, a refused message with the server's words."""
    box.graph.faults.switch_on(forbidden(), path="/v1.0/")
    box.mail.faults.switch_on(MailFault(trouble=Trouble.REFUSE, routes=("outbound-eu",), reply="550 5.7.1 not you"))
    box.slack.workspace.channels = {}
    lines: list[str] = []
    assert not await examine(given, say=lines.append)
    faults = "\n".join(line for line in lines if line.startswith("FAIL"))
    assert "ServiceHealth.Read.All" in faults
    assert "az ad app permission add" in faults
    assert "550 5.7.1 not you" in faults
    assert "FAIL  calendar office" in faults
    assert "New-ManagementRoleAssignment" in faults
    assert "destination mail-status" in faults


async def test_looking_once_says_what_every_watcher_sees(given: Settings) -> None:
    """A line for each feed, route and mailbox."""
    lines: list[str] = []
    await look(given, say=lines.append, patience=1.0)
    for name in ("service health of default", "route outbound-eu", "mailbox fabrikam-canary-eu"):
        assert any(line.startswith(name) for line in lines), name
    assert any("arrived" in line for line in lines)
    assert "calendar office: 2 observations" in lines


async def test_a_test_message_reaches_every_channel(box: World, given: Settings) -> None:
    """It goes through the real outbox, and what came of it is said."""
    lines: list[str] = []
    assert await say(given, "Is this on?", show=lines.append)
    assert sorted(lines) == ["it-support: accepted", "mail-status: delivered"]
    assert "Is this on?" in box.slack.workspace.posts[0].text
    assert len(box.teams.posted) == 1
    noted: list[str] = []
    await audit(given, "default", timedelta(days=1), write=noted.append)
    assert [json.loads(one)["what"] for one in noted] == ["say", "say"]
    assert "Is this on?" not in "".join(noted)


async def test_a_channel_that_takes_nothing_is_said(box: World, given: Settings) -> None:
    """The reason stands beside it, and the command falls short."""
    box.slack.workspace.channels = {}
    lines: list[str] = []
    assert not await say(given, "Is this on?", show=lines.append)
    assert any(line.startswith("mail-status: not delivered:") for line in lines)
    lines.clear()
    assert not await examine(given, say=lines.append)
    (line,) = (one for one in lines if one.startswith("FAIL  destination mail-status: takes no messages since"))
    assert "Slack answered channel_not_found" in line
