"""Playing a story, with a small bot that only watches a mailbox."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.demo.chat.slack_posts import SlackPost
from bot.demo.chat.teams import Posted
from bot.demo.clock import StoryClock
from bot.demo.director import Director, Pace, Stage
from bot.demo.mail.faults import MailFault, Trouble
from bot.demo.story import Event, Scene, Story, breaks, expect, mends
from bot.demo.world import CHANNEL, World, world
from tests.demo.conftest import NOON, TODAY

MINUTE = timedelta(minutes=1)
GAP = timedelta(hours=10)
PACE = Pace(scene=1200, landing=6000)


@dataclass
class Bot:
    """Sends a message a minute while it may, and tells what it is told to at its time."""

    world: World
    says: dict[datetime, str]
    probing: bool = True
    sent: list[datetime] = field(default_factory=list)
    flights: list[int] = field(default_factory=list)

    async def run(self) -> None:
        """Go on until cancelled."""
        clock, lane = self.world.clock, self.world.mail.lanes[0]
        while True:
            now = clock.now()
            if self.probing:
                self.sent.append(now)
                self.world.mail.network.submit(lane.sender.address, lane.recipient.address, b"Subject: x\r\n\r\n")
            for moment in [moment for moment in self.says if moment <= now]:
                self.tell(self.says.pop(moment))
            await clock.sleep(MINUTE)

    def tell(self, text: str) -> None:
        """Post to both channels."""
        now, workspace = self.world.clock.now(), self.world.slack.workspace
        workspace.posts.append(SlackPost(channel=CHANNEL, ts=workspace.stamp(), text=text, **self.place()))
        self.world.teams.posted.append(Posted(at=now, card={"body": [{"type": "TextBlock", "text": text}]}))

    def place(self) -> dict[str, Any]:
        """Say where a message stands: the first heads its incident, the others are replies to it."""
        posts = self.world.slack.workspace.posts
        return {"metadata": {"event_type": "incident"}, "thread_ts": posts[0].ts if posts else ""}

    def hold(self) -> None:
        """Send nothing new."""
        self.probing = False

    def resume(self) -> None:
        """Send again; nothing of before may be under way."""
        self.flights.append(self.world.mail.network.in_flight)
        self.probing = True


def story() -> Story:
    """Tell of mail that is late for ten hours, in two scenes of twelve minutes."""
    fault = MailFault(trouble=Trouble.DELAY, routes=("outbound-eu",), delay=10 * MINUTE)
    scenes = (
        Scene(name="late", opens=NOON, closes=NOON + 12 * MINUTE, expects=(expect("late", NOON, "late"),)),
        Scene(
            name="fixed",
            opens=NOON + GAP,
            closes=NOON + GAP + 12 * MINUTE,
            expects=(expect("fixed", NOON + GAP, "fixed"),),
        ),
    )
    return Story(
        name="late",
        scenes=scenes,
        events=(
            breaks(NOON + MINUTE, "mail is late", fault),
            mends(NOON + GAP + MINUTE, "mail is on time", fault),
        ),
    )


@dataclass(kw_only=True)
class Played:
    """A bot, a director and what happened."""

    bot: Bot
    director: Director
    clock: StoryClock
    events: list[Event]


@pytest.fixture
async def played(rng: random.Random, tmp_path: Path) -> AsyncIterator[Played]:
    """Prepare a play; the bot runs."""
    clock = StoryClock(NOON, speed=PACE.scene)
    async with world(clock=clock, rng=rng, folder=tmp_path, today=TODAY) as running:
        bot, events = Bot(running, {}), list[Event]()
        stage = Stage(
            world=running, clock=clock, hold_probes=bot.hold, resume_probes=bot.resume, told=events.append, pace=PACE
        )
        going = asyncio.create_task(bot.run())
        yield Played(bot=bot, director=Director(story(), stage), clock=clock, events=events)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)


async def test_a_story_is_played_with_its_quiet_part_skipped(played: Played) -> None:
    """Ten hours pass in seconds, and to the bot they are a pause."""
    played.bot.says = {NOON + 4 * MINUTE: "Mail is late.", NOON + GAP + 3 * MINUTE: "It is fixed."}
    await played.director.play()
    assert played.director.missed == []
    assert [event.what for event in played.events] == ["mail is late", "mail is on time"]
    assert played.director.caption == "the story is over"
    assert NOON + GAP + 4 * MINUTE <= played.clock.now() < NOON + GAP + 12 * MINUTE
    pauses = [later - earlier for earlier, later in zip(played.bot.sent, played.bot.sent[1:], strict=False)]
    assert sum(pause > 5 * MINUTE for pause in pauses) == 1


async def test_nothing_is_under_way_across_the_gap(played: Played) -> None:
    """What was late has arrived, before the jump and not by it."""
    played.bot.says = {NOON + 2 * MINUTE: "Mail is late.", NOON + GAP + 2 * MINUTE: "It is fixed."}
    await played.director.play()
    assert played.bot.flights[-1] == 0
    inbox = played.bot.world.mail.accounts[played.bot.world.mail.lanes[0].recipient].inbox
    before = [stored.received for stored in inbox.messages if stored.received < NOON + GAP]
    assert before
    assert max(before) < NOON + 45 * MINUTE


async def test_what_people_were_not_told_is_named(played: Played) -> None:
    """Scene by scene and channel by channel, each scene having run to its end."""
    played.bot.says = {NOON + 2 * MINUTE: "Mail is late."}
    played.bot.world.teams.posted = Deaf()
    await played.director.play()
    assert played.director.missed == ["late: late (in Teams)", "fixed: fixed (in Slack)", "fixed: fixed (in Teams)"]
    assert played.clock.now() >= NOON + GAP + 12 * MINUTE


class Deaf(list[Posted]):
    """A channel in which nothing is ever shown."""

    def append(self, _: Posted) -> None:
        """Lose a card."""


async def test_a_story_may_begin_later_than_its_clock(played: Played) -> None:
    """The first gap is skipped as well."""
    early = NOON - timedelta(hours=3)
    clock = StoryClock(early, speed=PACE.scene)
    bot = played.bot
    stage = Stage(world=bot.world, clock=clock, hold_probes=bot.hold, resume_probes=bot.resume, pace=PACE)
    only = Scene(name="short", opens=NOON, closes=NOON + MINUTE, lingers=timedelta())
    director = Director(Story(name="short", scenes=(only,), events=(), incidents=0), stage)
    await director.play()
    assert director.missed == []
    assert NOON <= clock.now() < NOON + 2 * MINUTE


async def test_two_incidents_where_one_is_right_are_a_fault(played: Played) -> None:
    """Counted at the end, answers to people left out."""
    workspace = played.bot.world.slack.workspace
    played.bot.says = {NOON + 2 * MINUTE: "Mail is late.", NOON + GAP + 2 * MINUTE: "It is fixed."}
    workspace.posts.append(SlackPost(channel=CHANNEL, ts="1.0", text="an answer"))
    workspace.posts.append(SlackPost(channel=CHANNEL, ts="2.0", text="another", metadata={"event_type": "incident"}))
    workspace.posts.append(SlackPost(channel=CHANNEL, ts="3.0", text="third", metadata={"event_type": "incident"}))
    await played.director.play()
    assert played.director.missed == ["2 incidents were told, 1 should be"]
