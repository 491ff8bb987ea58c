"""Plays a story: its scenes at a speed at which real messages keep up, what lies between them skipped."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.chat.texts import slack_texts, teams_texts
from bot.demo.clock import StoryClock
from bot.demo.story import Event, Scene, Story
from bot.demo.world import World

_LAND_WITHIN_S = 30.0
_AFTERMATH = timedelta(minutes=2)
_LOOK_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Story seconds in a real one: in a scene, so that real messages keep up, and while a gap is prepared."""

    scene: float = 60.0
    landing: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The world to play in, and how to hold the bot's new test messages back and let them go again."""

    world: World
    clock: StoryClock
    hold_probes: Callable[[], None]
    resume_probes: Callable[[], None]
    told: Callable[[Event], None] = lambda _: None
    """Hears of each event when it happens, for the terminal."""
    pace: Pace = Pace()


class Director:
    """Plays one story on a stage, once."""

    def __init__(self, story: Story, stage: Stage) -> None:
        """Prepare; the clock stands where the first scene opens, or before it."""
        self.caption = "about to begin"
        self.missed: list[str] = []
        """What people should have read and did not, as sentences; empty means that the story came out."""
        self._story = story
        self._stage = stage
        self._clock = stage.clock

    async def play(self) -> None:
        """Play all scenes; probes go on at the end, at the speed of a scene."""
        for scene in self._story.scenes:
            await self._skip_to(scene)
            await self._play(scene)
        self._count_incidents()
        self.caption = "the story is over"

    async def _skip_to(self, scene: Scene) -> None:
        """Let nothing be under way across the gap: to the bot it is a pause in which it watched nothing."""
        if scene.opens > self._clock.now():
            self.caption = f"nothing changes until {scene.opens:%H:%M}"
            self._stage.hold_probes()
            await self._quiet(scene.opens)
            if scene.opens > self._clock.now():
                self._clock.jump_to(scene.opens)
        self._clock.run_at(self._stage.pace.scene)
        self._stage.resume_probes()

    async def _quiet(self, latest: datetime) -> None:
        """Wait until what is under way has landed and was looked at; past ``latest`` it is cut short."""
        mail = self._stage.world.mail
        try:
            async with asyncio.timeout(_LAND_WITHIN_S):
                while mail.submitting:
                    await self._clock.sleep(_LOOK_EVERY)
                self._clock.run_at(self._stage.pace.landing)
                await mail.network.landed()
                self._clock.run_at(self._stage.pace.scene)
                await self._clock.sleep_until(min(latest, self._clock.now() + _AFTERMATH))
        except TimeoutError:
            return

    async def _play(self, scene: Scene) -> None:
        self.caption = f"{scene.name} · {self._stage.pace.scene:.0f} times as fast"
        events = self._story.within(scene)
        for event in events:
            await self._clock.sleep_until(event.at)
            event.happen(self._stage.world)
            self._stage.told(event)
        least = (events[-1].at if events else scene.opens) + scene.lingers
        await self._clock.sleep_until(min(least, scene.closes))
        while self._open(scene) and self._clock.now() < scene.closes:
            await self._clock.sleep(_LOOK_EVERY)
        self.missed += [f"{scene.name}: {wanted}" for wanted in self._open(scene)]

    def _count_incidents(self) -> None:
        """Count the messages that head an incident: a bot marks them with metadata, its answers to people not."""
        posts = self._stage.world.slack.workspace.posts
        heads = sum(post.metadata is not None and not post.thread_ts for post in posts)
        if heads != self._story.incidents:
            self.missed.append(f"{heads} incidents were told, {self._story.incidents} should be")

    def _open(self, scene: Scene) -> list[str]:
        """Name what was expected in this scene and is not told yet, channel by channel."""
        world = self._stage.world
        channels = {
            "Slack": slack_texts(world.slack.workspace),
            "Teams": teams_texts(world.teams.posted),
        }
        return [
            f"{wanted.what} (in {channel})"
            for wanted in scene.expects
            for channel, texts in channels.items()
            if channel in wanted.channels and not wanted.met_by(texts)
        ]
