"""What a story is made of."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.chat.texts import Said
from bot.demo.clock import StoryClock
from bot.demo.mail.faults import MailFault, Trouble
from bot.demo.story import Event, Scene, Story, breaks, expect, mends
from bot.demo.world import World, world
from tests.demo.conftest import NOON, TODAY

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def nothing(_: World) -> None:
    """Change nothing."""


@pytest.mark.parametrize(
    ("texts", "met"),
    [
        pytest.param([(0, "Mail is LATE, wait.")], True, id="in any case"),
        pytest.param([(0, "Mail is late."), (0, "Please wait.")], False, id="not by halves of two"),
        pytest.param([(-1, "Mail is late. Wait.")], False, id="not too early"),
        pytest.param([(9, "Mail is late. Wait.")], False, id="not too late"),
        pytest.param([(-1, "All is well"), (8, "Mail is late. Wait.")], True, id="just in time"),
        pytest.param([], False, id="not by silence"),
    ],
)
def test_an_expectation_is_met_by_one_message_in_time(
    texts: list[tuple[int, str]],
    met: bool,  # noqa: FBT001  a parameter of the table
) -> None:
    """It has to say all."""
    wanted = expect("late and wait", NOON, r"\blate\b", r"\bwait\b", within=8 * MINUTE)
    assert wanted.met_by([Said(at=NOON + minutes * MINUTE, text=text) for minutes, text in texts]) is met


def test_a_scene_has_what_happens_between_its_ends() -> None:
    """In order of time."""
    events = tuple(Event(at=NOON + hours * HOUR, what=str(hours), happen=nothing) for hours in (3, 1, 2, 0))
    scene = Scene(name="scene", opens=NOON + HOUR, closes=NOON + 3 * HOUR)
    story = Story(name="story", scenes=(scene,), events=events)
    assert [event.what for event in story.within(scene)] == ["1", "2"]
    assert story.begins == NOON + HOUR


async def test_faults_are_switched_by_events(clock: StoryClock, rng: random.Random, tmp_path: Path) -> None:
    """On and off again."""
    fault = MailFault(trouble=Trouble.LOSE, routes=("outbound-eu",))
    async with world(clock=clock, rng=rng, folder=tmp_path, today=TODAY) as running:
        breaks(NOON, "breaks", fault).happen(running)
        assert fault in running.mail.faults.on
        mends(NOON, "mends", fault).happen(running)
        assert fault not in running.mail.faults.on
